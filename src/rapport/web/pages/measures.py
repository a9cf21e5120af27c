"""Measures: all of them, and a page for each."""

import io
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rapport.kernel.errors import NotFoundError
from rapport.kernel.figures import Figure
from rapport.kernel.periods import Every
from rapport.measures.api import (
    WORDS,
    Measure,
    all_measures,
    all_parameters,
    explain,
    figures_table,
    has_distribution,
    named,
    rows_behind,
)
from rapport.office.api import Note, add_note, notes_of, permits, remove_note
from rapport.web import pictures
from rapport.web.access import actor_of, allowed
from rapport.web.choices import titles
from rapport.web.drawing import Spec, png, svg
from rapport.web.filterbar import Select, bar, quoted
from rapport.web.forms.note import NoteForm
from rapport.web.measuring import (
    EVERY,
    View,
    bins,
    by_groups,
    over_time,
    span,
    span_before,
    view_of,
)
from rapport.web.overview import Overview, overview
from rapport.web.shell import Entry
from rapport.web.store import ledger, stored_figures
from rapport.web.wording import change, day, further_unit, interval, value, whole

_ROWS_SHOWN = 200
_GROUPS_DRAWN = 40
_SPLITS = (
    *("channel", "touchpoint", "unit", "customer.segment", "product", "language", "employee"),
    *("kind", "source", "programme", "item", "direction", "automated", "brand"),
)
_CUTS = {
    "day": gettext_lazy("by day"),
    "week": gettext_lazy("by week"),
    "month": gettext_lazy("by month"),
    "quarter": gettext_lazy("by quarter"),
    "year": gettext_lazy("by year"),
}
Page = Callable[..., HttpResponse]


@allowed("see_figures")
@require_safe
def measures_page(request: HttpRequest) -> HttpResponse:
    """All measures with the question each answers."""
    found = overview(ledger(), stored_figures())
    known = {h.measure: answer.series[0].now for h, answer in found.answers if answer.series}
    rows = [
        {"measure": measure, "told": told_briefly(known[name]) if name in known else ""}
        for name, measure in all_measures().items()
    ]
    return render(request, "web/measures/all.html", {"rows": rows})


def told_briefly(figure: Figure) -> str:
    """A figure as a value with its interval."""
    if figure.value is None:
        return _("too few")
    return " ".join(
        one for one in (value(figure.value, figure.unit), interval(figure) or "") if one
    )


def _of_measure(page: Callable[[HttpRequest, View, Overview], HttpResponse]) -> Page:
    """A page about one measure under the filter of its address."""

    @never_cache
    @require_safe
    @wraps(page)
    def answered(request: HttpRequest, name: str) -> HttpResponse:
        measure, found = _measure(name), overview(ledger(), stored_figures())
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
def measure_page(request: HttpRequest, view: View, found: Overview) -> HttpResponse:
    """A measure: its figure in a sentence, over time, by groups, in distribution, explained."""
    measure = view.measure
    all_of_span = span(view)
    shown = [f for f in all_of_span if f.programme == view.programme or view.programme is None]
    figure = shown[0] if shown else None
    before = next((f for f in span_before(view) if figure and f.unit == figure.unit), None)
    notes = _notes_in(view)
    periods = [f for f in over_time(view) if figure is None or f.unit == figure.unit]
    told: dict[str, object] = {
        "measure": measure,
        "view": view,
        "bar": bar(view.asked, found.choices, more=_own_selects(view), kept=_kept(view)),
        "figure": figure and _words(figure),
        "sentence": _sentence(measure, figure),
        "change": figure and change(figure, before, (view.last_day - view.first_day).days + 1),
        "span": f"{day(view.first_day.isoformat())} – {day(view.last_day.isoformat())}",
        "tabs": _tabs(view, all_of_span),
        "trend": _picture(_trend(view, periods, notes)),
        "periods": [_words(one) for one in periods],
        "notes": notes,
        "note_form": NoteForm(initial={"day": view.last_day}),
        "may_note": permits(actor_of(request), "add_note"),
        "may_see_rows": permits(actor_of(request), "see_interactions"),
        "spread": has_distribution(measure),
        "whole": "whole" in request.GET,
        "ways": _ways(request, view),
        "parameters": _parameters(view),
    }
    if "whole" in request.GET:
        told |= _split(view) | _distribution(view)
    return render(request, "web/measures/measure.html", told)


@allowed("see_figures")
@_of_measure
def split_part(request: HttpRequest, view: View, _found: Overview) -> HttpResponse:
    """The measure by groups, as a part of the page."""
    return render(request, "web/measures/split.html", {"view": view, **_split(view)})


@allowed("see_figures")
@_of_measure
def distribution_part(request: HttpRequest, view: View, _found: Overview) -> HttpResponse:
    """Single observations, as a part of the page."""
    return render(request, "web/measures/distribution.html", _distribution(view))


@allowed("see_figures")
@_of_measure
def explained_part(request: HttpRequest, view: View, _found: Overview) -> HttpResponse:
    """Definition and SQL, as a part of the page."""
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
    return render(request, "web/measures/explained.html", {"text": text})


@allowed("see_interactions")
@_of_measure
def rows_page(request: HttpRequest, view: View, _found: Overview) -> HttpResponse:
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
        return _csv(table, f"{view.measure.name}-rows")
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
        moment = pa.scalar(found, pa.timestamp("us", tz="UTC")).as_py()
        return f"{moment:%Y-%m-%d %H:%M}"
    return f"{found:g}" if isinstance(found, float) else str(found)


@allowed("see_figures")
@_of_measure
def download(request: HttpRequest, view: View, _found: Overview) -> HttpResponse:
    """The figures as CSV or Parquet, the trend as SVG or PNG: `as` says which."""
    form, name = request.GET.get("as", ""), view.measure.name
    if form in ("svg", "png"):
        spec = _trend(view, over_time(view), _notes_in(view))
        if spec is None:
            raise Http404
        content = png(spec) if form == "png" else svg({**spec, "background": "#faf7f0"}).encode()
        kind = "image/png" if form == "png" else "image/svg+xml"
        return _file(content, kind, f"{name}.{form}")
    table = figures_table([*over_time(view), *by_groups(view)])
    if form == "csv":
        return _csv(table, name)
    if form == "parquet":
        sink = io.BytesIO()
        pq.write_table(table, sink)
        return _file(sink.getvalue(), "application/vnd.apache.parquet", f"{name}.parquet")
    raise Http404


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


def _words(figure: Figure) -> dict[str, object]:
    """A figure in words, for templates."""
    return {
        "period": figure.period,
        "value": None if figure.value is None else value(figure.value, figure.unit),
        "unit": further_unit(figure.unit),
        "interval": interval(figure) or "",
        "n": whole(figure.n),
        "note": figure.note or "",
        "first_day": figure.first_day,
        "last_day": figure.last_day,
    }


def _sentence(measure: Measure, figure: Figure | None) -> str:
    """The figure as one would say it aloud."""
    if figure is None:
        return _("Nothing to count under this filter.")
    if figure.value is None:
        return figure.note or _("Too few to say.")
    at = {"value": value(figure.value, figure.unit), "n": whole(figure.n)}
    if figure.low is None or figure.high is None:
        return _("%(value)s, from %(n)s.") % {**at, "n": f"{at['n']} {_(measure.observation)}"}
    between = {"low": value(figure.low, figure.unit), "high": value(figure.high, figure.unit)}
    said = _("%(value)s; between %(low)s and %(high)s allowing for chance, from %(n)s.")
    return said % {**at, **between, "n": f"{at['n']} {_(measure.observation)}"}


def _tabs(view: View, figures: Sequence[Figure]) -> list[dict[str, object]]:
    """The programmes of the measure, where they never mix and there are several."""
    programmes = list(dict.fromkeys(f.programme for f in figures if f.programme))
    if len(programmes) < 2:
        return []
    return [
        {
            "name": programme,
            "query": view.changed(programme=programme),
            "here": programme == view.programme,
        }
        for programme in programmes
    ]


def _trend(view: View, periods: Sequence[Figure], notes: Sequence[Note]) -> Spec | None:
    """The figures over time as a chart; none where fewer than two can be drawn."""
    if sum(figure.value is not None for figure in periods) < 2:
        return None
    links = {f.first_day: f"{_rows_of(view, f)}" for f in periods}
    told = [(note.day.isoformat(), note.text) for note in notes]
    is_count = view.measure.observation == view.measure.unit
    return pictures.trend(periods, links=links, notes=told, zero=is_count)


def _rows_of(view: View, figure: Figure) -> str:
    query = view.changed(**{"period": None, "from": figure.first_day, "to": figure.last_day})
    return f"/measure/measures/{view.measure.name}/rows?{query}"


def _picture(spec: Spec | None) -> str:
    # Ours and the library's; what people typed is in it as escaped text.
    return mark_safe(svg(spec)) if spec else ""  # noqa: S308


def _split(view: View) -> dict[str, object]:
    """Groups in the order of their values, drawn and as a table."""
    if WORDS.field(tuple(view.by.split("."))) is None and "." not in view.by:
        return {"split": "", "groups": [], "unknown": WORDS.hint(tuple(view.by.split(".")))}
    figures = by_groups(view)
    drawn = [figure for figure in figures if figure.value is not None][:_GROUPS_DRAWN]
    names, links = [_group(view, f) for f in drawn], [_narrowed(view, f) for f in drawn]
    rows = [{"name": _group(view, f), "to": _narrowed(view, f), **_words(f)} for f in figures]
    picture = _picture(pictures.split(drawn, names, links)) if len(drawn) > 1 else ""
    return {"split": picture, "groups": rows, "by": view.by, "cut": len(figures) > _GROUPS_DRAWN}


def _group(view: View, figure: Figure) -> str:
    found = figure.by.get(view.by)
    if found is None:
        return _("not said")
    return titles().get(view.by, {}).get(str(found)) or str(found)


def _narrowed(view: View, figure: Figure) -> str:
    """The same page for this group alone."""
    found = figure.by.get(view.by)
    only = f"{view.by} is empty" if found is None else f"{view.by} = {quoted(str(found))}"
    narrowed = replace(view, asked=replace(view.asked, where=(*view.asked.where, only)))
    return f"/measure/measures/{view.measure.name}?{narrowed.query}"


def _distribution(view: View) -> dict[str, object]:
    found = bins(view)
    if not found:
        return {"bars": "", "bins": []}
    labels = [_label(one.low, one.high) for one in found]
    counts = [one.n for one in found]
    total = sum(counts) or 1
    rows = [
        {"label": label, "n": whole(n), "share": value(n / total, "share")}
        for label, n in zip(labels, counts, strict=True)
    ]
    tones = [_tone(view.measure.name, one.low) for one in found]
    return {"bars": _picture(pictures.bars(labels, counts, tones)), "bins": rows}


def _label(low: float, high: float | None) -> str:
    if low == high:
        return f"{low:g}"
    if high is None:
        return _("over %(low)s") % {"low": value(low, "hours")}
    return _("under %(high)s") % {"high": value(high, "hours")}


def _tone(name: str, score: float) -> str:
    """Promoters and detractors have fixed colours across the product."""
    if name != "nps":
        return ""
    return "good" if score >= 9 else "poor" if score <= 6 else "even"


def _own_selects(view: View) -> list[Select]:
    fields = list(_SPLITS) if view.by in _SPLITS else [view.by, *_SPLITS]
    return [
        Select("every", _("Trend"), view.every, [(e, _CUTS[e]) for e in EVERY if Every(e)]),
        Select("by", _("Split by"), view.by, [(one, one.replace("_", " ")) for one in fields]),
    ]


def _kept(view: View) -> list[tuple[str, str]]:
    """What the filter bar has no list for."""
    own = [("programme", view.programme)] if view.programme else []
    return own + [(f"set.{name}", value) for name, value in view.parameters.items()]


def _notes_in(view: View) -> list[Note]:
    found = notes_of(view.measure.name)
    return [note for note in found if view.first_day <= note.day <= view.last_day]


def _parameters(view: View) -> list[dict[str, object]]:
    """Choices the definition leaves open, with what holds now."""
    return [
        {
            "name": parameter.name,
            "meaning": parameter.meaning,
            "choices": parameter.choices,
            "value": view.parameters.get(parameter.name, parameter.default),
        }
        for parameter in all_parameters(view.measure)
    ]


def _ways(request: HttpRequest, view: View) -> dict[str, str]:
    """How to come to these very figures: the page with its days, the command, Python."""
    days = {"period": None, "from": view.first_day.isoformat(), "to": view.last_day.isoformat()}
    name, where = view.measure.name, view.where
    address = f"/measure/measures/{name}?{view.changed(**days)}"
    words = ["rapport", "measure", name, "--every", view.every]
    words += ["--from", days["from"] or "", "--to", days["to"] or ""]
    words += [word for one in where for word in ("--where", one)]
    words += [word for n, v in view.parameters.items() for word in ("--set", f"{n}={v}")]
    more = f", parameters={dict(view.parameters)!r}" if view.parameters else ""
    python = (
        f'rapport.open("HOME").measure({name!r}, every={view.every!r}, '
        f"first_day={days['from']!r}, last_day={days['to']!r}, where={where!r}{more})"
    )
    link = request.build_absolute_uri(address)
    return {"link": link, "command": shlex.join(words), "python": python}


def _csv(table: pa.Table, name: str) -> HttpResponse:
    sink = io.BytesIO()
    pyarrow.csv.write_csv(table, sink)
    return _file(sink.getvalue(), "text/csv; charset=utf-8", f"{name}.csv")


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
