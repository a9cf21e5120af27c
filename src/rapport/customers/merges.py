"""Who is who: merging and splitting customers, and the identity map that follows from it.

Merging never rewrites history. A merge is a line `merged is kept`; lines may form chains (Ben's
second account is Ben's first, which is Ben), never circles, and taking a line back restores what
was before it.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

import pyarrow as pa
from django.db import connection

from rapport.customers.tables import CUSTOMERS, IDENTIFIERS
from rapport.kernel.errors import InputError, NotFoundError
from rapport.office.api import (
    Act,
    Actor,
    Slate,
    as_stored,
    one_transaction,
    query,
    require,
    select_in,
    write_line,
)

_ACTIVE = "SELECT merged_id, kept_id FROM customers_merge WHERE undone_at IS NULL"
_MERGE = """
    INSERT INTO customers_merge (kept_id, merged_id, at, "by") VALUES (%s, %s, %s, %s)
    RETURNING id
"""
_SPLIT = "UPDATE customers_merge SET undone_at = %s, undone_by = %s WHERE id = %s"
_OWNER_OF_VALUE = "SELECT DISTINCT customer_id FROM customers_identifier WHERE value IN"
_BATCH = 50_000
_NEAR = 2_000

IDENTITY_SCHEMA = pa.schema([("key", pa.string()), ("customer", pa.string())])


def merge_customers(kept: str, merged: str, *, actor: Actor, seen: Collection[str] = ()) -> int:
    """Say that two customers are one person, who is called `kept` from now on.

    Args:
        kept, merged: keys of customers, or identifiers of them.
        actor: who says so.
        seen: names that the ledger has interactions of; they become customers if they are not.

    Returns:
        The number of the merge, to take it back by.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such customer; names the nearest.
        InputError: they are one already, or `merged` was merged into somebody else.
    """
    require(actor, "merge_customers")
    with one_transaction():
        into, gone = (_customer(name, seen) for name in (kept, merged))
        merges = active_merges()
        if gone in merges:
            raise InputError(
                f"{gone} is merged into {merges[gone]} already",
                hint=f"Merge {final(gone, merges)} instead, or split that merge first.",
            )
        if final(into, merges) == gone:
            raise InputError(
                f"{into} and {gone} are one person already"
                if into != gone
                else f"{gone} cannot be merged with itself",
                expected="two customers",
            )
        number = int(query(_MERGE, into, gone, as_stored(datetime.now(UTC)), actor.id)[0][0])
        write_line(actor, Act("merge_customers", "merge", str(number)))
    return number


def split_customers(merge_id: int, *, actor: Actor) -> None:
    """Take a merge back: its two customers are two people again.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such merge.
        InputError: it was taken back before.
    """
    require(actor, "split_customers")
    with one_transaction():
        found = query("SELECT undone_at FROM customers_merge WHERE id = %s", merge_id)
        if not found:
            known = query("SELECT id FROM customers_merge WHERE undone_at IS NULL")
            numbers = ", ".join(str(number) for (number,) in known[:20]) or "none"
            raise NotFoundError(f"There is no merge {merge_id}", expected=f"one of: {numbers}")
        if found[0][0] is not None:
            raise InputError(f"Merge {merge_id} was taken back before", got=f"{found[0][0]} UTC")
        query(_SPLIT, as_stored(datetime.now(UTC)), actor.id, merge_id)
        write_line(actor, Act("split_customers", "merge", str(merge_id)))


def customer_named(name: str, *, suggest: bool = True) -> str:
    """The key of the customer's own row, by key or identifier; merges are not followed.

    An identifier may be said without its namespace where only one customer has that value.
    Without `suggest` no time is spent on looking for the nearest names.

    Raises:
        NotFoundError: nobody is called so, or several are; names the nearest.
    """
    if CUSTOMERS.known([name]):
        return name
    spellings = tuple(dict.fromkeys((name, name.strip().lower())))
    owners = {row[3] for row in IDENTIFIERS.fetch(spellings).values()} or {
        owner for (owner,) in select_in(_OWNER_OF_VALUE, spellings)
    }
    if len(owners) > 1:
        raise NotFoundError(
            f"{name!r} is an identifier of several customers",
            got=", ".join(sorted(owners)),
            hint="Name one of them, or say the identifier's namespace too.",
        )
    if not owners:
        near = get_close_matches(name, _near(name), n=3) if suggest else []
        hint = f"Did you mean {' or '.join(near)}?" if near else None
        raise NotFoundError(f"There is no customer {name!r}", hint=hint)
    return str(owners.pop())


def _customer(name: str, seen: Collection[str]) -> str:
    """The customer of that name; one that only the ledger knows so far is taken in."""
    if name in seen and not CUSTOMERS.known([name]) and not IDENTIFIERS.known([name]):
        people = Slate(CUSTOMERS, [])
        people.put((name, None, None, "{}", None))
        people.save(None)
        return name
    return customer_named(name)


def active_merges() -> dict[str, str]:
    """Merges that stand: the merged customer's key to the kept one's."""
    return dict(query(_ACTIVE))


def final(key: str, merges: Mapping[str, str]) -> str:
    """Who the customer is at the end of all merges.

    >>> final("c", {"c": "b", "b": "a"})
    'a'
    """
    while key in merges:
        key = merges[key]
    return key


def identity_map() -> pa.Table:
    """Every further name of a customer: `key` as an interaction says it, `customer` as we do.

    Identifiers as `namespace:value` (the bare value for the empty namespace) and merged
    customers' keys, each resolved through all merges; each key once, in order. Customers that go
    by their own key only are not listed. Empty where nobody has a second name.
    """
    merges = active_merges()
    aliases = [(key, final(key, merges)) for key in merges]
    batches = [_as_batch(aliases)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, customer_id FROM customers_identifier")
        while rows := cursor.fetchmany(_BATCH):
            if merges:
                rows = [(key, final(customer, merges)) for key, customer in rows]
            batches.append(_as_batch(rows))
    return pa.Table.from_batches(batches, schema=IDENTITY_SCHEMA).sort_by("key")


def _as_batch(rows: list[Any]) -> pa.RecordBatch:
    columns = ([row[0] for row in rows], [row[1] for row in rows])
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=IDENTITY_SCHEMA)


def _near(name: str) -> list[str]:
    """Names around this one in the alphabet: enough to find a typing error, whatever the size."""
    after = "SELECT key FROM {} WHERE key >= %s ORDER BY key LIMIT %s"
    before = "SELECT key FROM {} WHERE key < %s ORDER BY key DESC LIMIT %s"
    found: list[str] = []
    for table in (CUSTOMERS.name, IDENTIFIERS.name):
        for text in (after, before):
            rows = query(text.format(table), name[:1], _NEAR)
            found.extend(str(row[0]) for row in rows)
    return found
