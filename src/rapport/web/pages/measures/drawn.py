"""The page of a measure in pictures: over time, by groups, in distribution."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from rapport.kernel.figures import Figure
from rapport.measures.api import WORDS
from rapport.office.api import Note, notes_of
from rapport.web import pictures
from rapport.web.choices import titles
from rapport.web.drawing import Spec, svg
from rapport.web.filterbar import quoted
from rapport.web.measuring import View, bins, by_groups
from rapport.web.pages.measures.words import words_of
from rapport.web.wording import value, whole

_GROUPS_DRAWN = 40


def notes_in(view: View) -> list[Note]:
    found = notes_of(view.measure.name)
    return [note for note in found if view.first_day <= note.day <= view.last_day]


def trend_of(view: View, periods: Sequence[Figure], notes: Sequence[Note]) -> Spec | None:
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


def picture_of(spec: Spec | None) -> str:
    # Ours and the library's; what people typed is in it as escaped text.
    return mark_safe(svg(spec)) if spec else ""  # noqa: S308


def split_of(view: View) -> dict[str, object]:
    """Groups in the order of their values, drawn and as a table."""
    if WORDS.field(tuple(view.by.split("."))) is None and "." not in view.by:
        return {"split": "", "groups": [], "unknown": WORDS.hint(tuple(view.by.split(".")))}
    figures = by_groups(view)
    drawn = [figure for figure in figures if figure.value is not None][:_GROUPS_DRAWN]
    words = titles().get(view.by, {})
    names, links = [_group(view, f, words) for f in drawn], [_narrowed(view, f) for f in drawn]
    rows = [
        {"name": _group(view, f, words), "to": _narrowed(view, f), **words_of(f)} for f in figures
    ]
    picture = picture_of(pictures.split(drawn, names, links)) if len(drawn) > 1 else ""
    return {"split": picture, "groups": rows, "by": view.by, "cut": len(figures) > _GROUPS_DRAWN}


def _group(view: View, figure: Figure, words: Mapping[str, str]) -> str:
    found = figure.by.get(view.by)
    if found is None:
        return _("not said")
    return words.get(str(found)) or str(found)


def _narrowed(view: View, figure: Figure) -> str:
    """The same page for this group alone."""
    found = figure.by.get(view.by)
    only = f"{view.by} is empty" if found is None else f"{view.by} = {quoted(str(found))}"
    narrowed = replace(view, asked=replace(view.asked, where=(*view.asked.where, only)))
    return f"/measure/measures/{view.measure.name}?{narrowed.query}"


def distribution_of(view: View) -> dict[str, object]:
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
    return {"bars": picture_of(pictures.bars(labels, counts, tones)), "bins": rows}


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
