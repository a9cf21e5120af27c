"""The store: what it holds, whether it is whole."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from rapport.ledger.api import status, verify
from rapport.web.access import allowed
from rapport.web.contract.shape import shown
from rapport.web.store import ledger

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
