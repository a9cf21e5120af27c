"""`rapport measure NAME`: the figures of one measure."""

import csv
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from rapport.kernel.figures import Figure
from rapport.kernel.periods import Every, parse_stretch
from rapport.ledger.api import ENGINES, open_ledger
from rapport.measures.api import compute, explain, figures_table, named, to_json_rows
from rapport.web.given import read_settings


@click.command("measure")
@click.argument("name")
@click.option("--by", multiple=True, metavar="FIELD", help="Group by this; may be repeated.")
@click.option("--every", type=click.Choice([e.value for e in Every]), help="One figure for each.")
@click.option("--from", "begin", metavar="DAY", help="2025-01-31, 2025-01, 2025-Q1, -90d, ...")
@click.option("--to", "end", metavar="DAY", help="Last day, inside; a period means its last day.")
@click.option("--where", multiple=True, metavar="FILTER", help="Such as: channel = email.")
@click.option("--weight", metavar="FIELD", help="Weigh answers by this number.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A parameter.")
@click.option("--mix", is_flag=True, help="Let programmes and brands mix in one figure.")
@click.option("--confidence", type=float, default=0.95, show_default=True)
@click.option("--engine", type=click.Choice(ENGINES), default="duckdb", show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table")
@click.option("--explain", "explained", is_flag=True, help="Show definition, SQL and source.")
@click.pass_obj
def command(
    home: Path,
    *,
    name: str,
    by: tuple[str, ...],
    every: str | None,
    begin: str | None,
    end: str | None,
    where: tuple[str, ...],
    weight: str | None,
    settings: tuple[str, ...],
    mix: bool,
    confidence: float,
    engine: str,
    form: str,
    explained: bool,
) -> None:
    """Compute a measure; `rapport measures` lists them.

    Figures come with their interval and n. JSON and CSV go to standard output alone.
    """
    named(name)
    first_day, last_day = parse_stretch(begin, end, datetime.now(UTC).date())
    asked: dict[str, Any] = {
        "by": by,
        "every": every,
        "first_day": first_day,
        "last_day": last_day,
        "where": where,
        "weight": weight,
        "parameters": read_settings(settings),
        "confidence": confidence,
        "mix": mix,
    }
    with open_ledger(home).read(engine) as snapshot:
        if explained:
            click.echo(explain(snapshot, name, **asked), nl=False)
            return
        figures = compute(snapshot, name, **asked)
    show(figures, form)


def show(figures: Sequence[Figure], form: str) -> None:
    """Print the figures as a table for people, JSON or CSV."""
    if form == "json":
        click.echo(json.dumps(to_json_rows(figures), indent=2, ensure_ascii=False))
    elif form == "csv":
        table = figures_table(figures)
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(table.column_names)
        writer.writerows(row.values() for row in table.to_pylist())
    elif figures:
        Console().print(_table(figures))
    else:
        click.echo("No interactions answer this question.", err=True)


def _table(figures: Sequence[Figure]) -> Table:
    names = list(dict.fromkeys(name for figure in figures for name in figure.by))
    programmes = any(figure.programme for figure in figures)
    notes = any(figure.note for figure in figures)
    table = Table(box=None, header_style="bold")
    for title in ("period", *names, *(["programme"] if programmes else [])):
        table.add_column(title, no_wrap=title == "period")
    table.add_column(figures[0].measure, justify="right", overflow="fold")
    table.add_column(f"{100 * figures[0].confidence:.4g} % interval", justify="right", no_wrap=True)
    table.add_column("unit")
    table.add_column("n", justify="right")
    if notes:
        table.add_column("note")
    for figure in figures:
        cells = [figure.period, *(_word(figure.by.get(name)) for name in names)]
        cells += [_word(figure.programme)] if programmes else []
        cells += [_number(figure.value), _interval(figure), figure.unit, f"{figure.n:,}"]
        table.add_row(*cells, *([figure.note or ""] if notes else []))
    return table


def _word(value: object) -> str:
    return "–" if value is None else str(value)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    if value == int(value) and abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3f}"


def _interval(figure: Figure) -> str:
    if figure.low is None and figure.high is None:
        return ""
    return f"{_number(figure.low)} to {_number(figure.high)}"
