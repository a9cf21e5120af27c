"""`rapport user`: who may sign in."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from rapport.kernel.errors import InputError
from rapport.ledger.api import open_ledger
from rapport.office.api import (
    GIVEN_ROLES,
    Actor,
    Member,
    activate_user,
    add_user,
    deactivate_user,
    member_named,
    members,
    note_link,
    remove_second_factor,
)
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
    type=click.Choice(sorted(GIVEN_ROLES)),
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
    _open(home)
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not password:
        raise InputError("The password is empty", hint="Give one in the first line.")
    add_user(email, role, actor=Actor.operator(), name=name, unit=unit, password=password)
    click.echo(f"{email} may sign in as {role}.")


@command.command("list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@click.pass_obj
def list_(home: Path, form: str) -> None:
    """List everybody with an account, those who are shut out last."""
    _open(home)
    if form == "json":
        click.echo(json.dumps([asdict(one) for one in members()], default=str))
        return
    for one in members():
        click.echo(_line(one))


@command.command()
@click.argument("email")
@click.pass_obj
def deactivate(home: Path, email: str) -> None:
    """Shut EMAIL out: their sessions and tokens open nothing from now on."""
    _open(home)
    deactivate_user(member_named(email).number, actor=Actor.operator())
    click.echo(f"{email} is shut out. `rapport user activate {email}` lets them in again.")


@command.command()
@click.argument("email")
@click.pass_obj
def activate(home: Path, email: str) -> None:
    """Let EMAIL sign in again."""
    _open(home)
    activate_user(member_named(email).number, actor=Actor.operator())
    click.echo(f"{email} may sign in again.")


@command.command()
@click.argument("email")
@click.option("--address", help="Where people reach the pages; default: RAPPORT_ADDRESS.")
@click.option("--without-second-factor", is_flag=True, help="Remove a second factor that is lost.")
@click.pass_obj
def link(home: Path, email: str, address: str | None, without_second_factor: bool) -> None:
    """Print a link by which EMAIL sets a new password; it opens once, within a day."""
    _open(home)
    # Django's models can be loaded now that it is set up.
    from rapport.web.links import (  # noqa: PLC0415 - the library of accounts needs Django set up
        origin_of,
        password_link,
    )

    found = note_link(member_named(email).number, actor=Actor.operator())
    if without_second_factor:
        remove_second_factor(found.number, actor=Actor.operator())
    click.echo(password_link(found.number, (address or origin_of(None)).rstrip("/")))


def _open(home: Path) -> None:
    open_ledger(home)
    prepare(home)


def _line(one: Member) -> str:
    where = f" in {one.unit}" if one.unit else ""
    state = "" if one.is_active else "  shut out"
    return f"{one.email:32}  {one.role}{where}{state}"
