"""A chart of growth as SVG: processor seconds over interactions, both in powers of ten."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720.0, 440.0
LEFT, RIGHT, TOP, BOTTOM = 60.0, 170.0, 20.0, 46.0
NAMED = 4
_COLOURS = ("#1d4ed8", "#b45309", "#047857", "#9d174d")


@dataclass(frozen=True, slots=True)
class Line:
    """One definition: (interactions, seconds), rising in interactions."""

    name: str
    points: tuple[tuple[float, float], ...]


def draw(lines: Sequence[Line]) -> str:
    """The chart; the slowest few have a colour and a name, a dashed line grows with the rows.

    >>> draw([Line("nps", ((1e6, 0.1), (1e7, 0.5)))]).startswith("<svg")
    True
    """
    drawn = sorted((line for line in lines if len(line.points) > 1), key=lambda n: -n.points[-1][1])
    if not drawn:
        return '<svg xmlns="http://www.w3.org/2000/svg"/>\n'
    x, y = _axes([point for line in drawn for point in line.points])
    parts = [*_grid(x, y), _straight(drawn[0], x, y)]
    parts += [_line(line, "#9ca3af", x, y) for line in drawn[NAMED:]]
    named = list(zip(drawn, _COLOURS, strict=False))
    parts += [_line(line, colour, x, y) for line, colour in named]
    parts += _names(named, y)
    view = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" font-family="sans-serif" font-size="12"'
    title = "<title>Processor seconds of every definition over interactions</title>"
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {view} role="img">'
    return "\n".join([head, title, ground, *parts, "</svg>"]) + "\n"


@dataclass(frozen=True, slots=True)
class _Axis:
    """Powers of ten from `low` to `high` along `start` to `end`."""

    low: int
    high: int
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[int]:
        return list(range(self.low, self.high + 1))


def _axes(points: Sequence[tuple[float, float]]) -> tuple[_Axis, _Axis]:
    def reach(values: list[float], start: float, end: float) -> _Axis:
        low = math.floor(math.log10(min(values)))
        return _Axis(low, max(low + 1, math.ceil(math.log10(max(values)))), start, end)

    across = reach([rows for rows, _ in points], LEFT, WIDTH - RIGHT)
    return across, reach([took for _, took in points], HEIGHT - BOTTOM, TOP)


def _grid(x: _Axis, y: _Axis) -> list[str]:
    parts = []
    for power in x.ticks():
        at = x(10.0**power)
        parts.append(_stroke(at, TOP, at, HEIGHT - BOTTOM))
        parts.append(_text(at, HEIGHT - BOTTOM + 18, f"{10**power:,}", "middle"))
    for power in y.ticks():
        at = y(10.0**power)
        parts.append(_stroke(LEFT, at, WIDTH - RIGHT, at))
        parts.append(_text(LEFT - 8, at + 4, f"{10.0**power:g} s", "end"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "interactions", "middle"))
    return parts


def _straight(slowest: Line, x: _Axis, y: _Axis) -> str:
    """What the slowest would take if it grew just as the rows do."""
    (rows, took), last = slowest.points[0], slowest.points[-1][0]
    ends = (
        f'x1="{x(rows):.1f}" y1="{y(took):.1f}" x2="{x(last):.1f}" y2="{y(took * last / rows):.1f}"'
    )
    return f'<line {ends} stroke="#111827" stroke-dasharray="4 4"/>'


def _line(line: Line, colour: str, x: _Axis, y: _Axis) -> str:
    points = " ".join(f"{x(rows):.1f},{y(took):.1f}" for rows, took in line.points)
    name = f"<title>{escape(line.name)}</title>"
    look = f'fill="none" stroke="{colour}" stroke-width="1.5"'
    return f'<polyline points="{points}" {look}>{name}</polyline>'


def _names(named: Sequence[tuple[Line, str]], y: _Axis) -> list[str]:
    parts, free = [], TOP
    for line, colour in named:
        at = max(y(line.points[-1][1]) + 4, free)
        parts.append(_text(WIDTH - RIGHT + 8, at, line.name, "start", colour))
        free = at + 14
    parts.append(_text(WIDTH - RIGHT + 8, free + 10, "grey: all others", "start", "#6b7280"))
    parts.append(_text(WIDTH - RIGHT + 8, free + 24, "dashed: as the rows", "start"))
    return parts


def _stroke(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#e5e7eb"/>'


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#111827") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour}">{escape(text)}</text>'
