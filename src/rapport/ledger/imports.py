"""The history of imports: what came in, when, by whom, what became of it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from rapport.kernel.errors import NotFoundError
from rapport.ledger import frames
from rapport.ledger.reasons import Reason, Rejection
from rapport.ledger.receipts import Place, Receipt
from rapport.ledger.relational.database import Database
from rapport.ledger.storing import record

_COLUMNS = "id, file, digest, source, record, mapping, state, actor, started_at, ended_at"


@dataclass(frozen=True, slots=True)
class Import:
    """One import.

    Attributes:
        id: its number, for undo and for its rejected rows.
        file: name of the file.
        digest: names the file's bytes under its mapping.
        source: the source its mapping names.
        record: what it held: interactions, customers, employees, units or touchpoints.
        mapping: text of the mapping.
        state: running, done, undoing, undone; one that is running without a process was killed and
            is continued by running it again.
        actor: who ran it.
        started_at, ended_at: UTC.
        receipt: what became of its rows.
    """

    id: int
    file: str
    digest: str
    source: str
    record: str
    mapping: str
    state: str
    actor: str
    started_at: datetime
    ended_at: datetime | None
    receipt: Receipt


def begin_import(
    database: Database,
    *,
    file: str,
    digest: str,
    source: str,
    record: str,
    mapping: str,
    actor: str,
) -> tuple[int, dict[int, Receipt]]:
    """Begin an import, or continue the one of the same file and mapping that was killed.

    Returns:
        Its number, and what became of the batches that are stored already, by position.
    """
    running = database.value(
        "SELECT id FROM ledger_import WHERE digest = ? AND state = 'running' ORDER BY id DESC",
        (digest,),
    )
    if running is not None:
        return int(running), _stored(database, int(running))
    with database.write() as connection:
        cursor = connection.execute(
            "INSERT INTO ledger_import "
            "(file, digest, source, record, mapping, state, actor, started_at) "
            "VALUES (?, ?, ?, ?, ?, 'running', ?, ?) RETURNING id",
            (file, digest, source, record, mapping, actor, time.time_ns() // 1000),
        )
        return int(cursor.fetchone()[0]), {}


def end_import(database: Database, import_id: int) -> None:
    """Note that an import has come to its end."""
    with database.write() as connection:
        connection.execute(
            "UPDATE ledger_import SET state = 'done', ended_at = ? WHERE id = ?",
            (time.time_ns() // 1000, import_id),
        )


def drop_import(database: Database, import_id: int) -> None:
    """Forget an import that could not begin (nothing of it was stored)."""
    with database.write() as connection:
        connection.execute(
            "DELETE FROM ledger_import WHERE id = ?1 AND NOT EXISTS "
            "(SELECT 1 FROM ledger_batch WHERE import_id = ?1)",
            (import_id,),
        )


def find_import(database: Database, import_id: int) -> Import:
    """One import.

    Raises:
        NotFoundError: there is no such import.
    """
    for found in _read(database, "WHERE id = ?", (import_id,)):
        return found
    raise NotFoundError(
        f"There is no import {import_id}", hint="`rapport import --list` lists them."
    )


def import_history(
    database: Database, limit: int = 100, *, before: int | None = None
) -> list[Import]:
    """The latest imports, newest first; only those of a smaller number than `before`."""
    if before is None:
        return list(_read(database, "ORDER BY id DESC LIMIT ?", (limit,)))
    return list(_read(database, "WHERE id < ? ORDER BY id DESC LIMIT ?", (before, limit)))


def rejections(database: Database, import_id: int) -> Iterator[Rejection]:
    """Rejected rows of an import in the order of the file."""
    numbers = database.rows(
        "SELECT batch FROM ledger_rejected JOIN ledger_batch ON batch = number "
        "WHERE import_id = ? AND state IN ('journal', 'lake', 'people') ORDER BY position",
        (import_id,),
    )
    for (number,) in numbers:
        yield from _rejected(database, number)


def rejected_events(
    database: Database, source: str, limit: int
) -> Iterator[tuple[datetime, Rejection]]:
    """The newest rejected rows of a source that came without a file: when (UTC) and what."""
    numbers = database.rows(
        "SELECT batch, received_at FROM ledger_rejected JOIN ledger_batch ON batch = number "
        "WHERE import_id IS NULL AND source = ? ORDER BY batch DESC",
        (source,),
    )
    found = (
        (datetime.fromtimestamp(received / 1e6, UTC), rejection)
        for number, received in numbers
        for rejection in _rejected(database, number)
    )
    return islice(found, limit)


def _rejected(database: Database, number: int) -> list[Rejection]:
    """Rejected rows of a batch in their order."""
    body = database.value("SELECT body FROM ledger_rejected WHERE batch = ?", (number,))
    rows = sorted(frames.from_bytes(body).to_pylist(), key=lambda row: int(row["line"]))
    return [Rejection(**{**row, "reason": Reason(row["reason"])}) for row in rows]


def record_people(
    database: Database, place: Place, receipt: Receipt, rejected: tuple[Rejection, ...]
) -> None:
    """Note what became of a batch of people, whose rows lie in tables of other rooms."""
    with database.write() as connection:
        record(connection, place, "people", time.time_ns() // 1000, receipt, rejected)


def _read(database: Database, clause: str, parameters: tuple[object, ...]) -> Iterator[Import]:
    for row in database.rows(f"SELECT {_COLUMNS} FROM ledger_import {clause}", parameters):
        number, file, digest, source, record_name, mapping, state, actor, started, ended = row
        yield Import(
            id=number,
            file=file,
            digest=digest,
            source=source,
            record=record_name,
            mapping=mapping,
            state=state,
            actor=actor,
            started_at=_moment(started),
            ended_at=None if ended is None else _moment(ended),
            receipt=sum(_stored(database, number).values(), Receipt()),
        )


def _stored(database: Database, import_id: int) -> dict[int, Receipt]:
    columns = ", ".join(Receipt.__slots__)
    query = (
        f"SELECT position, {columns} FROM ledger_batch "
        "WHERE import_id = ? AND state IN ('journal', 'lake', 'people')"
    )
    return {row[0]: Receipt(*row[1:]) for row in database.rows(query, (import_id,))}


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, tz=UTC)
