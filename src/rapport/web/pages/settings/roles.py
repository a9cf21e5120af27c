"""Who may do what: the one table of roles, as the code has it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rapport.office.api import GIVEN_ROLES, ROLES, SIGHTS, VERBS
from rapport.web.access import allowed
from rapport.web.roles import TITLES
from rapport.web.shell import Entry


@allowed("see_office")
@require_safe
def roles_page(request: HttpRequest) -> HttpResponse:
    """Each sight and verb, and the roles that have it."""
    roles = [role for role in TITLES if role in GIVEN_ROLES]
    groups = [(_("See"), _rows(SIGHTS, roles)), (_("Do"), _rows(VERBS, roles))]
    told = {"roles": [TITLES[role] for role in roles], "groups": groups}
    return render(request, "web/settings/roles.html", told)


def _rows(names: frozenset[str], roles: list[str]) -> list[tuple[str, list[bool]]]:
    return [
        (name.removeprefix("see_"), [name in ROLES[role] for role in roles])
        for name in sorted(names)
    ]


urlpatterns = [path("settings/roles", roles_page, name="settings_roles")]
TABS = [Entry("settings", 22, _("Who may do what"), "/settings/roles", "see_office")]
