"""Everything the room knows of one customer: their names, their records, and how those go."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.db import connection

from rapport.customers.cells import read_identifier, spoken
from rapport.customers.merges import active_merges, customer_named, final
from rapport.customers.tables import ACCOUNTS, CONSENTS, CUSTOMERS, IDENTIFIERS
from rapport.kernel.errors import NotFoundError
from rapport.office.api import CellError, Table, forget_changes, select_in

_BATCH = 50_000
_HOUSEHOLD = "household"
_MERGE_COLUMNS = ("id", "kept_id", "merged_id", "at", "by", "undone_at", "undone_by")


@dataclass(frozen=True, slots=True)
class Names:
    """All names of one customer.

    Attributes:
        keys: of their records, the one they go by first; empty where only the ledger knows them.
        spoken: as interactions say them: keys, and identifiers as `namespace:value`.
        values: of the identifiers alone, as files of people and rejected rows have them.
    """

    keys: tuple[str, ...]
    spoken: tuple[str, ...]
    values: tuple[str, ...]


def names_of_customer(name: str) -> Names:
    """All names of whoever is called so; the name alone where nobody is."""
    merges = active_merges()
    try:
        first = final(customer_named(name), merges)
    except NotFoundError:
        return Names((), (name,), ())
    keys = (first, *sorted(one for one in merges if final(one, merges) == first))
    identifiers = sorted(_identifiers(keys))
    return Names(
        keys,
        tuple(dict.fromkeys((*keys, *(row[0] for row in identifiers), name))),
        tuple(dict.fromkeys(row[2] for row in identifiers)),
    )


def every_name() -> Iterator[str]:
    """Every key and identifier of everybody, identifiers as interactions say them and alone."""
    yield from CUSTOMERS.all_keys()
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, value FROM customers_identifier")
        while rows := cursor.fetchmany(_BATCH):
            for row in rows:
                yield from row


def names_in(rows: pa.Table) -> list[set[str]]:
    """For each row of a file of customers the names it gives: key and identifiers."""
    found = [{str(key)} if key is not None else set() for key in rows["key"].to_pylist()]
    for column in rows.column_names:
        family, _, namespace = column.partition(":")
        if family != "identifier":
            continue
        for names, value in zip(found, rows[column].to_pylist(), strict=True):
            names.update(_spellings(namespace, value))
    return found


def _spellings(namespace: str, value: Any) -> Iterator[str]:
    try:
        read = read_identifier(namespace, value)
    except CellError:
        read = str(value)
    if read is not None:
        yield from (read, spoken(namespace, read))


def accounts_of(keys: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Accounts of customers: those that point to them alone, and those that do not.

    A household always points to its people; a company only where nobody else is known of it.
    """
    named = {row[1] for row in CUSTOMERS.fetch(keys).values() if row[1]}
    others = _members(named, set(keys))
    households = {row[0] for row in ACCOUNTS.fetch(named).values() if row[2] == _HOUSEHOLD}
    gone = {one for one in named if one in households or one not in others}
    return frozenset(gone), frozenset(named - gone)


def _members(accounts: Iterable[str], but: set[str]) -> set[str]:
    """Accounts that customers other than these belong to."""
    query = "SELECT account_id, key FROM customers_customer WHERE account_id IN"
    return {account for account, key in select_in(query, accounts) if key not in but}


def records_of_customer(keys: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every record of a customer: the table it lies in and its columns by name."""
    for table in (CUSTOMERS, CONSENTS):
        for row in table.fetch(keys).values():
            yield table.name, dict(zip(table.columns, row, strict=True))
    for row in _identifiers(keys):
        yield IDENTIFIERS.name, dict(zip(IDENTIFIERS.columns, row, strict=True))
    accounts = {row[1] for row in CUSTOMERS.fetch(keys).values() if row[1]}
    for row in ACCOUNTS.fetch(accounts).values():
        yield ACCOUNTS.name, dict(zip(ACCOUNTS.columns, row, strict=True))
    for merge in _merges(keys):
        yield "customers_merge", merge


def remove_customer(keys: Collection[str]) -> int:
    """Remove every record of a customer, and what those records held before; how many went.

    Inside the caller's transaction, which has asked for permission. Accounts go with the last of
    their customers.
    """
    wanted = list(keys)
    if not wanted:
        return 0
    accounts = {row[1] for row in CUSTOMERS.fetch(wanted).values() if row[1]}
    last = sorted(accounts - _members(accounts, set(wanted)))
    identifiers = [row[0] for row in _identifiers(wanted)]
    consents = list(CONSENTS.fetch(wanted))
    merges = [(one["id"],) for one in _merges(wanted)]
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM customers_merge WHERE id = %s", merges)
    gone: list[tuple[Table, list[tuple[Any, ...]]]] = [
        (CONSENTS, consents),
        (IDENTIFIERS, [(key,) for key in identifiers]),
        (CUSTOMERS, [(key,) for key in wanted if CUSTOMERS.known([key])]),
        (ACCOUNTS, [(key,) for key in last]),
    ]
    for table, rows in gone:
        table.remove(rows)
    forget_changes({*wanted, *identifiers, *last})
    return len(merges) + sum(len(rows) for _, rows in gone)


def _identifiers(keys: Iterable[str]) -> list[tuple[Any, ...]]:
    query = (
        f"SELECT {', '.join(IDENTIFIERS.columns)} FROM customers_identifier WHERE customer_id IN"
    )
    return select_in(query, keys)


def _merges(keys: Iterable[str]) -> list[dict[str, Any]]:
    columns = ", ".join(f'"{name}"' for name in _MERGE_COLUMNS)
    found = {
        row[0]: dict(zip(_MERGE_COLUMNS, row, strict=True))
        for side in ("kept_id", "merged_id")
        for row in select_in(f"SELECT {columns} FROM customers_merge WHERE {side} IN", keys)
    }
    return [found[number] for number in sorted(found)]
