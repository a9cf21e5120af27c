"""Measures: all of them, and a page for each."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import wraps
from typing import Any

import pyarrow as pa
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rapport.kernel.errors import NotFoundError
from rapport.measures.api import (
    Measure,
    all_measures,
    explain,
    figures_table,
    has_distribution,
    named,
    rows_behind,
)
from rapport.office.api import add_note, permits, remove_note
from rapport.web.access import actor_of, allowed
from rapport.web.drawing import png, svg
from rapport.web.exporting import as_file
from rapport.web.filterbar import bar
from rapport.web.forms.note import NoteForm
from rapport.web.measuring import (
    View,
    by_groups,
    over_time,
    span,
    span_before,
    view_of,
)
from rapport.web.overview import Ground, Overview, ground, overview
from rapport.web.pages.measures.drawn import (
    distribution_of,
    notes_in,
    picture_of,
    split_of,
    trend_of,
)
from rapport.web.pages.measures.words import (
    kept_of,
    own_selects,
    parameters_of,
    sentence_of,
    tabs_of,
    told_briefly,
    ways_of,
    words_of,
)
from rapport.web.shell import Entry
from rapport.web.store import ledger, stored_figures
from rapport.web.wording import change, day, exact, moment

_ROWS_SHOWN = 200
Page = Callable[..., HttpResponseBase]


@allowed("see_figures")
@require_safe
def measures_page(request: HttpRequest) -> HttpResponse:
    """All measures with the question each answers."""
    found = overview(ledger(), stored_figures())
    # The template keeps the table until the figures change, and asks for rows when it draws it.
    told = {"rows": lambda: _rows_of(found), "as_of": found.computed_at}
    return render(request, "web/measures/all.html", told)


def _rows_of(found: Overview) -> list[dict[str, object]]:
    known = {h.measure: answer.series[0].now for h, answer in found.answers if answer.series}
    return [
        {"measure": measure, "told": told_briefly(known[name]) if name in known else ""}
        for name, measure in all_measures().items()
    ]


def _of_measure(page: Callable[[HttpRequest, View, Ground], HttpResponseBase]) -> Page:
    """A page about one measure under the filter of its address."""

    @never_cache
    @require_safe
    @wraps(page)
    def answered(request: HttpRequest, name: str) -> HttpResponseBase:
        measure, found = _measure(name), ground(ledger(), stored_figures())
        if found.extent.last_day is None:
            return render(request, "web/empty.html")
        return page(request, _with_programme(view_of(request, measure, found.extent)), found)

    return answered


def _measure(name: str) -> Measure:
    try:
        return named(name)
    except NotFoundError:
        raise Http404 from None


def _with_programme(view: View) -> View:
    """The view of one programme: the one asked for, else the one with most answers."""
    if view.programme is not None or "programme" not in view.measure.never_mixes:
        return view
    programmes = [figure.programme for figure in span(view) if figure.programme]
    return replace(view, programme=programmes[0] if programmes else None)


@allowed("see_figures")
@_of_measure
def measure_page(request: HttpRequest, view: View, found: Ground) -> HttpResponse:
    """A measure: its figure in a sentence, over time, by groups, in distribution, explained."""
    measure = view.measure
    all_of_span = span(view)
    shown = [f for f in all_of_span if f.programme == view.programme or view.programme is None]
    figure = shown[0] if shown else None
    before = next((f for f in span_before(view) if figure and f.unit == figure.unit), None)
    notes = notes_in(view)
    periods = [f for f in over_time(view) if figure is None or f.unit == figure.unit]
    told: dict[str, object] = {
        "measure": measure,
        "view": view,
        "bar": bar(
            view.asked, found.choices, more=own_selects(view, actor_of(request)), kept=kept_of(view)
        ),
        "figure": figure and words_of(figure),
        "sentence": sentence_of(measure, figure),
        "change": figure and change(figure, before, (view.last_day - view.first_day).days + 1),
        "span": f"{day(view.first_day.isoformat())} – {day(view.last_day.isoformat())}",
        "tabs": tabs_of(view, all_of_span),
        "trend": picture_of(trend_of(view, periods, notes)),
        "periods": [words_of(one) for one in periods],
        "notes": notes,
        "note_form": NoteForm(initial={"day": view.last_day}),
        "may_note": permits(actor_of(request), "add_note"),
        "may_see_rows": permits(actor_of(request), "see_interactions"),
        "spread": has_distribution(measure),
        "whole": "whole" in request.GET,
        "ways": ways_of(request, view),
        "parameters": parameters_of(view),
    }
    if "whole" in request.GET:
        told |= split_of(view) | distribution_of(view)
    return render(request, "web/measures/measure.html", told)


@allowed("see_figures")
@_of_measure
def split_part(request: HttpRequest, view: View, _found: Ground) -> HttpResponse:
    """The measure by groups, as a part of the page."""
    return render(request, "web/measures/split.html", {"view": view, **split_of(view)})


@allowed("see_figures")
@_of_measure
def distribution_part(request: HttpRequest, view: View, _found: Ground) -> HttpResponse:
    """Single observations, as a part of the page."""
    return render(request, "web/measures/distribution.html", distribution_of(view))


@allowed("see_figures")
@_of_measure
def explained_part(request: HttpRequest, view: View, _found: Ground) -> HttpResponse:
    """Definition and SQL, as a part of the page or by themselves."""
    with ledger().read() as snapshot:
        text = explain(
            snapshot,
            view.measure.name,
            every=view.every,
            first_day=view.first_day,
            last_day=view.last_day,
            where=view.where,
            parameters=view.parameters,
        )
    part = request.headers.get("HX-Request") == "true"
    template = "web/measures/explained.html" if part else "web/measures/explanation.html"
    return render(request, template, {"text": text, "measure": view.measure, "view": view})


@allowed("see_interactions")
@_of_measure
def rows_page(request: HttpRequest, view: View, _found: Ground) -> HttpResponseBase:
    """The rows behind a figure."""
    with ledger().read() as snapshot:
        table = rows_behind(
            snapshot,
            view.measure.name,
            limit=_ROWS_SHOWN + 1,
            first_day=view.first_day,
            last_day=view.last_day,
            where=view.where,
            parameters=view.parameters,
        )
    if "csv" in request.GET:
        return _table(table, "csv", f"{view.measure.name}-rows")
    shown = [name for name in table.column_names if name not in ("id", "day", "week", "month")]
    rows = table.slice(0, _ROWS_SHOWN).select(shown).to_pylist()
    told = {
        "measure": view.measure,
        "view": view,
        "columns": shown,
        "rows": [[_cell(row[name], name) for name in shown] for row in rows],
        "more": table.num_rows > _ROWS_SHOWN,
        "span": f"{day(view.first_day.isoformat())} – {day(view.last_day.isoformat())}",
    }
    return render(request, "web/measures/rows.html", told)


def _cell(found: Any, name: str) -> str:
    if found is None:
        return ""
    if name == "t":
        when: Any = pa.scalar(found, pa.timestamp("us", tz="UTC")).as_py()
        return moment(when)
    return exact(float(f"{found:g}")) if isinstance(found, float) else str(found)


@allowed("see_figures")
@_of_measure
def download(request: HttpRequest, view: View, _found: Ground) -> HttpResponseBase:
    """The figures as CSV or Parquet, the trend as SVG or PNG: `as` says which."""
    form, name = request.GET.get("as", ""), view.measure.name
    if form in ("svg", "png"):
        spec = trend_of(view, over_time(view), notes_in(view))
        if spec is None:
            raise Http404
        content = png(spec) if form == "png" else svg({**spec, "background": "#faf7f0"}).encode()
        kind = "image/png" if form == "png" else "image/svg+xml"
        return _file(content, kind, f"{name}.{form}")
    if form not in ("csv", "parquet"):
        raise Http404
    return _table(figures_table([*over_time(view), *by_groups(view)]), form, name)


@allowed("add_note")
@require_POST
def add_note_here(request: HttpRequest, name: str) -> HttpResponse:
    """Write down what happened on a day."""
    measure, form = _measure(name), NoteForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        of = measure.name if given["only_here"] else ""
        add_note(given["day"], given["text"], of, actor=actor_of(request))
        messages.success(request, _("The note is on the time line."))
    else:
        messages.error(request, _("A note needs a day and a line of text."))
    return redirect(_back(request, name))


@allowed("remove_note")
@require_POST
def remove_note_here(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Take a note away."""
    remove_note(number, actor=actor_of(request))
    messages.success(request, _("The note is gone."))
    return redirect(_back(request, name))


def _back(request: HttpRequest, name: str) -> str:
    return f"/measure/measures/{_measure(name).name}?{request.POST.get('query', '')}"


def _table(table: pa.Table, form: str, name: str) -> HttpResponseBase:
    batches = table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
    return as_file(iter(batches), form, name, ExitStack())


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


_ONE = "measure/measures/<str:name>"
urlpatterns = [
    path("measure/measures", measures_page, name="measures"),
    path(_ONE, measure_page, name="measure"),
    path(f"{_ONE}/split", split_part),
    path(f"{_ONE}/distribution", distribution_part),
    path(f"{_ONE}/explained", explained_part),
    path(f"{_ONE}/rows", rows_page),
    path(f"{_ONE}/download", download),
    path(f"{_ONE}/notes", add_note_here),
    path(f"{_ONE}/notes/<int:number>/remove", remove_note_here),
]
NAVIGATION = [Entry("measure", 40, gettext_lazy("Measures"), "/measure/measures", "see_figures")]
