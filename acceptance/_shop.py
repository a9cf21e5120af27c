"""What the steps of a simulation do to a real ledger, and what can be read from it afterwards."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import time_machine

from acceptance._imports import begun
from acceptance._model import File, Identity, SourceRow
from acceptance._steps import Step
from acceptance._writers import Store, small_slices
from rapport.kernel.errors import InputError
from rapport.ledger import storing
from rapport.ledger.api import (
    DRAFT_SCHEMA,
    Batch,
    Ledger,
    Place,
    Snapshot,
    compact,
    end_import,
    seal,
    undo,
    vacuum,
)

CUSTOMERS = 5
_CONTENT = "SELECT thread, text, customer, epoch_us(occurred_at) AS at FROM interactions"

# Rows as (thread, text, customer, moment), and what the published table `colours` says.
Content = tuple[list[tuple[Any, ...]], str | None]

PLAIN: dict[str, Callable[[Ledger], object]] = {
    "seal": seal,
    "compact": compact,
    "vacuum": vacuum,
}


def work(
    store: Store, step: Step, file: File | None, number: int, names: list[str], now: datetime
) -> None:
    """Do a step in a process that will be killed."""
    with time_machine.travel(now, tick=False):
        small_slices()
        ledger = store.open()
        if file is not None:
            take(ledger, step.task, file, names)
        elif step.task == "undo":
            try:
                undo(ledger, number)
            except InputError:
                return
        elif step.task == "publish":
            ledger.publish("colours", pa.table({"text": [f"colour {step.which}"]}))
        else:
            PLAIN[step.task](ledger)
        ledger.close()


def take(ledger: Ledger, way: str, file: File, names: list[str]) -> list[tuple[int, int, int]]:
    """Import a file batch by batch; the ends of the rows of each."""
    storing.BULK_INTERACTIONS = 1 if way == "bulk" else 20_000
    number = begun(ledger, file.name)
    told = []
    for position, rows in enumerate(file.batches):
        place = Place(number, position, "shop", way == "revise")
        receipt = ledger.take(_batch(rows, names), place)
        told.append((receipt.stored, receipt.duplicate, receipt.rejected))
    end_import(ledger.database, number)
    return told


def _batch(rows: Sequence[SourceRow], names: list[str]) -> Batch:
    drafts = [
        {
            "row": number,
            "line": number + 2,
            "key": f"={row.key}",
            "part": str(part) if part else "",
            "source": "shop",
            "kind": "no.such" if row.fault == "kind" else "order.completed",
            "occurred_at": datetime.now(UTC) + timedelta(days=2)
            if row.fault == "future"
            else moment_of((row.key, part), version),
            "customer": names[whose((row.key, part), version)],
            "thread": thread_of((row.key, part)),
            "text": str(version),
        }
        for number, row in enumerate(rows)
        for part, version in row.drafts
    ]
    table = pa.Table.from_pylist(drafts, schema=DRAFT_SCHEMA)
    return Batch(table, (), len(rows), 0, lambda numbers: [str(n) for n in numbers])


def content_of(snapshot: Snapshot) -> Content:
    rows = snapshot.sql(_CONTENT).to_pylist()
    colours = "colours" in snapshot.published and snapshot.sql("SELECT text FROM colours")
    return (
        sorted((row["thread"], row["text"], row["customer"], row["at"]) for row in rows),
        str(colours["text"][0]) if colours else None,
    )


def thread_of(identity: Identity) -> str:
    return f"{identity[0]}/{identity[1]}"


def whose(identity: Identity, version: int) -> int:
    return (identity[0] + version) % CUSTOMERS


def moment_of(identity: Identity, version: int) -> datetime:
    """Versions of one identity may lie in different months."""
    month = (identity[0] + 2 * version) % 3 + 1
    return datetime(2025, month, 1 + identity[0], 12, identity[1], tzinfo=UTC)
