"""A process that does deeds on a ledger, one for each line it reads, and says what it has done.

`python -m acceptance._deeds HOME` makes the ledger, then reads lines such as `journal 3`. After
each deed it writes `told 3` (the acknowledgement), then `state 3 DIGEST`: what the ledger holds
from then on.
"""

import hashlib
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from acceptance._imports import begun
from rapport.ledger import revising, storing
from rapport.ledger.api import (
    DRAFT_SCHEMA,
    Batch,
    Ledger,
    Place,
    compact,
    create_ledger,
    end_import,
    import_history,
    seal,
    undo,
)

TABLE = "colours"
_MONTHS = [datetime(2025, month, 3, 12, tzinfo=UTC) for month in (1, 2, 3)]
_ROWS = {"journal": 3, "bulk": 5}


def do(ledger: Ledger, deed: str, number: int) -> None:
    """Do a deed under a number of its own; `undo:3` undoes what deed 3 imported.

    Done again, it changes nothing.
    """
    deed, _, target = deed.partition(":")
    if deed == "seal":
        seal(ledger)
    elif deed == "compact":
        compact(ledger)
    elif deed == "publish":
        ledger.publish(TABLE, pa.table({"number": [number]}))
    elif deed == "undo":
        _undo(ledger, target)
    elif deed == "revise":
        _take(ledger, deed, number, [*_latest(ledger, number), f"{number}-new"])
    else:
        _take(ledger, deed, number, [f"{number}-{row}" for row in range(_ROWS[deed])])


def digest(ledger: Ledger) -> str:
    """Names what readers can see: interactions, whenever they came in, and the published table."""
    with ledger.read() as snapshot:
        query = "SELECT * EXCLUDE (batch, received_at) FROM interactions ORDER BY id"
        rows = snapshot.sql(query).to_pylist()
        if TABLE in snapshot.published:
            rows += snapshot.sql(f"SELECT * FROM {TABLE}").to_pylist()
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def _take(ledger: Ledger, deed: str, number: int, keys: Iterable[str]) -> None:
    """Take rows, and one that is wrong, as the only batch of an import."""
    storing.BULK_INTERACTIONS = 1 if deed == "bulk" else 20_000
    storing._TAKEN_AT_ONCE = revising._TAKEN_AT_ONCE = 2
    name = f"{deed}-{number}"
    place = begun(ledger, name)
    ledger.take(_batch(keys, name), Place(place, 0, "shop", deed == "revise"))
    end_import(ledger.database, place)


def _batch(keys: Iterable[str], text: str) -> Batch:
    same = {"part": "", "source": "shop", "kind": "order.completed", "customer": "Ana"}
    rows: list[dict[str, object]] = [
        {
            "row": row,
            "line": row + 2,
            "key": f"={key}",
            "thread": key,
            "text": text,
            "occurred_at": _MONTHS[row % len(_MONTHS)],
            **same,
        }
        for row, key in enumerate(keys)
    ]
    wrong = {**rows[0], "row": len(rows), "key": "=wrong", "kind": "no.such"}
    drafts = pa.Table.from_pylist([*rows, wrong], schema=DRAFT_SCHEMA)
    return Batch(drafts, (), drafts.num_rows, 0, lambda numbers: [f"raw {n}" for n in numbers])


def _latest(ledger: Ledger, number: int) -> list[str]:
    """Keys of some rows that came last before a deed, wherever they lie."""
    query = (
        "SELECT thread FROM interactions "
        f"WHERE CAST(split_part(thread, '-', 1) AS INTEGER) < {number} "
        "ORDER BY CAST(split_part(thread, '-', 1) AS INTEGER) DESC, thread LIMIT 4"
    )
    with ledger.read() as snapshot:
        return [row["thread"] for row in snapshot.sql(query).to_pylist()]


def _undo(ledger: Ledger, target: str) -> None:
    """Undo the import of a deed, the newest where none is named; nothing where none stands."""
    for found in import_history(ledger.database):
        if found.state != "undone" and found.file.endswith(f"-{target}" if target else ""):
            undo(ledger, found.id)
            return


def _say(line: str) -> None:
    os.write(1, line.encode() + b"\n")


def main(home: Path) -> None:
    """Make the ledger, then do as the lines say."""
    ledger = create_ledger(home)
    _say("told 0")
    _say(f"state 0 {digest(ledger)}")
    for line in sys.stdin:
        deed, number = line.split()
        do(ledger, deed, int(number))
        _say(f"told {number}")
        _say(f"state {number} {digest(ledger)}")
    ledger.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
