"""Addresses of pages, by the verbs of the field."""

from django.urls import path
from django.views.generic import RedirectView

from rapport.web import views

urlpatterns = [
    path("", RedirectView.as_view(url="/measure/overview")),
    path("measure/overview", views.overview_page),
    path("health", views.health),
]
