"""As little as a site needs that keeps nothing."""

SECRET_KEY = "only for tests"
ROOT_URLCONF = "notices.urls"
INSTALLED_APPS: list[str] = []
USE_TZ = True
