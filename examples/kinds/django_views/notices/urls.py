"""Where the views are."""

from django.urls import path, re_path

from notices import views

urlpatterns = [
    path("", views.index),
    path("notices/<int:number>/", views.show),
    re_path(r"^archive/(?P<year>\d{4})/$", views.archive),
    path("post/", views.Post.as_view()),
]
