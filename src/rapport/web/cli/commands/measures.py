"""`rapport measures`: which figures there are, and what each answers."""

import json

import click
from rich.console import Console
from rich.table import Table

from rapport.measures.api import Measure, all_measures, all_parameters


@click.command("measures")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def command(form: str) -> None:
    """List the measures with the question each answers."""
    measures = all_measures().values()
    if form == "json":
        click.echo(json.dumps([_described(measure) for measure in measures], indent=2))
        return
    table = Table("measure", "question", "unit", box=None, header_style="bold")
    for measure in measures:
        table.add_row(measure.name, measure.question, measure.unit)
    Console().print(table)


def _described(measure: Measure) -> dict[str, object]:
    return {
        "name": measure.name,
        "version": measure.version,
        "title": measure.title,
        "question": measure.question,
        "unit": measure.unit,
        "direction": measure.direction,
        "minimum_n": measure.minimum_n,
        "inputs": list(measure.inputs),
        "parameters": {p.name: p.default for p in all_parameters(measure)},
        "interval": measure.interval,
        "source": measure.source,
        "caveats": list(measure.caveats),
    }
