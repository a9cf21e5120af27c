"""The store: what it holds, whether it is whole."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from rapport.ledger.api import status, status_by_source, verify, waiting
from rapport.web.access import actor_of, allowed
from rapport.web.contract.shape import Done, shown
from rapport.web.store import ledger, stored_figures
from rapport.web.verifying import Proof, ask_proof, latest_proof, proof_is_due, sealed_at

router = Router(tags=["store"])


class StatusOut(Schema):
    """The state of the store in numbers: received = stored + duplicate + rejected."""

    model_config = shown(
        receipt={"received": 100, "stored": 98, "duplicate": 1, "rejected": 1},
        journal=0,
        lake=98,
        files=3,
        bytes=12345,
        ids=98,
        lake_version=4,
        database="SQLite 3.51.3",
    )

    receipt: dict[str, int]
    journal: int
    lake: int
    files: int
    bytes: int
    ids: int
    lake_version: int
    database: str


class Finding(Schema):
    """One proof: what is claimed, whether it holds, what was found."""

    model_config = shown(name="no interaction is there twice", holds=True, found="0 ids twice")

    name: str
    holds: bool
    found: str


class Findings(Schema):
    """Proofs that nothing is lost, doubled or damaged."""

    findings: list[Finding]


class SourceOut(Schema):
    """What came from one source, and when something last did."""

    model_config = shown(
        source="shop",
        received=100,
        stored=98,
        duplicate=1,
        rejected=1,
        last_at="2026-11-01T10:00:00Z",
    )

    source: str
    received: int
    stored: int
    duplicate: int
    rejected: int
    last_at: datetime


class ProofOut(Findings):
    """The last proof that the worker gave."""

    model_config = shown(
        at="2026-11-01T10:00:00Z",
        seconds=3.2,
        holds=True,
        findings=[{"name": "no interaction is there twice", "holds": True, "found": "0 ids"}],
    )

    at: datetime
    seconds: float
    holds: bool


class Health(Schema):
    """What came in, what waits to be sealed, and whether the store is whole.

    `proof` is null where none was asked for yet; `is_proving` while the worker makes one.
    """

    sources: list[SourceOut]
    waiting: int
    waiting_seconds: float
    sealed_at: datetime | None
    replaced: int
    replaced_bytes: int
    open_writes: int
    is_proving: bool
    proof: ProofOut | None


@router.get("/store", response=StatusOut)
@allowed("see_imports")
def store_status(request: HttpRequest) -> Any:  # noqa: ARG001
    """What the store holds, from its bookkeeping."""
    return asdict(status(ledger()))


@router.get("/store/verification", response=Findings)
@allowed("back_up")
def store_verification(request: HttpRequest) -> Any:  # noqa: ARG001
    """Prove the store whole; takes time in proportion to its size."""
    return {"findings": [asdict(one) for one in verify(ledger())]}


@router.get("/store/health", response=Health)
@allowed("see_office")
def store_health(request: HttpRequest) -> Any:  # noqa: ARG001
    """What came in by source, what waits, when the lake was sealed, the last proof."""
    found, journal = status(ledger()), waiting(ledger())
    names = ("replaced", "replaced_bytes", "open_writes")
    return {
        **{name: getattr(found, name) for name in names},
        "sources": [
            {**asdict(one.receipt), "source": one.source, "last_at": _moment(one.last_at / 1e6)}
            for one in status_by_source(ledger())
        ],
        "waiting": journal.interactions,
        "waiting_seconds": journal.age_seconds,
        "sealed_at": sealed_at(ledger(), found),
        "is_proving": proof_is_due(stored_figures()),
        "proof": _last_proof(),
    }


@router.post("/store/proof", response=Done)
@allowed("change_settings")
def ask_for_proof(request: HttpRequest) -> Any:
    """Ask the worker to prove the store whole, while everybody goes on; see its health then."""
    ask_proof(stored_figures(), actor=actor_of(request))
    return Done()


def _last_proof() -> dict[str, Any] | None:
    found = latest_proof(stored_figures())
    if found is None:
        return None
    proof: Proof = found.answer
    return {
        "at": _moment(found.computed_at),
        "seconds": proof.seconds,
        "holds": proof.holds,
        "findings": [asdict(one) for one in proof.findings],
    }


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
