"""`rapport user`: who may sign in."""

import sys
from pathlib import Path

import click

from rapport.kernel.errors import InputError
from rapport.ledger.api import open_ledger
from rapport.office.api import ROLES, Actor, add_user
from rapport.web.django_setup import prepare


@click.group()
def command() -> None:
    """People who sign in to the pages."""


@command.command()
@click.argument("email")
@click.option(
    "--role",
    default="owner",
    show_default=True,
    type=click.Choice(sorted(set(ROLES) - {"system"})),
    help="What they may do.",
)
@click.option("--name", default="", help="To greet them by.")
@click.option("--unit", help="Key of the business unit whose part they see; default: all.")
@click.option("--password-stdin", is_flag=True, help="Read their password from standard input.")
@click.pass_obj
def add(
    home: Path, email: str, role: str, name: str, unit: str | None, password_stdin: bool
) -> None:
    """Let EMAIL sign in; asks for their first password."""
    open_ledger(home)
    prepare(home)
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not password:
        raise InputError("The password is empty", hint="Give one in the first line.")
    add_user(email, role, actor=Actor.operator(), name=name, unit=unit, password=password)
    click.echo(f"{email} may sign in as {role}.")
