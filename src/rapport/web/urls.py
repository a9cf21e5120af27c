"""Addresses of pages, by the verbs of the field: those of every module of `pages`."""

from django.urls import include, path

from rapport.web.shell import page_modules

urlpatterns = [
    path("account/", include("allauth.urls")),
    *(pattern for module in page_modules() for pattern in getattr(module, "urlpatterns", ())),
]

handler404 = "rapport.web.trouble.not_found"
