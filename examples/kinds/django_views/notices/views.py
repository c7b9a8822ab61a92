"""A notice board."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views import View

NOTICES = {1: "Lost: one glove", 2: "Choir on Friday"}
ARCHIVE = {2023: ["Sold: a bicycle", "Found: a key"], 2024: []}


def index(request):
    wanted = request.GET.get("q")
    if not wanted:
        return redirect("/notices/1/")
    found = [text for text in NOTICES.values() if wanted.lower() in text.lower()]
    return JsonResponse({"found": found})


def show(request, number):
    if number not in NOTICES:
        raise Http404("no such notice")
    if request.headers.get("Accept-Language") == "fr":
        return HttpResponse(f"Avis : {NOTICES[number]}")
    return HttpResponse(NOTICES[number])


def archive(request, year):
    if int(year) not in ARCHIVE:
        raise Http404("nothing was kept of that year")
    return JsonResponse({"kept": ARCHIVE[int(year)]})


class Post(View):
    """Where notices come in."""

    def post(self, request):
        text = request.POST.get("text", "")
        if not text:
            return HttpResponse("a notice says something", status=400)
        if len(text) > 60:
            return HttpResponse("too long", status=413)
        return HttpResponse(f"pinned: {text}", status=201)
