"""The frame around every page: the rail, who is signed in, which organisation this is."""

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from django.http import HttpRequest
from django.utils.functional import Promise

from rapport.kernel.errors import RapportError
from rapport.office.api import permits
from rapport.web import pages
from rapport.web.access import actor_of
from rapport.web.store import ledger

# The verbs of the field in their order; the first and the last stand by themselves.
GROUPS = ("overview", "listen", "know", "measure", "settings")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the rail.

    Attributes:
        group: the verb it belongs to, of GROUPS.
        order: where it stands in its group, small first.
        title: in the words of the field, translatable.
        address: of the page.
        need: the sight or verb one must have to see it.
    """

    group: str
    order: int
    title: str | Promise
    address: str
    need: str


@cache
def page_modules() -> tuple[ModuleType, ...]:
    """The modules of `pages`, by name."""
    found = sorted(module.name for module in pkgutil.iter_modules(pages.__path__))
    return tuple(importlib.import_module(f"{pages.__name__}.{name}") for name in found)


@cache
def navigation() -> tuple[Entry, ...]:
    """All lines of the rail, in order."""
    entries: list[Entry] = []
    for module in page_modules():
        entries += getattr(module, "NAVIGATION", ())
    return tuple(sorted(entries, key=lambda entry: (GROUPS.index(entry.group), entry.order)))


@cache
def tabs() -> tuple[Entry, ...]:
    """All tabs of pages that share a line of the rail, in order: the TABS of every module."""
    found: list[Entry] = []
    for module in page_modules():
        found += getattr(module, "TABS", ())
    return tuple(sorted(found, key=lambda entry: entry.order))


def visible_tabs(request: HttpRequest, group: str) -> Sequence[Entry]:
    """The tabs of a group that the reader may open."""
    actor = actor_of(request)
    return [tab for tab in tabs() if tab.group == group and permits(actor, tab.need)]


def visible(request: HttpRequest) -> Sequence[Entry]:
    """The lines of the rail that the reader may follow."""
    actor = actor_of(request)
    return [entry for entry in navigation() if permits(actor, entry.need)]


def frame(request: HttpRequest) -> dict[str, object]:
    """What every template may use: `rail`, `here` (the line of this page), `organisation`.

    The lines are drawn once for all who see the same ones: `rail_mark` tells which.
    """
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {"rail": (), "rail_mark": "", "here": None, "organisation": _organisation()}
    rail = visible(request)
    ours = [entry for entry in rail if request.path.startswith(entry.address)]
    here = max(ours, key=lambda entry: len(entry.address), default=None)
    return {
        "rail": rail,
        "rail_mark": " ".join(entry.address for entry in rail),
        "here": here,
        "organisation": _organisation(),
    }


def _organisation() -> str:
    try:
        return ledger().settings.organisation
    except RapportError:
        return ""  # the page that says so needs a frame too
