"""Where the views are."""

from django.urls import path

from notices import views

urlpatterns = [
    path("", views.index),
    path("notices/<int:number>/", views.show),
    path("post/", views.Post.as_view()),
]
