"""What was measured, as rows of a table on the screen and in docs/benchmarks.md."""

from collections.abc import Sequence
from dataclasses import dataclass, field

HEADS = ("what", "size", "ours s", "peer s", "ratio", "reached", "target", "ok", "MB")
_LEFT = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was measured.

    Attributes:
        what: in a few words.
        size: rows, events or interactions.
        ours, peer: median seconds, None where there was none.
        reached: the figure the target speaks of, as text; empty: the ratio.
        target: as text; empty where there is none.
        ok: whether the target is met, None without a target.
        memory: peak of the process in MB, None where it says nothing.
    """

    what: str
    size: str
    ours: float | None = None
    peer: float | None = None
    reached: str = ""
    target: str = ""
    ok: bool | None = None
    memory: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times as long as the peer."""
        return self.ours / self.peer if self.ours is not None and self.peer else None

    def cells(self) -> tuple[str, ...]:
        """As text, in the order of HEADS."""
        return (
            self.what,
            self.size,
            _seconds(self.ours),
            _seconds(self.peer),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            self.reached,
            self.target,
            {True: "ok", False: "not", None: ""}[self.ok],
            "" if self.memory is None else f"{self.memory:,.0f}",
        )


@dataclass(slots=True)
class Section:
    """All rows of one part of the benchmark, remarks on them, and an SVG beside the page."""

    name: str
    rows: list[Row] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    chart: str | None = None


def against_peer(
    what: str, size: str, ours: float, peer: float, most: float, memory: float | None
) -> Row:
    """A row whose target is a ratio of at most so much."""
    return Row(what, size, ours, peer, "", f"ratio ≤ {most:g}", ours / peer <= most, memory)


def below(what: str, size: str, ours: float, most: float, **more: float | None) -> Row:
    """A row whose target is a time below so many seconds; `more` may bring peer and memory."""
    shown = f"{most:g} s" if most >= 1 else f"{most * 1000:g} ms"
    return Row(what, size, ours, target=f"< {shown}", ok=ours < most, **more)  # type: ignore[arg-type]


def growth(
    what: str, small: tuple[float, float], large: tuple[float, float], most_over_linear: float
) -> Row:
    """How time grew from one (rows, seconds) to a larger one, against the growth of the rows."""
    rows = large[0] / small[0]
    took = large[1] / small[1]
    return Row(
        f"{what}, growth",
        f"{count(small[0])} → {count(large[0])}",
        reached=f"× {took:.1f} for × {rows:.1f} rows",
        target=f"≤ × {rows * most_over_linear:.1f}",
        ok=took <= rows * most_over_linear,
    )


def count(number: float) -> str:
    """A number of rows as people say it.

    >>> count(1_000_000), count(262_200), count(10_034_511)
    ('1.00 million', '262,200', '10.03 million')
    """
    return f"{number / 1e6:.2f} million" if number >= 1e6 else f"{number:,.0f}"


def on_screen(rows: Sequence[Row]) -> str:
    """The rows as an aligned table."""
    table = [HEADS, *(row.cells() for row in rows)]
    widths = [max(len(line[n]) for line in table) for n in range(len(HEADS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n < _LEFT else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in table
    )


def as_markdown(rows: Sequence[Row]) -> str:
    """The rows as a table in Markdown."""
    rule = ["---" if n < _LEFT else "---:" for n in range(len(HEADS))]
    lines = [HEADS, rule, *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if value >= 1 else f"{value:.4f}"
