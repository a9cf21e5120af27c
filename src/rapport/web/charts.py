"""Small charts drawn on the server as SVG: coordinates only, colours come from the style sheet."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 240.0, 56.0, 4.0


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series with its interval; None where there is too little to say."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Sparkline:
    """What a template puts into `<polyline points>`, `<polygon points>` and `<circle>`.

    Attributes:
        lines: one string of points for each unbroken stretch of values.
        bands: one closed outline for each unbroken stretch of intervals.
        end: x and y of the last value, None when it is missing.
        dots: values that stand alone, which a line would not show.
    """

    lines: tuple[str, ...]
    bands: tuple[str, ...]
    end: tuple[str, str] | None
    dots: tuple[tuple[str, str], ...]


def sparkline(points: Sequence[Point]) -> Sparkline | None:
    """The series as lines with bands; None when fewer than two points have a value.

    The height is the range of the values, stretched by their intervals only so far that the
    values keep a third of it: an early month with few answers must not flatten the others.

    >>> found = sparkline([Point(1.0), Point(3.0), Point(None), Point(2.0)])
    >>> found.lines, found.dots
    (('4,52 81.3,4',), (('236', '28'),))
    """
    values = [p.value for p in points if p.value is not None]
    if len(values) < 2:
        return None
    low, high = _range(points, values)

    def x(place: int) -> float:
        return MARGIN + (WIDTH - 2 * MARGIN) * place / (len(points) - 1)

    def y(value: float) -> float:
        inside = min(max(value, low), high)
        return MARGIN + (HEIGHT - 2 * MARGIN) * (high - inside) / (high - low)

    lines, dots = [], []
    for stretch in _stretches([p.value is not None for p in points]):
        drawn = [(_n(x(i)), _n(y(points[i].value or 0.0))) for i in stretch]
        if len(drawn) > 1:
            lines.append(" ".join(f"{a},{b}" for a, b in drawn))
        else:
            dots.append(drawn[0])
    bands = []
    for stretch in _stretches([p.low is not None and p.high is not None for p in points]):
        upper = [f"{_n(x(i))},{_n(y(points[i].high or 0.0))}" for i in stretch]
        lower = [f"{_n(x(i))},{_n(y(points[i].low or 0.0))}" for i in reversed(stretch)]
        if len(upper) > 1:
            bands.append(" ".join(upper + lower))
    last = points[-1].value
    end = None if last is None else (_n(x(len(points) - 1)), _n(y(last)))
    return Sparkline(tuple(lines), tuple(bands), end, tuple(dots))


def bar_width(share: float, longest: float) -> str:
    """Width of a bar from zero, 0 to 100, where `longest` fills the whole.

    >>> bar_width(0.2, 0.4), bar_width(0.0, 0.0)
    ('50', '0')
    """
    return _n(100.0 * share / longest) if longest > 0 else "0"


def _range(points: Sequence[Point], values: Sequence[float]) -> tuple[float, float]:
    inner_low, inner_high = min(values), max(values)
    room = max(inner_high - inner_low, abs(inner_high) * 0.02, 1e-9)
    outer_low = min([p.low for p in points if p.low is not None] + [inner_low])
    outer_high = max([p.high for p in points if p.high is not None] + [inner_high])
    low = max(outer_low, inner_low - room)
    high = min(outer_high, inner_high + room)
    if high <= low:
        return inner_low - room / 2, inner_low + room / 2
    return low, high


def _stretches(there: Sequence[bool]) -> list[list[int]]:
    """Places that follow one another without a gap."""
    found: list[list[int]] = []
    for place, is_there in enumerate(there):
        if is_there and place > 0 and there[place - 1]:
            found[-1].append(place)
        elif is_there:
            found.append([place])
    return found


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
