"""`rapport backup`: a copy of the store that can be restored elsewhere."""

from pathlib import Path

import click

from rapport.ledger.api import open_ledger
from rapport.office.api import Actor
from rapport.web.backing_up import back_up
from rapport.web.cli.progress import byte_bar
from rapport.web.django_setup import prepare


@click.command()
@click.argument("to", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def command(home: Path, to: Path) -> None:
    """Write the store as it is at this moment into the new archive TO, while others go on.

    It holds everything: interactions, people, keys. Keep it where only its owner can read it.
    """
    ledger = open_ledger(home)
    prepare(home)
    with byte_bar(f"Backing up into {to}", None) as wrote:
        done = back_up(ledger, to, actor=Actor.operator(), wrote=wrote)
    click.echo(
        f"Backed up {done.rows:,} rows and {done.files:,} files in {done.bytes:,} bytes: {to}"
    )
