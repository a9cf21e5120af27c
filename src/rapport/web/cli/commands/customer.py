"""`rapport customer`: shows one customer, merges two, takes a merge back."""

import json
import unicodedata
from datetime import datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import msgspec
import pyarrow as pa

from rapport.customers.api import (
    Profile,
    has_interactions,
    merge_customers,
    profile,
    publish,
    similar_names,
    split_customers,
    timeline,
)
from rapport.kernel.errors import NotFoundError
from rapport.kernel.scales import SCALES
from rapport.kernel.zones import zone_named
from rapport.ledger.api import Snapshot, open_ledger
from rapport.office.api import Actor
from rapport.privacy.api import (
    customer,
    erase_customer,
    export_customer,
    preview,
    welcome_customer,
)
from rapport.web.cli.person import hand_out, list_counts, tell
from rapport.web.django_setup import prepare

_LONGEST_TEXT = 100
# They join letters and emoji and cannot mislead a terminal, unlike other format characters.
_JOINERS = "\u200c\u200d"


@click.group()
def command() -> None:
    """Show a customer, merge two that are one, or split them again."""


@command.command()
@click.argument("key")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True)
@click.pass_obj
def show(home: Path, key: str, form: str, limit: int) -> None:
    """Who a customer is, and their interactions, newest first.

    KEY is a key, a former key or an identifier such as email:ana@x.example.
    """
    ledger = open_ledger(home)
    prepare(home)
    with ledger.read() as snapshot:
        person = _profile(snapshot, key)
        rows = timeline(snapshot, person.key if person else key, limit=limit)
    if form == "json":
        click.echo(_as_json(person, rows))
        return
    click.echo(_described(person, key))
    zone = zone_named(ledger.settings.zone)
    click.echo(f"\nInteractions, newest first, in {ledger.settings.zone}:")
    for row in rows.to_pylist():
        click.echo(_line(row, zone))
    if rows.num_rows == limit:
        click.echo(f"The newest {limit}; --limit shows more.", err=True)


@command.command()
@click.argument("kept")
@click.argument("merged")
@click.pass_obj
def merge(home: Path, kept: str, merged: str) -> None:
    """Say that two customers are one, called KEPT from now on. History is not rewritten."""
    ledger = open_ledger(home)
    prepare(home)
    with ledger.read() as snapshot:
        seen = [name for name in (kept, merged) if has_interactions(snapshot, name)]
    number = merge_customers(kept, merged, actor=Actor.operator(), seen=seen)
    publish(ledger)
    click.echo(f"Merge {number}: {safe(merged)} is read as {safe(kept)}.")
    click.echo(f"`rapport customer split {number}` takes it back.", err=True)


@command.command()
@click.argument("number", type=int)
@click.pass_obj
def split(home: Path, number: int) -> None:
    """Take merge NUMBER back: its two customers are two again."""
    ledger = open_ledger(home)
    prepare(home)
    split_customers(number, actor=Actor.operator())
    publish(ledger)
    click.echo(f"Merge {number} is taken back.")


@command.command()
@click.argument("key")
@click.option("--delete", is_flag=True, help="Take their interactions out; else anonymise them.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(home: Path, key: str, delete: bool, yes: bool) -> None:
    """Erase a customer from everywhere, under all their names.

    KEY is a key, a former key or an identifier such as email:ana@x.example. Their interactions
    stay without anything that points to them (what happened, on which day, scores and amounts),
    so that figures stay as they were; with --delete they go too.
    """
    ledger = open_ledger(home)
    prepare(home)
    list_counts(preview(ledger, customer(key)))
    if not yes:
        click.confirm(f"Erase {safe(key)}? This cannot be taken back.", abort=True)
    how = "delete" if delete else "anonymise"
    tell(erase_customer(ledger, key, how=how, actor=Actor.operator()))


@command.command()
@click.argument("key")
@click.option("--to", type=click.Path(path_type=Path), help="Default: person.zip here.")
@click.pass_obj
def export(home: Path, key: str, to: Path | None) -> None:
    """Write a copy of all we hold about a customer, as a zip of JSON Lines.

    KEY is a key, a former key or an identifier. The files come in again with `rapport import`.
    """
    hand_out(home, key, to, export_customer)


@command.command()
@click.argument("name", nargs=-1, required=True)
@click.pass_obj
def welcome(home: Path, name: tuple[str, ...]) -> None:
    """Let somebody in again who was erased and comes back, under these names.

    NAME is what sources will call them: a key, an address. What was erased stays erased.
    """
    ledger = open_ledger(home)
    prepare(home)
    count = welcome_customer(ledger, name, actor=Actor.operator())
    click.echo(f"{count} of {len(name)} names were kept out and come in again from now on.")


def safe(text: str) -> str:
    r"""The text on one line, with whatever could steer a terminal made visible.

    >>> safe("a\x1b[2Jb\n c")
    'a\\x1b[2Jb c'
    """
    return "".join(
        letter
        if letter in _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
        else letter.encode("unicode_escape").decode()
        for letter in " ".join(text.split())
    )


def _profile(snapshot: Snapshot, key: str) -> Profile | None:
    """The profile; None for somebody whom only the ledger knows."""
    try:
        return profile(key)
    except NotFoundError as error:
        if has_interactions(snapshot, key):
            return None
        near = similar_names(snapshot, key)
        hint = f"Did you mean {' or '.join(safe(name) for name in near)}?" if near else error.hint
        raise NotFoundError(error.message, hint=hint) from None


def _described(person: Profile | None, key: str) -> str:
    if person is None:
        return f"{safe(key)}\n  no profile: only interactions are known"
    account = person.account and " ".join([person.account, person.account_name or ""])
    facts = [
        ("account", account),
        ("unit", person.unit),
        ("known since", person.first_known and person.first_known.date().isoformat()),
        ("also known as", ", ".join(person.also_known_as)),
        ("identifiers", ", ".join(f"{space}:{value}" for space, value in person.identifiers)),
        ("traits", ", ".join(f"{name}: {value}" for name, value in person.traits.items())),
        ("consents", ", ".join(f"{scope}: {said}" for scope, said in person.consents.items())),
        ("merges", ", ".join(str(line.id) for line in person.merges if not line.undone_at)),
    ]
    lines = [f"  {name:<14} {safe(value)}" for name, value in facts if value]
    return "\n".join([safe(person.key), *lines])


def _line(row: dict[str, Any], zone: tzinfo) -> str:
    """One interaction on one line: what is not known is left out."""
    when = row["occurred_at"].astimezone(zone).strftime("%Y-%m-%d %H:%M")
    text = safe(row["text"] or "")
    if len(text) > _LONGEST_TEXT:
        text = text[: _LONGEST_TEXT - 1] + "…"
    where = f"{safe(row['channel'] or '-'):<8} {safe(row['kind']):<18}"
    parts = [safe(row["touchpoint"] or ""), _score(row), _amount(row), text and f"“{text}”"]
    return f"  {when}  {where} {'  '.join(part for part in parts if part)}".rstrip()


def _score(row: dict[str, Any]) -> str:
    if row["score"] is None:
        return ""
    scale = SCALES.get(row["scale"] or "")
    if scale is None:
        return f"{row['score']:g}"
    return f"{row['score']:g} on {scale.name} ({scale.low:g} to {scale.high:g})"


def _amount(row: dict[str, Any]) -> str:
    return "" if row["amount"] is None else f"{row['amount']:.2f} {row['currency'] or ''}".rstrip()


def _as_json(person: Profile | None, rows: pa.Table) -> str:
    answer = {
        "profile": None if person is None else msgspec.to_builtins(person),
        "timeline": [
            {name: _json_value(value) for name, value in row.items() if name not in ("t", "day")}
            for row in rows.to_pylist()
        ],
    }
    # ASCII only, so that a text cannot steer the terminal it is printed on.
    return json.dumps(answer, ensure_ascii=True, indent=2)


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime) else value
