"""Who one customer is: everything we know besides the interactions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from rapport.customers.merges import active_merges, customer_named, final
from rapport.customers.tables import ACCOUNTS, CUSTOMERS
from rapport.office.api import as_moment, select_in

_IDENTIFIERS = "SELECT customer_id, namespace, value FROM customers_identifier WHERE customer_id IN"
_CONSENTS = """
    SELECT scope, at, status, source, text_version, customer_id
    FROM customers_consent WHERE customer_id IN
"""
_MERGES = "SELECT id, kept_id, merged_id, at, undone_at FROM customers_merge WHERE "


@dataclass(frozen=True, slots=True)
class ConsentWord:
    """One thing a customer said about a consent.

    Attributes:
        scope: what it is about ("newsletter").
        status: granted, denied or revoked.
        at: when, UTC.
        source: where they said it.
        text_version: of the words they were shown.
    """

    scope: str
    status: str
    at: datetime
    source: str
    text_version: str


@dataclass(frozen=True, slots=True)
class MergeLine:
    """One merge that touches a customer: `merged` is read as `kept` until it is undone."""

    id: int
    kept: str
    merged: str
    at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Profile:
    """What we know about one customer.

    Attributes:
        key: the one they go by after all merges.
        account, account_name, unit: where they belong, None where unknown.
        first_known: the earliest moment a source told us of, UTC; None where none did.
        traits: by name; what the kept customer's row says counts before merged ones.
        identifiers: (namespace, value), sorted.
        consents: what counts now, by scope.
        consent_history: all of it, oldest first.
        also_known_as: keys merged into this one, sorted.
        merges: that touch this customer, undone ones too, oldest first.
    """

    key: str
    account: str | None
    account_name: str | None
    unit: str | None
    first_known: datetime | None
    traits: Mapping[str, Any]
    identifiers: tuple[tuple[str, str], ...]
    consents: Mapping[str, str]
    consent_history: tuple[ConsentWord, ...]
    also_known_as: tuple[str, ...]
    merges: tuple[MergeLine, ...]


def profile(name: str) -> Profile:
    """Who somebody is, found by key, former key or identifier (`email:ana@x.example`).

    Raises:
        NotFoundError: nobody is called so; names the nearest.
    """
    merges = active_merges()
    key = final(customer_named(name), merges)
    keys = [key, *sorted(merged for merged in merges if final(merged, merges) == key)]
    rows = CUSTOMERS.fetch(keys)
    ordered = [rows[(one,)] for one in keys]
    traits: dict[str, Any] = {}
    for row in reversed(ordered):
        traits |= msgspec.json.decode(row[3])
    account = next((row[1] for row in ordered if row[1]), None)
    names = ACCOUNTS.fetch([account] if account else [])
    history = _history(keys)
    return Profile(
        key=key,
        account=account,
        account_name=names[(account,)][1] or None if names else None,
        unit=next((row[2] for row in ordered if row[2]), None),
        first_known=min((as_moment(row[4]) for row in ordered if row[4]), default=None),
        traits=dict(sorted(traits.items())),
        identifiers=tuple(sorted(row[1:] for row in select_in(_IDENTIFIERS, keys))),
        consents={word.scope: word.status for word in history},
        consent_history=history,
        also_known_as=tuple(keys[1:]),
        merges=_merge_lines(keys),
    )


def kept_key(key: str) -> str:
    """Whom a customer is read as after all merges."""
    return final(key, active_merges())


def _history(keys: list[str]) -> tuple[ConsentWord, ...]:
    words = [
        ConsentWord(scope, status, as_moment(at), source, version)
        for scope, at, status, source, version, _ in select_in(_CONSENTS, keys)
    ]
    return tuple(sorted(words, key=lambda word: (word.at, word.scope)))


def _merge_lines(keys: list[str]) -> tuple[MergeLine, ...]:
    found = {
        number: MergeLine(number, kept, merged, as_moment(at), undone and as_moment(undone))
        for side in ("kept_id", "merged_id")
        for number, kept, merged, at, undone in select_in(f"{_MERGES} {side} IN", keys)
    }
    return tuple(found[number] for number in sorted(found))
