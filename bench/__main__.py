"""`make bench`, `python -m bench`: measure, print the tables, and with --write keep them."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bench import application, erase, imports, intake, measures, page, scale, timeline, xes
from bench.machine import stamp
from bench.processes import ROOT
from bench.results import Section, on_screen
from bench.writing import write

_MILLION = 1_000_000
# Hours at the sizes they are for: only where they are asked for.
_LONG = ("scale",)


def main() -> int:
    """Run the parts that are asked for; 1 when two answers that must be alike differ."""
    given = _parser().parse_args()
    home = Path(given.home).absolute()
    home.mkdir(parents=True, exist_ok=True)
    sizes = sorted({round(size * _MILLION) for size in given.millions})
    parts: dict[str, Callable[[], Section]] = {
        "import": lambda: imports.measure(home, given.rows, given.runs, large=given.large),
        "intake": lambda: intake.measure(
            home,
            given.events,
            given.runs,
            round(given.known * _MILLION),
            on_postgres=given.postgres,
        ),
        "xes": lambda: xes.measure(home, given.runs),
        "measures": lambda: measures.measure(home, sizes, given.runs, given.measure),
        "timeline": lambda: timeline.measure(home, sizes),
        "page": lambda: page.measure(home, sizes),
        "application": lambda: application.measure(home, sizes),
        "erase": lambda: erase.measure(home, sizes),
        "scale": lambda: scale.measure(home, sizes, given.runs, given.measure),
    }
    rows = []
    for name in given.only or [name for name in parts if name not in _LONG]:
        sys.stderr.write(f"Measuring {name} ...\n")
        section = parts[name]()
        rows += section.rows
        print("\n\n".join([f"\n{name}", on_screen(section.rows), *section.remarks]), flush=True)
        if given.write:
            write(section, stamp(f"runs: {given.runs}"))
    judged = [row for row in rows if row.ok is not None]
    print(f"\n{sum(bool(row.ok) for row in judged)} of {len(judged)} targets met.")
    return 1 if any(row.target == measures.SAME_ANSWER for row in rows) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only",
        nargs="+",
        choices=(
            "import",
            "intake",
            "xes",
            "measures",
            "timeline",
            "page",
            "application",
            "erase",
            "scale",
        ),
        help="these parts; without it all but scale",
    )
    parser.add_argument(
        "--home",
        default=str(ROOT / "var" / "bench"),
        help="where files and stores are kept between runs (default ./var/bench)",
    )
    parser.add_argument(
        "--millions",
        nargs="+",
        type=float,
        default=[1.0, 10.0],
        help="interactions in the stores, in millions (default 1 10)",
    )
    parser.add_argument("--rows", type=int, default=_MILLION, help="rows of the CSV")
    parser.add_argument("--runs", type=int, default=3, help="timed runs; the median counts")
    parser.add_argument("--events", type=int, default=200_000, help="events sent over HTTP")
    parser.add_argument(
        "--known", type=float, default=0.0, help="send to a store that knows so many millions too"
    )
    parser.add_argument("--postgres", action="store_true", help="send to PostgreSQL too")
    parser.add_argument("--large", action="store_true", help="import four times the rows too")
    parser.add_argument("--measure", nargs="+", default=[], help="these measures; without it all")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    return parser


if __name__ == "__main__":
    sys.exit(main())
