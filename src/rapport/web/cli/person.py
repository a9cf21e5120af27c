"""What commands that erase or hand out have in common."""

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from rapport.ledger.api import open_ledger
from rapport.office.api import Actor
from rapport.privacy.api import Erased
from rapport.web.django_setup import prepare


def hand_out(
    home: Path, key: str, to: Path | None, export: Callable[..., Mapping[str, int]]
) -> None:
    """Write a copy of all we hold about somebody, and say what is in it."""
    ledger = open_ledger(home)
    prepare(home)
    path = to or Path("person.zip")
    list_counts(export(ledger, key, path, actor=Actor.operator()))
    click.echo(f"Written to {path}.")


def list_counts(counts: Mapping[str, int]) -> None:
    """How many records there are at each place."""
    for name, count in counts.items():
        click.echo(f"  {name:22}{count:>10,}")


def tell(erased: Erased) -> None:
    """Say that somebody is erased, and what is still to come."""
    click.echo(f"Erased, number {erased.number}.")
    tell_unclean(erased)


def tell_unclean(erased: Erased) -> None:
    """Say so where bytes of what is erased are still on the disk."""
    if not erased.clean:
        click.echo("Bytes of deleted rows are still read by somebody; the worker clears them.")
