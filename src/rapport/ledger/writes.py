"""A write to the lake is recorded before it begins and finished after the lake's commit.

The caller holds the lake's lock throughout, so at most one write is open. After a crash
`recover` asks the lake whether the write's number was committed: if so it finishes the
bookkeeping, if not it forgets the write and removes its data files.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rapport.ledger import former
from rapport.ledger.erasure import erased
from rapport.ledger.failpoints import reach
from rapport.ledger.relational.database import Database, set_meta

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger


def begin(connection: Any, task: str, batches: Sequence[int]) -> int:
    """Record inside the caller's transaction that a write begins; its number."""
    cursor = connection.execute(
        "INSERT INTO ledger_write (task, batches) VALUES (?, ?) RETURNING number",
        (task, json.dumps(list(batches))),
    )
    return int(cursor.fetchone()[0])


def finish(database: Database, number: int, version: int) -> None:
    """One transaction after the lake's commit: states, journal and lake version move together."""
    (task, batches), *_ = database.rows(
        "SELECT task, batches FROM ledger_write WHERE number = ?", (number,)
    )
    state = "undone" if task == "undo" else "lake"
    with database.write() as connection:
        if task == "batch":
            former.supersede(connection, json.loads(batches))
        elif task == "undo":
            former.restore(connection, json.loads(batches))
        elif task == "erase":
            erased.settle(connection, number)
        for batch in json.loads(batches):
            connection.execute("UPDATE ledger_batch SET state = ? WHERE number = ?", (state, batch))
            connection.execute("DELETE FROM ledger_journal WHERE batch = ?", (batch,))
        set_meta(connection, "lake_version", str(version))
        connection.execute("DELETE FROM ledger_write WHERE number = ?", (number,))


def recover(ledger: "Ledger") -> None:
    """Finish or forget what a crash left open; the caller holds the lake's lock."""
    opened = ledger.database.rows("SELECT number, task, batches FROM ledger_write ORDER BY number")
    if not opened:
        return
    committed = ledger.lake.last_write()
    for number, task, batches in opened:
        if number <= committed:
            finish(ledger.database, number, ledger.lake.version())
        else:
            # Whoever began it may still be at work, if it lost its lock with its connection.
            version = ledger.lake.shut_out(number)
            reach("recover.fenced")
            ledger.lake.remove_unnamed(number)
            reach("recover.removed")
            with ledger.database.write() as connection:
                _forget(connection, number, task, json.loads(batches))
                set_meta(connection, "lake_version", str(version))


def _forget(connection: Any, number: int, task: str, batches: list[int]) -> None:
    if task == "batch":
        # Its ids count as unknown from now on; the import that runs again stores it anew.
        connection.executemany(
            "UPDATE ledger_batch SET state = 'failed' WHERE number = ?", [(b,) for b in batches]
        )
        former.forget(connection, batches)
    elif task == "erase":
        erased.forget(connection, number)
    connection.execute("DELETE FROM ledger_write WHERE number = ?", (number,))
