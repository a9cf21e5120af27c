"""`rapport token`: what opens the API to programs."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from rapport.ledger.api import open_ledger
from rapport.office.api import Actor, Token, add_token, revoke_token, tokens
from rapport.web.django_setup import prepare


@click.group()
def command() -> None:
    """Make, list or revoke tokens, by which programs come to /api/v1 for a user."""


@command.command()
@click.argument("email")
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, help="What it opens; may be repeated."
)
@click.option("--days", type=int, help="After so many it opens nothing; default: never.")
@click.pass_obj
def add(home: Path, email: str, name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Make a token NAME that acts for the user EMAIL. It is shown this once only.

    A scope is a sight or a verb that the user has, such as see_figures or merge_customers.
    """
    _open(home)
    secret = add_token(name, scopes, actor=Actor.operator(), email=email, days=days)
    click.echo(secret)
    click.echo("Keep it: only its hash is stored. `rapport token revoke` ends it.", err=True)


@command.command()
@click.argument("number", type=int)
@click.pass_obj
def revoke(home: Path, number: int) -> None:
    """Let token NUMBER open nothing from now on."""
    _open(home)
    revoke_token(number, actor=Actor.operator())
    click.echo(f"Token {number} is revoked.")


@command.command(name="list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@click.pass_obj
def list_(home: Path, form: str) -> None:
    """List all tokens, newest first, revoked ones too."""
    _open(home)
    found = tokens(Actor.operator(), of_all=True)
    if form == "json":
        click.echo(json.dumps([asdict(token) for token in found], default=str))
        return
    for token in found:
        used = f"last used {token.last_used}" if token.last_used else "not used yet"
        scopes = ", ".join(token.scopes)
        click.echo(f"{token.number:4}  {token.email}  {token.name}  {used}  {_state(token)}")
        click.echo(f"      {scopes}")


def _state(token: Token) -> str:
    if token.revoked_at is not None:
        return f"revoked {token.revoked_at:%Y-%m-%d}"
    return f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "in use"


def _open(home: Path) -> None:
    open_ledger(home)
    prepare(home)
