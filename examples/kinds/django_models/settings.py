"""Settings of the site, as far as its tests need them."""

SECRET_KEY = "only for tests"
INSTALLED_APPS = ["garden"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
