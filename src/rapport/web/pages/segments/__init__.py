"""Segments by rule: which there are, who is in them, and making one with a live count."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.customers.api import (
    Segment,
    Size,
    count_now,
    hits_of,
    is_visible,
    members,
    put_segment,
    remove_segment,
    segment_named,
    segments,
    sizes,
    sizes_now,
)
from rapport.kernel.errors import ChangedError, InputError, RapportError
from rapport.kernel.zones import zone_named
from rapport.ledger.api import known_kinds
from rapport.office.api import permits
from rapport.web.access import actor_of, allowed
from rapport.web.hidden import rule_for
from rapport.web.kinds import kind_title
from rapport.web.pages.segments.rows import ABOUT, OPERATORS, Row, rows_in, rows_of, text_of
from rapport.web.saying import said_error
from rapport.web.shell import Entry
from rapport.web.store import ledger

_SHOWN = 50
_EMPTY_ROWS = 1


@dataclass(frozen=True, slots=True)
class Bar:
    """A segment's size at a moment, in the reporting zone, beside its largest."""

    at: datetime
    customers: int
    width: float


@allowed("see_customers")
@never_cache
@require_safe
def segments_page(request: HttpRequest) -> HttpResponse:
    """All segments with their sizes."""
    with ledger().read() as snapshot:
        counts = sizes_now(snapshot)
    shown = [(one, counts.get(one.key, 0)) for one in segments()]
    may = permits(actor_of(request), "put_segment")
    scoped = actor_of(request).units is not None
    return render(
        request, "web/segments/segments.html", {"shown": shown, "may": may, "scoped": scoped}
    )


@allowed("see_customers")
@never_cache
@require_safe
def segment_page(request: HttpRequest, key: str) -> HttpResponse:
    """One segment: its rule, its size over time, its members."""
    segment, units = segment_named(key), actor_of(request).units
    with ledger().read() as snapshot:
        over_time = sizes(snapshot, key)
        keys = members(snapshot, key, _SHOWN if units is None else 20 * _SHOWN)
        hits = hits_of(snapshot, keys, units)
        count = sizes_now(snapshot).get(key, 0)
    if units is not None:
        hits = [hit for hit in hits if is_visible(ledger(), hit.key, units)]
    told = {
        "segment": segment,
        "count": count,
        "bars": _bars(over_time),
        "found": hits[:_SHOWN],
        "scoped": units is not None,
        "may": permits(actor_of(request), "put_segment"),
        "zone": ledger().settings.zone,
    }
    return render(request, "web/segments/segment.html", told)


@allowed("put_segment")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_page(request: HttpRequest, key: str | None = None) -> HttpResponse:
    """Make or change a segment: its name and its rule, as rows or as text."""
    segment = None if key is None else segment_named(key)
    if request.method != "POST":
        return _form(request, _begun(segment), segment)
    draft, actor = _draft(request), actor_of(request)
    if request.POST.get("do") != "save":
        return _form(request, draft, segment)
    try:
        saved = put_segment(
            draft["name"],
            str(rule_for(actor, draft["text"])),
            actor=actor,
            key=key,
            seen=_number(request.POST.get("seen", "")),
        )
    except RapportError as error:
        answer = _form(request, {**draft, "trouble": said_error(error)}, segment)
        answer.status_code = 409 if isinstance(error, ChangedError) else 200
        return answer
    messages.success(request, _("Saved. Its members are looked up within a minute."))
    return redirect("segment", key=saved.key)


@allowed("put_segment")
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """How many the rule of a form would put in, while it is typed."""
    return render(request, "web/segments/count.html", _counted(request, _draft(request)["text"]))


@allowed("remove_segment")
@require_POST
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """Remove a segment."""
    remove_segment(key, actor=actor_of(request))
    messages.success(request, _("The segment is removed. No customer and no interaction is."))
    return redirect("segments")


def _begun(segment: Segment | None) -> dict[str, Any]:
    if segment is None:
        return {"name": "", "rows": [], "any_of": False, "by_text": False, "text": ""}
    rows, any_of = rows_of(segment.rule)
    by_text = not rows
    return {
        "name": segment.name,
        "rows": rows,
        "any_of": any_of,
        "by_text": by_text,
        "text": segment.rule,
    }


def _draft(request: HttpRequest) -> dict[str, Any]:
    """What was typed, and the rule that it says."""
    given, do = request.POST, request.POST.get("do", "")
    by_text = given.get("by") == "text"
    any_of = given.get("any") == "1"
    rows = rows_in(given)
    text = given.get("text", "") if by_text else text_of(rows, any_of)
    if do == "rows" and by_text:
        rows, any_of = rows_of(text)
        by_text = not rows and bool(text.strip())
    elif do == "text":
        by_text = True
    if do.startswith("drop-"):
        rows = [row for number, row in enumerate(rows) if do != f"drop-{number}"]
        text = text_of(rows, any_of)
    name = given.get("name", "")
    return {"name": name, "rows": rows, "any_of": any_of, "by_text": by_text, "text": text}


def _form(request: HttpRequest, draft: dict[str, Any], segment: Segment | None) -> HttpResponse:
    typed = [*draft["rows"], *([Row()] * _EMPTY_ROWS)]
    asked = bool(draft["rows"]) or (draft["by_text"] and draft["text"].strip())
    told = {
        **draft,
        **(_counted(request, draft["text"]) if asked else {}),
        "segment": segment,
        "seen": request.POST.get("seen") or (segment.version if segment else ""),
        "typed": list(enumerate(typed)),
        "abouts": ABOUT.items(),
        "operators": OPERATORS.items(),
        "kinds": [(kind, kind_title(kind)) for kind in known_kinds()],
    }
    return render(request, "web/segments/edit.html", told)


def _counted(request: HttpRequest, text: str) -> dict[str, Any]:
    """The count of a rule, or what is wrong with it."""
    try:
        rule = rule_for(actor_of(request), text)
        with ledger().read() as snapshot:
            return {"count": count_now(snapshot, rule), "rule": str(rule)}
    except InputError as error:
        return {"wrong": said_error(error)}


def _bars(over_time: list[Size]) -> list[Bar]:
    most = max((one.customers for one in over_time), default=0) or 1
    zone = zone_named(ledger().settings.zone)
    return [
        Bar(one.at.astimezone(zone), one.customers, round(100 * one.customers / most, 1))
        for one in reversed(over_time)
    ]


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


urlpatterns = [
    path("know/segments", segments_page, name="segments"),
    path("know/segments/new", edit_page, name="new_segment"),
    path("know/segments/count", count, name="count_segment"),
    path("know/segments/<slug:key>", segment_page, name="segment"),
    path("know/segments/<slug:key>/edit", edit_page, name="edit_segment"),
    path("know/segments/<slug:key>/remove", remove, name="remove_segment"),
]
NAVIGATION = [Entry("know", 50, gettext_lazy("Segments"), "/know/segments", "see_customers")]
