"""How Django's views and what takes a request are called: the first call of each way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kinds.generated import calls_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("environment_of_kinds")

SITE = """
    from django.conf import settings

    settings.configure(SECRET_KEY="only for tests", ROOT_URLCONF="site_", INSTALLED_APPS={apps})

    import django
    from django.http import HttpResponse, JsonResponse
    from django.urls import include, path, re_path
    from django.views import View

    django.setup()


    def home(request):
        return HttpResponse("home")


    def archive(request, year, slug="all"):
        return JsonResponse({{"year": int(year), "slug": slug}})


    def hidden(request, number: int):
        if request.method == "POST":
            return HttpResponse(request.POST.get("text", ""), status=201)
        return HttpResponse(str(number))


    def greeting(request):
        return f"Hello {{request.user.username}}" if request.user.is_authenticated else "Hello"


    def origin(request):
        return request.META.get("HTTP_REFERER")


    def delay(request, seconds: int = 3):
        return seconds * request


    class Hidden(View):
        def get(self, request, number):
            return HttpResponse(f"number {{number}}")


    urlpatterns = [
        path("", home),
        re_path(r"^v1/", include([re_path(r"^archive/(?P<year>[12]\\d{{3}})/(?:(?P<slug>[a-z]+)/)?$", archive)])),
        re_path(r"^(\\d{{4}})/$", archive),
    ]
"""


def site(apps: str = "[]") -> dict[str, str]:
    return {"site_.py": SITE.format(apps=apps)}


def test_without_pytest_djangos_settings_a_test_makes_its_client_and_its_requests(tmp_path: Path) -> None:
    (home,) = calls_of("site_.py::home", tmp_path, site())
    assert home["call"] == "Client().get('/')"
    first, second = calls_of("site_.py::hidden", tmp_path, site())
    assert first["call"].startswith("hidden(RequestFactory().get('/'), ")
    assert second["call"].startswith("hidden(RequestFactory().post('/'), ")
    assert second["says"] == ["result.status_code == 201"]


def test_with_them_it_asks_for_the_fixtures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "settings")
    text = SITE.partition("import django\n")[2].format(apps="[]")
    files = {
        "settings.py": "SECRET_KEY = 'only for tests'\nROOT_URLCONF = 'site_'\n",
        "site_.py": f"    import django\n{text}",
    }
    assert [each["call"] for each in calls_of("site_.py::home", tmp_path, files)] == [
        "client = client; client.get('/')"
    ]
    (first, _) = calls_of("site_.py::hidden", tmp_path, files)
    assert first["call"].startswith("rf = rf; hidden(rf.get('/'), ")


def test_addresses_of_regular_expressions_are_those_that_they_take(tmp_path: Path) -> None:
    calls = calls_of("site_.py::archive", tmp_path, site())
    addresses = [each["call"] for each in calls]
    assert [each[:26] for each in addresses[:2]] == ["Client().get('/v1/archive/"] * 2
    assert all(each["says"][0] == "result.status_code == 200" for each in calls), calls
    years = {year.strip("'") for each in calls[:2] for year in each["pools"]["year"]}
    assert years
    assert all(len(year) == 4 and year[0] in "12" and year.isdigit() for year in years), years
    assert len(addresses) == 3


def test_a_view_class_at_no_address_is_called_as_the_urls_would(tmp_path: Path) -> None:
    (call,) = calls_of("site_.py::Hidden.get", tmp_path, site())
    assert call["call"].startswith("Hidden.as_view()(RequestFactory().get('/'), number=")
    assert call["says"][0] == "result.status_code == 200"


def test_what_reads_a_request_gets_the_keys_that_it_reads(tmp_path: Path) -> None:
    (call,) = calls_of("site_.py::origin", tmp_path, site())
    assert call["call"] == "origin(RequestFactory().get('/'))"
    assert len(call["pools"]["HTTP_REFERER"]) > 1


def test_the_one_who_asks_is_nobody_then_somebody(tmp_path: Path) -> None:
    apps = "['django.contrib.contenttypes', 'django.contrib.auth']"
    (call,) = calls_of("site_.py::greeting", tmp_path, site(apps))
    assert call["call"] == ("request = RequestFactory().get('/'); request.user = AnonymousUser(); greeting(request)")
    assert call["says"] == ["result == 'Hello'"]
    assert "User(username='ada')" in call["pools"]["user"]
