"""What an erasing write does to ids, done in the transaction that finishes it (`writes`)."""

from typing import Any

from rapport.ledger import ids
from rapport.ledger.erasure import suppression


def settle(connection: Any, write: int) -> None:
    """Ids of erased rows go; those of anonymised ones are replaced; late copies stay out."""
    these = "(SELECT id FROM ledger_erased_row WHERE write = ?)"
    for table in (ids.BIG, ids.RECENT):
        connection.execute(f"DELETE FROM {table} WHERE id IN {these}", (write,))
    connection.execute(
        f"INSERT INTO {ids.BIG} (id, mark, batch) SELECT new_id, new_mark, batch "
        "FROM ledger_erased_row WHERE write = ? AND new_id IS NOT NULL ORDER BY new_id",
        (write,),
    )
    counts = connection.execute(
        "SELECT count(*), batch FROM ledger_erased_row WHERE write = ? AND new_id IS NULL "
        "GROUP BY batch",
        (write,),
    ).fetchall()
    connection.executemany(
        "UPDATE ledger_batch SET interactions = interactions - ? WHERE number = ?", counts
    )
    connection.execute(
        "INSERT INTO ledger_suppressed (hash, what, at) "
        "SELECT hash, 'row', 0 FROM ledger_erased_row WHERE write = ? "
        "ON CONFLICT (hash) DO NOTHING",
        (write,),
    )
    suppression.turn(connection)
    forget(connection, write)


def forget(connection: Any, write: int) -> None:
    """Forget what a write would have done to ids."""
    connection.execute("DELETE FROM ledger_erased_row WHERE write = ?", (write,))
