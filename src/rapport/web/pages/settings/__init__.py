"""Settings: the organisation, its units, people and rules, and the health of the store."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rapport.web.access import allowed
from rapport.web.pages.settings import (
    audit,
    calendars,
    health,
    invitations,
    keys,
    organisation,
    people,
    retention,
    roles,
    units,
    vocabulary,
)
from rapport.web.shell import Entry, visible_tabs


@allowed("see_office")
@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """The first tab that the reader may open."""
    for tab in visible_tabs(request, "settings"):
        return redirect(tab.address)
    raise Http404


_MODULES = (
    *(organisation, units, people, invitations, roles, vocabulary, calendars, retention),
    *(keys, audit, health),
)

urlpatterns = [
    path("settings/", settings_page, name="settings"),
    *(pattern for module in _MODULES for pattern in module.urlpatterns),
]
NAVIGATION = [Entry("settings", 900, _("Settings"), "/settings/", "see_office")]
TABS = [tab for module in _MODULES for tab in module.TABS]
