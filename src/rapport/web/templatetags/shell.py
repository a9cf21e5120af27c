"""Template tags of the frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.office.api import permits
from rapport.web.access import actor_of
from rapport.web.roles import TITLES
from rapport.web.shell import Entry, visible_tabs

register = template.Library()

# The verbs of the field; a group without a title stands by itself.
_TITLES: dict[str, str | Promise] = {
    "listen": _("Listen"),
    "know": _("Know"),
    "measure": _("Measure"),
    "settings": _("Settings"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of the rail under one verb."""

    name: str
    title: str | Promise
    entries: Sequence[Entry]


@register.filter
def grouped(rail: Sequence[Entry]) -> list[Group]:
    """The rail by verbs, in their order."""
    return [
        Group(name, _TITLES.get(name, ""), list(entries))
        for name, entries in groupby(rail, key=lambda entry: entry.group)
    ]


@register.simple_tag(takes_context=True)
def tabs_of(context: Any, group: str) -> list[tuple[Entry, bool]]:
    """The tabs of a group that the reader may open, and which of them is open."""
    request = context["request"]
    shown = visible_tabs(request, group)
    ours = [tab.address for tab in shown if request.path.startswith(tab.address)]
    here = max(ours, key=len, default=None)
    return [(tab, tab.address == here) for tab in shown]


@register.simple_tag(takes_context=True)
def may(context: Any, verb: str) -> bool:
    """Whether the reader may do a verb: a page offers nobody what they would be refused."""
    return permits(actor_of(context["request"]), verb)


@register.filter
def role_title(role: str) -> str | Promise:
    """A role in words for people."""
    return TITLES.get(role, role)
