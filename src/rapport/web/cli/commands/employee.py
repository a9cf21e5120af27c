"""`rapport employee`: erases one of our own people, or hands out what we hold."""

from pathlib import Path

import click

from rapport.ledger.api import open_ledger
from rapport.office.api import Actor
from rapport.privacy.api import employee, erase_employee, export_employee, preview
from rapport.web.cli.commands.customer import safe
from rapport.web.cli.person import hand_out, list_counts, tell
from rapport.web.django_setup import prepare


@click.group()
def command() -> None:
    """Our own people."""


@command.command()
@click.argument("key")
@click.option("--to", type=click.Path(path_type=Path), help="Default: person.zip here.")
@click.pass_obj
def export(home: Path, key: str, to: Path | None) -> None:
    """Write a copy of all we hold about an employee, as a zip of JSON Lines."""
    hand_out(home, key, to, export_employee)


@command.command()
@click.argument("key")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(home: Path, key: str, yes: bool) -> None:
    """Erase an employee: a token takes their place; what they did for customers stays.

    KEY is their key or e-mail address.
    """
    ledger = open_ledger(home)
    prepare(home)
    list_counts(preview(ledger, employee(key)))
    if not yes:
        click.confirm(f"Erase {safe(key)}? This cannot be taken back.", abort=True)
    tell(erase_employee(ledger, key, actor=Actor.operator()))
