"""The API's addresses, its description for programs, and a page for people to begin with."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.http import require_safe

from rapport.web.access import ANYBODY, allowed
from rapport.web.contract import assembly
from rapport.web.contract.description import described, families
from rapport.web.contract.problems import KINDS


@allowed(ANYBODY)
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The description of the API; it names operations and no data."""
    return HttpResponse(msgspec.json.encode(described()), content_type="application/json")


@allowed(ANYBODY)
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """How to begin with the API, and all its operations."""
    told: dict[str, Any] = {
        "families": families(described()),
        "problems": [{"name": name, "kind": kind} for name, kind in KINDS.items()],
        "address": request.build_absolute_uri("/").rstrip("/"),
    }
    base = "web/base.html" if request.user.is_authenticated else "web/public.html"
    return render(request, "web/rest/begin.html", {**told, "base": base})


urlpatterns = [
    path("api/", begin, name="api"),
    path("api/openapi.json", openapi),
    path("api/v1/", include(assembly.urlpatterns())),
]
