"""The ledger as a table: a filter, columns to choose, counts by a field, export."""

import datetime as dt
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.kernel.errors import InputError
from rapport.ledger.api import FIELD_NAMES
from rapport.measures.api import WORDS, all_newest, counts_by, newest
from rapport.office.api import saved_views
from rapport.web.access import actor_of, allowed
from rapport.web.exporting import as_file
from rapport.web.filterbar import Asked, asked, bar
from rapport.web.hidden import is_hidden, seen_in_rows
from rapport.web.overview import ground
from rapport.web.shaping import cell, is_number
from rapport.web.store import ledger, stored_figures

USUAL = ("occurred_at", "kind", "customer", "channel", "touchpoint", "score", "amount", "text")
_A_PAGE = 50
_MOST_VALUES = 30
# To count by what is different in each row says nothing.
_NOT_COUNTED = ("id", "t", "batch", "occurred_at", "received_at", "text", "properties")
COUNTED = tuple(name for name in FIELD_NAMES if name not in _NOT_COUNTED)


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks of this page.

    Attributes:
        asked: of the filter bar.
        columns: fields to show.
        by: field to count by; "" for none.
        unknown: columns that are asked for and not there.
        first_day, last_day: that count, both inside.
    """

    asked: Asked
    columns: tuple[str, ...]
    by: str
    unknown: tuple[str, ...]
    first_day: dt.date | None
    last_day: dt.date | None

    @property
    def conditions(self) -> list[str]:
        """All that must hold."""
        days = [
            f"day {sign} {day.isoformat()}"
            for sign, day in ((">=", self.first_day), ("<=", self.last_day))
            if day is not None
        ]
        return [*days, *self.asked.conditions]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What of the address is not the filter bar's."""
        own = [("col", name) for name in self.columns] if self.columns != USUAL else []
        return own + ([("by", self.by)] if self.by else [])

    def query(self) -> str:
        """The address of this view."""
        return "&".join(part for part in (self.asked.query(), urlencode(self.kept)) if part)


@allowed("see_interactions")
@never_cache
@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """The interactions that fit, newest first."""
    found = ground(ledger(), stored_figures())
    if found.extent.last_day is None:
        return render(request, "web/empty.html")
    view = view_of(request, dt.date.fromisoformat(found.extent.last_day))
    seen = seen_in_rows(actor_of(request), FIELD_NAMES)
    told: dict[str, Any] = {
        "view": view,
        "bar": bar(view.asked, found.choices, kept=view.kept),
        "fields": seen,
        "page": "explore",
        "views": saved_views("explore", actor=actor_of(request)),
        "me": actor_of(request),
        "query": request.GET.urlencode(),
        "counted": [name for name in COUNTED if name in seen],
        "own": [name for name in (*view.columns, view.by) if name and name not in FIELD_NAMES],
    }
    with ledger().read() as snapshot:
        (total,) = counts_by(snapshot, None, where=view.conditions).to_pylist()
        rows = newest(
            snapshot,
            where=view.conditions,
            columns=view.columns,
            limit=_A_PAGE + 1,
            before=_place(request.GET.get("before", "")),
        )
        told["total"] = total
        told |= _rows(rows, view)
        if view.by:
            told["bars"] = _bars(counts_by(snapshot, view.by, where=view.conditions), view)
    return render(request, "web/explore/table.html", told)


@allowed("see_interactions")
@never_cache
@require_safe
def download(request: HttpRequest) -> StreamingHttpResponse:
    """All of the rows as CSV or Parquet."""
    form = request.GET.get("as", "csv")
    if form not in ("csv", "parquet"):
        raise InputError("There is no such format", got=form, expected="csv or parquet")
    found = ground(ledger(), stored_figures())
    last = found.extent.last_day
    view = view_of(request, dt.date.fromisoformat(last) if last else None)
    held = ExitStack()
    snapshot = held.enter_context(ledger().read())
    rows = all_newest(snapshot, where=view.conditions, columns=view.columns)
    return as_file(rows, form, "interactions", held)


def view_of(request: HttpRequest, data_to: dt.date | None) -> View:
    """What the address asks for; columns that are not there are told and left out."""
    question = asked(request)
    given = tuple(dict.fromkeys(n.strip() for n in request.GET.getlist("col") if n.strip()))
    by = request.GET.get("by", "").strip()
    unknown = tuple(
        name
        for name in (*given, by)
        if name and (is_hidden(actor_of(request), name) or not _is_field(name))
    )
    sound = tuple(name for name in given if name not in unknown)
    first, last = question.days(data_to)
    return View(question, sound or USUAL, "" if by in unknown else by, unknown, first, last)


def _is_field(name: str) -> bool:
    parts = tuple(name.split("."))
    return name in FIELD_NAMES or (all(parts) and WORDS.field(parts) is not None)


def _rows(rows: Any, view: View) -> dict[str, Any]:
    zone = ledger().settings.zone
    shown, older = rows.slice(0, _A_PAGE), None
    if rows.num_rows > _A_PAGE:
        (last,) = rows.slice(_A_PAGE - 1, 1).to_pylist()
        older = f"{last['t']}.{last['id'].hex()}"
    numbers = {name for name in view.columns if is_number(rows.schema.field(name).type)}
    return {
        "rows": [
            [(name, cell(row[name], zone), name in numbers) for name in view.columns]
            for row in shown.to_pylist()
        ],
        "numbers": numbers,
        "older": older,
    }


def _bars(counts: Any, view: View) -> dict[str, Any]:
    zone = ledger().settings.zone
    rows = counts.slice(0, _MOST_VALUES).to_pylist()
    most = max((row["interactions"] for row in rows), default=1)
    return {
        "field": view.by,
        "is_cut": counts.num_rows > _MOST_VALUES,
        "rows": [
            {
                "value": cell(row["value"], zone) or _("none"),
                "interactions": row["interactions"],
                "customers": row["customers"],
                "width": f"{100 * row['interactions'] / most:.2f}",
            }
            for row in rows
        ],
    }


def _place(given: str) -> tuple[int, bytes] | None:
    """Where the page before ended; what cannot be read begins again."""
    t, _dot, number = given.partition(".")
    try:
        place = int(t), bytes.fromhex(number)
    except ValueError:
        return None
    return place if abs(place[0]) < 2**63 and len(place[1]) == 16 else None
