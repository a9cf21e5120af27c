"""What revised interactions said before, kept so that undoing can put it back.

For each id the table `ledger_revised` is a chain: the batch that brought the present content
revised that of a former batch, which may have revised an older one. Invariants: batches along a
chain descend, both ends of each link are alive, and what stands in `ledger_id` is the head. So
undoing takes links out: out of the middle, or the head, and then the former content is back.
"""

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rapport.ledger import frames, ids
from rapport.ledger.failpoints import reach
from rapport.ledger.relational.database import Database
from rapport.ledger.schema import EMPTY

# A writing transaction stays short: other writers wait for it.
_SLICE = 10_000
# From links that begin as `start` says back to the first batch that stays; `gone` lists the
# others.
_BACK = """
    WITH RECURSIVE back (id, batch, mark, former, former_mark, piece) AS (
        SELECT e.id, e.batch, e.mark, e.former, e.former_mark, e.piece
        FROM ledger_revised e WHERE {start}
        UNION ALL
        SELECT b.id, b.batch, b.mark, d.former, d.former_mark, d.piece
        FROM back b JOIN ledger_revised d ON d.batch = b.former AND d.id = b.id
        WHERE b.former IN {gone}
    )
    SELECT {columns} FROM back WHERE former NOT IN {gone}"""
_HEADS = (
    "e.batch IN {gone} AND EXISTS "
    f"(SELECT 1 FROM {ids.BIG} k WHERE k.id = e.id AND k.batch = e.batch)"
)
_AFTER = "e.former IN {gone} AND e.batch NOT IN {gone}"


def keep(
    database: Database, batch: int, rows: pa.Table, revised: npt.NDArray[Any], marks: bytes
) -> None:
    """Keep the rows that a pending batch will supersede.

    Args:
        revised: the batch's packed entries for ids that were known with another mark, sorted.
        marks: the marks they had, eight bytes each.
    """
    body = frames.to_bytes(rows)
    places = (
        pc.index_in(rows["id"].cast(pa.binary(16)), ids.identities(revised)).to_numpy().tolist()
    )
    batches = rows["batch"].to_pylist()
    piece = None
    for start in range(0, len(places), _SLICE):
        part = zip(places[start : start + _SLICE], batches[start : start + _SLICE], strict=True)
        with database.write() as connection:
            # In one transaction with its first link: rows without one would be found by nobody.
            piece = piece or _keep_rows(connection, body)
            connection.executemany(
                "INSERT INTO ledger_revised (batch, id, mark, former, former_mark, piece) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (batch, entry[:16], entry[16:], former, marks[8 * at : 8 * at + 8], piece)
                    for at, former in part
                    for entry in (revised[at].tobytes(),)
                ],
            )
        reach("revise.kept")


def _keep_rows(connection: Any, body: bytes) -> int:
    return int(
        connection.execute(
            "INSERT INTO ledger_revised_rows (body) VALUES (?) RETURNING piece", (body,)
        ).fetchone()[0]
    )


def supersede(connection: Any, batches: Sequence[int]) -> None:
    """Hand the ids over to the batches that revised them: the lake holds the new rows now."""
    for batch in batches:
        _count(connection, "-", f"SELECT former FROM ledger_revised WHERE batch = {int(batch)}")
        connection.execute(
            f"DELETE FROM {ids.RECENT} WHERE id IN (SELECT id FROM ledger_revised WHERE batch = ?)",
            (batch,),
        )
        connection.execute(
            f"INSERT INTO {ids.BIG} (id, mark, batch) "
            "SELECT id, mark, batch FROM ledger_revised WHERE batch = ? ORDER BY id "
            f"ON CONFLICT (id) DO {ids.REPLACE}",
            (batch,),
        )


def forget(connection: Any, batches: Sequence[int]) -> None:
    """Forget what batches that came to nothing would have superseded."""
    for batch in batches:
        connection.execute(
            "DELETE FROM ledger_revised_rows WHERE piece IN "
            "(SELECT piece FROM ledger_revised WHERE batch = ?)",
            (batch,),
        )
        connection.execute("DELETE FROM ledger_revised WHERE batch = ?", (batch,))


def to_restore(database: Database, batches: Sequence[int]) -> pa.Table:
    """The rows that are present again once batches are undone."""
    found: dict[int, list[bytes]] = {}
    for piece, identity in database.rows(_back(_HEADS, "piece, id", batches)):
        found.setdefault(piece, []).append(identity)
    tables = [EMPTY]
    for piece, wanted in sorted(found.items()):
        body = database.value("SELECT body FROM ledger_revised_rows WHERE piece = ?", (piece,))
        rows = frames.from_bytes(body)
        tables.append(rows.filter(pc.is_in(rows["id"], pa.array(wanted, pa.binary()))))
    return pa.concat_tables(tables)


def restore(connection: Any, batches: Sequence[int]) -> None:
    """Take undone batches out of the chains; former heads get their ids back."""
    gone = _listed(batches)
    _count(connection, "+", _back(_HEADS, "former", batches))
    connection.execute(
        f"INSERT INTO {ids.BIG} (id, mark, batch) "
        + _back(_HEADS, "id, former_mark, former", batches)
        + f" ON CONFLICT (id) DO {ids.REPLACE}"
    )
    connection.execute(
        "INSERT INTO ledger_revised (id, batch, mark, former, former_mark, piece) "
        + _back(_AFTER, "id, batch, mark, former, former_mark, piece", batches)
        + " ON CONFLICT (batch, id) DO UPDATE SET mark = excluded.mark, former = excluded.former, "
        "former_mark = excluded.former_mark, piece = excluded.piece"
    )
    connection.execute(f"DELETE FROM ledger_revised WHERE batch IN {gone} OR former IN {gone}")
    connection.execute(
        "DELETE FROM ledger_revised_rows WHERE piece NOT IN (SELECT piece FROM ledger_revised)"
    )


def irreparable(database: Database) -> int:
    """How many links undoing could not follow: an end is not alive, or the content is not there."""
    links = database.rows(
        "SELECT piece, id FROM ledger_revised WHERE batch IN (SELECT number FROM ledger_batch "
        "WHERE state = 'lake') AND former IN (SELECT number FROM ledger_batch WHERE state = 'lake')"
    )
    wanted: dict[int, set[bytes]] = {}
    for piece, identity in links:
        wanted.setdefault(piece, set()).add(identity)
    whole = 0
    for piece, these in wanted.items():
        body = database.value("SELECT body FROM ledger_revised_rows WHERE piece = ?", (piece,))
        if body is not None:
            whole += len(these.intersection(frames.from_bytes(body)["id"].to_pylist()))
    return int(database.value("SELECT count(*) FROM ledger_revised")) - whole


def _back(start: str, columns: str, gone: Sequence[int]) -> str:
    listed = _listed(gone)
    return _BACK.format(start=start.format(gone=listed), columns=columns, gone=listed)


def _listed(batches: Sequence[int]) -> str:
    return "(" + (",".join(str(int(number)) for number in batches) or "-1") + ")"


def _count(connection: Any, sign: str, formers: str) -> None:
    """Raise or lower the interactions of batches, once for each time a query names them."""
    counts = connection.execute(
        f"SELECT count(*), former FROM ({formers}) AS links GROUP BY former"
    ).fetchall()
    connection.executemany(
        f"UPDATE ledger_batch SET interactions = interactions {sign} ? WHERE number = ?", counts
    )
