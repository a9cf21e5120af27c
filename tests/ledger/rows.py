"""Small tables of interactions of Ana and Ben, and what the tests ask of a ledger."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from rapport.ledger.api import DRAFT_SCHEMA, Batch, Ledger, Place, begin_import, verify

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
Row = Mapping[str, Any]


def at(text: str) -> datetime:
    """The moment of an ISO text, UTC where it names no zone.

    >>> at("2025-03-01").hour
    0
    """
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def purchases(*keys: str, **fields: Any) -> pa.Table:
    """Ana's purchases with declared keys, mapped already; `fields` holds for all of them."""
    row = {"kind": "order.completed", "occurred_at": NOON, "customer": "Ana", **fields}
    return table([{"key": key, **row} for key in keys])


def table(rows: Iterable[Row]) -> pa.Table:
    """Mapped rows as a table; a row may leave fields out."""
    given = list(rows)
    names = list(dict.fromkeys(name for row in given for name in row))
    schema = pa.schema([DRAFT_SCHEMA.field(name) for name in names])
    return pa.Table.from_pylist([dict(row) for row in given], schema=schema)


def batch(*rows: Row | list[Row]) -> Batch:
    """A batch of source rows, each one draft or several; drafts need only what differs."""
    drafts = []
    for number, row in enumerate(rows):
        for place, part in enumerate(row if isinstance(row, list) else [row]):
            usual = {"source": "shop", "key": f"k{number}", "part": str(place) if place else ""}
            what = {"kind": "order.completed", "occurred_at": NOON, "customer": "Ana"}
            drafts.append({"row": number, "line": number + 2, **usual, **what, **part})
    made = pa.Table.from_pylist(drafts, schema=DRAFT_SCHEMA)
    return Batch(made, (), len(rows), 0, lambda numbers: [f"raw {n}" for n in numbers])


def place(
    ledger: Ledger, position: int = 0, file: str = "purchases.csv", *, revises: bool = False
) -> Place:
    """A place in the running import of a file."""
    number, _ = begin_import(
        ledger.database,
        file=file,
        digest=file,
        source="shop",
        record="interactions",
        mapping="",
        actor="Ana",
    )
    return Place(number, position, "shop", revises)


def ask(ledger: Ledger, query: str) -> list[tuple[Any, ...]]:
    """Rows of a query over the ledger as it is now."""
    with ledger.read() as snapshot:
        return [tuple(row.values()) for row in snapshot.sql(query).to_pylist()]


def count(ledger: Ledger) -> int:
    """How many interactions there are."""
    return int(ask(ledger, "SELECT count(*) FROM interactions")[0][0])


def faults(ledger: Ledger) -> list[str]:
    """What `verify` finds wrong."""
    return [f"{proof.name}: {proof.found}" for proof in verify(ledger) if not proof.holds]
