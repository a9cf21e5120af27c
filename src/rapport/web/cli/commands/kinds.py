"""`rapport kinds`: the vocabulary of what can happen."""

import json

import click

from rapport.ledger.api import known_kinds


@click.command(name="kinds")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def command(form: str) -> None:
    """List the kinds of interactions a mapping or an event may name."""
    if form == "json":
        click.echo(json.dumps({kind.name: kind.meaning for kind in known_kinds().values()}))
        return
    for kind in known_kinds().values():
        click.echo(f"{kind.name:20}{kind.meaning}")
