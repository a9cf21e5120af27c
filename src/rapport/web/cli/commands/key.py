"""`rapport key`: the keys by which systems of ours send events."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from rapport.kernel.errors import NotFoundError
from rapport.ledger.api import Ledger, open_ledger, rejected_events
from rapport.listening.api import add_tracking_key, revoke_tracking_key, tracking_keys
from rapport.office.api import Actor
from rapport.web.django_setup import prepare


@click.group()
def command() -> None:
    """Make, list or revoke tracking keys, by which systems send events to /v1/batch."""


@command.command()
@click.argument("name")
@click.pass_obj
def add(home: Path, name: str) -> None:
    """Make a key for the system NAME, the source of what it sends. It is shown this once only."""
    _open(home)
    secret = add_tracking_key(name, actor=Actor.operator())
    click.echo(secret)
    click.echo(f"Keep it: only its hash is stored. `rapport key revoke {name}` ends it.", err=True)


@command.command()
@click.argument("name")
@click.pass_obj
def revoke(home: Path, name: str) -> None:
    """Let the key of NAME open nothing from now on; what it brought stays."""
    _open(home)
    revoke_tracking_key(name, actor=Actor.operator())
    click.echo(f"The key of {name} is revoked.")


@command.command(name="list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@click.pass_obj
def list_(home: Path, form: str) -> None:
    """List the keys by name, revoked ones too."""
    _open(home)
    keys = tracking_keys()
    if form == "json":
        click.echo(json.dumps([asdict(key) for key in keys], default=_moment))
        return
    for key in keys:
        state = f"revoked {_moment(key.revoked_at)}" if key.revoked_at else "in use"
        click.echo(f"{key.name:24} made {_moment(key.made_at)}  {state}")


@command.command()
@click.argument("name")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.pass_obj
def rejected(home: Path, name: str, limit: int) -> None:
    """Show what the system NAME sent and was rejected, newest first, one JSON object a line."""
    ledger = _open(home)
    if name not in {key.name for key in tracking_keys()}:
        raise NotFoundError(f"There is no tracking key {name!r}", hint="See `rapport key list`.")
    for when, one in rejected_events(ledger.database, name, limit):
        told = {"received_at": _moment(when), "reason": one.reason, "field": one.field}
        more = {"got": one.got, "expected": one.expected, "item": one.raw}
        click.echo(json.dumps({**told, **more}))


def _open(home: Path) -> Ledger:
    ledger = open_ledger(home)
    prepare(home)
    return ledger


def _moment(value: Any) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
