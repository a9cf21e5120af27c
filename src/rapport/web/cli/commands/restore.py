"""`rapport restore`: the store of a backup, in a new home."""

from pathlib import Path

import click

from rapport.office.api import Actor
from rapport.web.cli.progress import byte_bar
from rapport.web.restoring import restore


@click.command()
@click.argument("source", metavar="FROM", type=click.Path(path_type=Path))
@click.option(
    "--erased",
    metavar="HOME",
    type=click.Path(path_type=Path, file_okay=False),
    help="The home that was backed up, or its erased.key and erased.log: who was erased since.",
)
@click.pass_obj
def command(home: Path, source: Path, erased: Path | None) -> None:
    """Make the store of the archive FROM anew in an empty home.

    With DATABASE_URL its tables go into PostgreSQL, without into SQLite, whatever they came from.
    The whole archive is proved undamaged before anything is written.
    """
    size = source.stat().st_size if source.is_file() else 0
    with byte_bar(f"Restoring {source}", 2 * size) as read:
        count = restore(source, home, actor=Actor.operator(), read=read, erased=erased)
    click.echo(f"Restored {count:,} interactions into {home}.")
