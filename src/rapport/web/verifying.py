"""The proof that the store is whole, asked for by a page and given by the worker.

Both lie among the stored figures. A worker that is killed meanwhile finds the question again.
"""

import time
from datetime import UTC, datetime

import msgspec

from rapport.kernel.errors import BusyError
from rapport.ledger.api import Finding, Ledger, Status, verify
from rapport.office.api import Act, Actor, one_transaction, require, write_line
from rapport.web.stored import Stored, StoredFigures

_ASKED = "health: verify asked"
_FOUND = "health: verify found"


class Proof(msgspec.Struct, frozen=True):
    """What the last proof came to: how long it took, and what it found."""

    seconds: float
    findings: list[Finding]

    @property
    def holds(self) -> bool:
        """Whether everything does."""
        return all(finding.holds for finding in self.findings)


def ask_proof(stored: StoredFigures, *, actor: Actor) -> None:
    """Ask the worker for a proof; it begins within seconds.

    Raises:
        ForbiddenError: the actor may not.
    """
    require(actor, "change_settings")
    stored.put(_ASKED, "", True)
    with one_transaction():
        write_line(actor, Act("verify", "store"))


def latest_proof(stored: StoredFigures) -> Stored[Proof] | None:
    """The last proof there is, None where there is none yet."""
    return stored.get(_FOUND, Proof)


def proof_is_due(stored: StoredFigures) -> bool:
    """Whether a proof was asked for and is not there yet."""
    asked, found = stored.get(_ASKED, bool), latest_proof(stored)
    return asked is not None and (found is None or found.computed_at < asked.computed_at)


def prove(ledger: Ledger, stored: StoredFigures) -> None:
    """A step of the worker: the proof, where one is asked for."""
    if not proof_is_due(stored):
        return
    began = time.monotonic()
    try:
        findings = verify(ledger)
    except BusyError:
        return  # somebody writes; the next look tries again
    stored.put(_FOUND, "", Proof(time.monotonic() - began, findings))


def sealed_at(ledger: Ledger, found: Status) -> datetime | None:
    """When the lake was last written to; None where it never was."""
    commit = ledger.lake.root / "_delta_log" / f"{found.lake_version:020d}.json"
    if not found.lake or not commit.is_file():
        return None
    return datetime.fromtimestamp(commit.stat().st_mtime, UTC)
