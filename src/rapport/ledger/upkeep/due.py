"""Upkeep: what a ledger needs done now and then, each when it is due.

Every step can be killed anywhere and run again; two processes that do it at once take turns.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapport.ledger.sealing import seal
from rapport.ledger.upkeep.compacting import compact
from rapport.ledger.upkeep.vacuum import vacuum

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger

# Every figure reads the whole journal, and every seal writes a file for each month in it.
SEAL_INTERACTIONS = 100_000
SEAL_BYTES = 16 * 1024**2
SEAL_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Journal:
    """How much waits to be sealed: interactions, bytes, and the age of the oldest batch."""

    interactions: int
    bytes: int
    age_seconds: float


def steps(ledger: "Ledger") -> list[Callable[[], object]]:
    """The steps in their order; one that is not due does nothing."""
    return [
        lambda: seal(ledger) if seal_is_due(ledger) else None,
        lambda: compact(ledger, only_where_it_pays=True),
        lambda: vacuum(ledger),
    ]


def seal_is_due(ledger: "Ledger") -> bool:
    """Whether the journal holds too much, or something for too long."""
    journal = waiting(ledger)
    return journal.interactions > 0 and (
        journal.interactions >= SEAL_INTERACTIONS
        or journal.bytes >= SEAL_BYTES
        or journal.age_seconds >= SEAL_SECONDS
    )


def waiting(ledger: "Ledger") -> Journal:
    """What the journal holds."""
    ((count, size, oldest),) = ledger.database.rows(
        "SELECT coalesce(sum(j.interactions), 0), coalesce(sum(length(j.body)), 0), "
        "min(b.received_at) FROM ledger_journal j JOIN ledger_batch b ON b.number = j.batch"
    )
    if oldest is None:
        return Journal(0, 0, 0.0)
    # A clock that was put back makes it look as if from the future: then it is sealed as well.
    return Journal(int(count), int(size), abs(time.time() - oldest / 1e6))
