"""What the ledger is told of customers: the identity map and a small table of who they are."""

from collections import defaultdict
from typing import Any

import msgspec
import pyarrow as pa
from django.db import connection

from rapport.customers.merges import active_merges, final, identity_map
from rapport.ledger.api import Ledger

_BATCH = 50_000
_CUSTOMERS = "SELECT key, account_id, unit_id, traits FROM customers_customer"
CUSTOMERS_SCHEMA = pa.schema([(name, pa.string()) for name in ("key", "account", "unit", "traits")])

_Row = tuple[Any, ...]


def publish(ledger: Ledger) -> None:
    """Lay identity map and customers beside the interactions; once after each import or merge."""
    ledger.publish("identity", identity_map())
    ledger.publish("customers", published_customers())


def published_customers() -> pa.Table:
    """Everybody once: key, account, unit, traits (a JSON object as text), in order of the key.

    Merged customers are one row under the kept key: its own account, unit and traits come first,
    gaps are filled from those merged into it, in the order of their keys. Empty where nobody is
    known.
    """
    merges = active_merges()
    in_groups = merges.keys() | {final(key, merges) for key in merges}
    groups: dict[str, list[_Row]] = defaultdict(list)
    batches = []
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS)
        while rows := cursor.fetchmany(_BATCH):
            for row in rows if merges else ():
                if row[0] in in_groups:
                    groups[final(row[0], merges)].append(row)
            batches.append(_as_batch([row for row in rows if row[0] not in in_groups]))
    batches.append(_as_batch([_as_one(key, rows) for key, rows in groups.items()]))
    return pa.Table.from_batches(batches, schema=CUSTOMERS_SCHEMA).sort_by("key")


def _as_one(kept: str, rows: list[_Row]) -> _Row:
    """One row for one person: what the kept customer says counts before the others."""
    ordered = sorted(rows, key=lambda row: (row[0] != kept, row[0]))
    traits: dict[str, Any] = {}
    for row in reversed(ordered):
        traits |= msgspec.json.decode(row[3])
    account = next((row[1] for row in ordered if row[1]), None)
    unit = next((row[2] for row in ordered if row[2]), None)
    return (kept, account, unit, msgspec.json.encode(traits, order="sorted").decode())


def _as_batch(rows: list[_Row]) -> pa.RecordBatch:
    arrays = [pa.array([row[i] for row in rows], pa.string()) for i in range(4)]
    return pa.RecordBatch.from_arrays(arrays, schema=CUSTOMERS_SCHEMA)
