"""What a request tells of the one who reads the notices."""

from django.http import HttpResponse

LANGUAGES = ("en", "fr")


def language_of(request):
    """Return the language to answer in: what the address says wins over what the browser says."""
    asked = request.GET.get("lang")
    if asked in LANGUAGES:
        return asked
    preferred = request.headers.get("Accept-Language", "")[:2]
    return preferred if preferred in LANGUAGES else "en"


def address_of(request):
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
    return forwarded.split(",")[0].strip() if forwarded else request.META["REMOTE_ADDR"]


def robots(request):
    """Answer those who read for a search engine; the site's own addresses do not lead here."""
    if request.method != "GET":
        return HttpResponse(status=405)
    return HttpResponse("User-agent: *", content_type="text/plain")
