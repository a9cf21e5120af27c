"""Saved views of the table and of SQL."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.kernel.errors import InputError
from rapport.office.api import remove_view, save_view
from rapport.web.access import actor_of, allowed

_PAGES = ("explore", "sql")


@allowed("see_interactions")
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Save what the reader sees under a name."""
    page, query = _page(request), request.POST.get("query", "")
    name, shared = request.POST.get("name", ""), "shared" in request.POST
    save_view(page, name, query, actor=actor_of(request), shared=shared)
    messages.success(request, _("The view is saved."))
    return redirect(f"{reverse(page)}?{query}")


@allowed("see_interactions")
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a view away."""
    remove_view(number, actor=actor_of(request))
    messages.success(request, _("The view is removed."))
    return redirect(_page(request))


def _page(request: HttpRequest) -> str:
    page = request.POST.get("page", "")
    if page not in _PAGES:
        raise InputError("There is no such page", got=page, expected=", ".join(_PAGES))
    return page
