"""Charts of figures, as a statistician would sign them: descriptions for `drawing`.

Bands and rules are intervals, bars begin at zero, groups are in the order of their values, and
where there is too little to say there is no mark.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from rapport.kernel.figures import Figure
from rapport.web.drawing import BAND, GOOD, HAIR, INK, LINE, POOR, SOFT, Spec
from rapport.web.wording import day, interval, value, whole

_WIDTH, _HEIGHT, _ROW = 720, 240, 26
# Waits up to so many hours are written in minutes at the axis.
_FEW_HOURS = 2.5
_SHORT = {"seconds": "s", "minutes": "min", "hours": "h", "days": "d"}


def trend(
    figures: Sequence[Figure],
    *,
    links: Mapping[str, str],
    notes: Sequence[tuple[str, str]] = (),
    zero: bool = False,
) -> Spec:
    """A line with its band over time.

    Args:
        figures: one for each period, in order.
        links: where a click on a period leads, by its first day.
        notes: days and what happened then, as vertical rules.
        zero: whether the value begins at zero whatever the data (counts).
    """
    rows = [
        {**_ends(f), "day": f.first_day, "words": f"{f.period}: {told(f)}"}
        | {"to": links.get(f.first_day, "")}
        for f in figures
    ]
    time = {"field": "day", "type": "temporal", "title": None, "scale": {"type": "utc"}}
    vertical = {
        "type": "quantitative",
        "title": None,
        "scale": {"zero": zero, "nice": True},
        "axis": {**_axis(figures), "tickCount": 5, "domain": False, "ticks": False},
    }
    over = {"x": {**time, "axis": {"grid": False, "labelOverlap": True}}}
    at = {**over, "y": {**vertical, "field": "value"}}
    sound = "isValid(datum.value)"
    mark = {"type": "point", "filled": True, "size": 34, "opacity": 1, "color": LINE}
    layers: list[dict[str, Any]] = [
        {
            "transform": [{"filter": "isValid(datum.low) && isValid(datum.high)"}],
            "mark": {"type": "area", "color": BAND, "aria": False},
            "encoding": {**over, "y": {**vertical, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "line", "color": LINE, "strokeWidth": 1.75, "aria": False},
            "encoding": at,
        },
        {
            "transform": [{"filter": sound}],
            "mark": mark,
            "encoding": {
                **at,
                "description": {"field": "words"},
                **({"href": {"field": "to"}} if any(links.values()) else {}),
            },
        },
    ]
    return _framed({"values": rows}, [*_noted(notes, over), *layers], _HEIGHT)


def _noted(notes: Sequence[tuple[str, str]], over: Spec) -> list[dict[str, Any]]:
    if not notes:
        return []
    values = [{"day": on, "words": f"{day(on)}: {text}"} for on, text in notes]
    rule = {"type": "rule", "color": SOFT, "strokeDash": [2, 3], "strokeWidth": 1.5}
    encoding = {**over, "description": {"field": "words"}}
    return [{"data": {"values": values}, "mark": rule, "encoding": encoding}]


def split(figures: Sequence[Figure], names: Sequence[str], links: Sequence[str]) -> Spec:
    """Groups as dots with their intervals, highest first.

    Args:
        figures: with values, in the order they are to be shown.
        names: of their groups.
        links: where a click on each leads.
    """
    rows = [
        {**_ends(f), "group": name, "words": f"{name}: {told(f)}", "to": link}
        for f, name, link in zip(figures, names, links, strict=True)
    ]
    across = {
        "type": "quantitative",
        "title": None,
        "scale": {"zero": False, "nice": True},
        "axis": {**_axis(figures), "tickCount": 5, "domain": False, "ticks": False},
    }
    along = {
        "field": "group",
        "type": "nominal",
        "title": None,
        "sort": None,
        "axis": {"domain": False, "ticks": False, "labelColor": INK, "labelPadding": 8},
    }
    dot = {"type": "point", "filled": True, "size": 60, "opacity": 1, "color": LINE}
    layers: list[Spec] = [
        {
            "mark": {"type": "rule", "color": LINE, "strokeWidth": 2, "aria": False},
            "encoding": {"y": along, "x": {**across, "field": "low"}, "x2": {"field": "high"}},
        },
        {
            "mark": dot,
            "encoding": {
                "y": along,
                "x": {**across, "field": "value"},
                "description": {"field": "words"},
                "href": {"field": "to"},
            },
        },
    ]
    return _framed({"values": rows}, layers, max(60, _ROW * len(rows)), width=440)


def bars(labels: Sequence[str], counts: Sequence[int], tones: Sequence[str] = ()) -> Spec:
    """Counts as bars from zero, each with its number.

    Args:
        labels: of the bars, in order.
        counts: their lengths.
        tones: "good", "even", "poor" or "" for each bar, none for all alike.
    """
    colours = {"good": GOOD, "poor": POOR, "even": SOFT, "": LINE}
    total = sum(counts) or 1
    rows = [
        {
            "label": label,
            "n": n,
            "colour": colours[tone],
            "told": whole(n),
            "words": f"{label}: {whole(n)} ({100 * n / total:.0f} %)",
        }
        for label, n, tone in zip(labels, counts, tones or [""] * len(labels), strict=True)
    ]
    x = {
        "field": "label",
        "type": "nominal",
        "title": None,
        "sort": None,
        "axis": {"labelAngle": 0, "ticks": False, "domainColor": HAIR},
    }
    y = {"field": "n", "type": "quantitative", "title": None, "axis": None}
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "width": {"band": 0.7}},
            "encoding": {
                "x": x,
                "y": y,
                "color": {"field": "colour", "type": "nominal", "scale": None},
                "description": {"field": "words"},
            },
        },
        {
            "mark": {"type": "text", "dy": -8, "aria": False},
            "encoding": {"x": x, "y": y, "text": {"field": "told"}},
        },
    ]
    return _framed({"values": rows}, layers, 180)


def told(figure: Figure) -> str:
    """A figure in a line: value, interval, n; or that there is too little to say."""
    if figure.value is None:
        return _("too few (n %(n)s)") % {"n": whole(figure.n)}
    parts = [value(figure.value, figure.unit)]
    between = interval(figure)
    if between:
        parts.append(f"({between})")
    return f"{' '.join(parts)}, n {whole(figure.n)}"


def _ends(figure: Figure) -> dict[str, float | None]:
    return {"value": figure.value, "low": figure.low, "high": figure.high}


def _framed(
    data: Spec, layers: Sequence[Spec], height: int, *, width: int = _WIDTH
) -> dict[str, Any]:
    return {"width": width, "height": height, "data": data, "layer": list(layers)}


def _axis(figures: Sequence[Figure]) -> dict[str, Any]:
    """How the numbers at an axis are written, by the unit of the figures."""
    unit = figures[0].unit if figures else ""
    if unit == "share":
        return {"format": ".0%"}
    if unit == "hours" and all(max(f.value or 0, f.high or 0) < _FEW_HOURS for f in figures):
        return {"labelExpr": "format(datum.value * 60, '~r') + ' min'"}
    if unit in _SHORT:
        return {"labelExpr": f"format(datum.value, '~g') + ' {_(_SHORT[unit])}'"}
    return {"format": ",.6~r"}
