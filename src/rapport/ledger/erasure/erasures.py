"""The record of erasures: what was asked, until it is done, so that a kill forgets no request."""

import time
from dataclasses import dataclass

from rapport.ledger.relational.database import Database

BEGUN, CLEANING, DONE = "begun", "cleaning", "done"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure.

    Attributes:
        number: ours, for the audit.
        subject: whom it is about, as the room that began it wrote it; None once they are gone.
        how: anonymise or delete.
        state: begun (the person may still be somewhere), cleaning (only bytes of deleted rows may
            be left), done.
        interactions: how many were rewritten or taken out.
    """

    number: int
    subject: str | None
    how: str
    state: str
    interactions: int


def begin_erasure(database: Database, subject: str, how: str) -> int:
    """Record that an erasure begins; its number."""
    with database.write() as connection:
        row = connection.execute(
            "INSERT INTO ledger_erasure (subject, how, state, started_at, interactions) "
            "VALUES (?, ?, ?, ?, 0) RETURNING number",
            (subject, how, BEGUN, time.time_ns() // 1000),
        ).fetchone()
    return int(row[0])


def open_erasures(database: Database) -> list[Erasure]:
    """Those that are not done, oldest first."""
    found = database.rows(
        "SELECT number, subject, how, state, interactions FROM ledger_erasure "
        "WHERE state <> ? ORDER BY number",
        (DONE,),
    )
    return [Erasure(*row) for row in found]


def count_interactions(database: Database, number: int, interactions: int) -> None:
    """Add to the interactions that an erasure has rewritten or taken out."""
    with database.write() as connection:
        connection.execute(
            "UPDATE ledger_erasure SET interactions = interactions + ? WHERE number = ?",
            (interactions, number),
        )


def forget_subject(database: Database, number: int) -> None:
    """The person is gone from everywhere else: forget who it was."""
    with database.write() as connection:
        connection.execute(
            "UPDATE ledger_erasure SET subject = NULL, state = ? WHERE number = ?",
            (CLEANING, number),
        )


def end_erasure(database: Database, number: int) -> None:
    """No byte is left."""
    with database.write() as connection:
        connection.execute(
            "UPDATE ledger_erasure SET state = ?, ended_at = ? WHERE number = ?",
            (DONE, time.time_ns() // 1000, number),
        )
