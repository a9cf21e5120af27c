"""`rapport interaction`: erases what somebody said who gave no name."""

from pathlib import Path

import click

from rapport.ledger.api import open_ledger
from rapport.office.api import Actor
from rapport.privacy.api import erase_nameless
from rapport.web.cli.person import tell_unclean
from rapport.web.django_setup import prepare


@click.group()
def command() -> None:
    """Single interactions."""


@command.command()
@click.option("--thread", multiple=True, help="A questionnaire or conversation without a customer.")
@click.option("--id", "identity", multiple=True, help="An interaction: 32 hexadecimal digits.")
@click.option("--delete", is_flag=True, help="Take them out; else anonymise them.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(
    home: Path, thread: tuple[str, ...], identity: tuple[str, ...], delete: bool, yes: bool
) -> None:
    """Erase answers given without a name, by somebody who can tell which were theirs."""
    ledger = open_ledger(home)
    prepare(home)
    if not yes:
        click.confirm("Erase these? This cannot be taken back.", abort=True)
    how = "delete" if delete else "anonymise"
    actor = Actor.operator()
    erased = erase_nameless(ledger, threads=thread, ids=identity, how=how, actor=actor)
    click.echo(f"Erased {erased.gone['interactions']}, number {erased.number}.")
    tell_unclean(erased)
