"""The audit: who did what, when; searched, and whether its chain of hashes holds."""

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.kernel.errors import InputError
from rapport.office.api import Asked, Line, check_chain, find_lines, known_verbs, members
from rapport.web.access import allowed
from rapport.web.roles import TITLES
from rapport.web.saying import said_word
from rapport.web.shell import Entry

_PAGE = 50
_FIELDS = ("who", "verb", "thing", "from", "to")


@allowed("see_audit")
@never_cache
@require_safe
def audit_page(request: HttpRequest) -> HttpResponse:
    """Lines of the audit, newest first, a page at a time."""
    given = {name: _words(request.GET.get(name, "")) for name in _FIELDS}
    asked = Asked(
        given["who"], given["verb"], given["thing"], _day(given["from"]), _day(given["to"])
    )
    found = find_lines(asked, before=_number(request.GET.get("before", "")), limit=_PAGE + 1)
    people = {f"user:{one.number}": one.name or one.email for one in members()}
    told = {
        "asked": given,
        "lines": [_told(line, people) for _number, line in found[:_PAGE]],
        "older": urlencode({**_said(given), "before": found[_PAGE - 1][0]})
        if len(found) > _PAGE
        else "",
        "verbs": known_verbs(),
        "people": people,
        "chain": check_chain() if request.GET.get("check") else None,
    }
    return render(request, "web/settings/audit.html", told)


def _told(line: Line, people: dict[str, str]) -> dict[str, object]:
    details = ", ".join(
        f"{said_word(name)} {TITLES.get(str(value), value) if name == 'role' else value}"
        for name, value in sorted(line.act.details.items())
    )
    return {
        "at": line.at,
        "who": people.get(line.actor, line.actor),
        "verb": line.act.verb,
        "thing": f"{said_word(line.act.kind)} {line.act.object_id}".strip(),
        "details": details,
    }


def _said(given: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if value}


def _words(given: str) -> str:
    if "\x00" in given:
        raise InputError("No line of the audit has a NUL", got=ascii(given[:40]))
    return given.strip()


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise InputError("This is no day", got=given, expected="such as 2026-01-31") from None


def _number(given: str) -> int | None:
    if given and not (given.isascii() and given.isdigit() and len(given) < 18):
        raise InputError("This is no line of the audit", got=given)
    return int(given) if given else None


urlpatterns = [path("settings/audit", audit_page, name="settings_audit")]
TABS = [Entry("settings", 80, _("Audit"), "/settings/audit", "see_audit")]
