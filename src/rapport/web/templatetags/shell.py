"""Template tags of the frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.web.shell import Entry

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
