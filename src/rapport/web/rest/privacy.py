"""Requests for erasure: asked by one, decided by another, carried out by the worker."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from rapport.office.api import permits
from rapport.privacy.api import (
    approve_erasure,
    ask_erasure,
    customer,
    decline_erasure,
    preview,
    request_of,
    requests,
)
from rapport.web.access import actor_of, allowed
from rapport.web.contract.shape import Body, Number, shown
from rapport.web.pages.customers.person import person_of
from rapport.web.store import ledger

router = Router(tags=["privacy"])


class Wish(Body):
    """Why and how a customer is to be erased."""

    model_config = shown(reason="Asked by phone on 3 March.", how="anonymise")

    reason: str = Field(max_length=2000)
    how: Literal["anonymise", "delete"] = "anonymise"


class ErasureRequestOut(Schema):
    """A request for erasure; whom it is about is gone once it is carried out."""

    model_config = shown(
        number=1,
        customer="C-000008",
        reason="Asked by phone on 3 March.",
        how="anonymise",
        state="asked",
        asked_by="user:2",
        asked_at="2026-03-03T10:00:00Z",
        decided_by=None,
        decided_at=None,
        due_at=None,
    )

    number: int
    customer: str | None
    reason: str
    how: str
    state: str
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    due_at: datetime | None


class ErasureRequests(Schema):
    """Requests, those that wait first."""

    requests: list[ErasureRequestOut]


class Counts(Schema):
    """How many records of each kind are about somebody."""

    model_config = shown(records={"customers": 1, "interactions": 168})

    records: dict[str, int]


@router.get("/customers/{path:key}/erasure-preview", response=Counts)
@allowed("approve_erasure")
def preview_erasure(request: HttpRequest, key: str) -> Any:
    """How many records of each kind an erasure of a customer would change; nothing is done."""
    return {"records": preview(ledger(), customer(person_of(request, key).key))}


@router.post("/customers/{path:key}/erasure-requests", response=ErasureRequestOut)
@allowed("ask_erasure")
def ask_for_erasure(request: HttpRequest, key: str, wish: Wish) -> Any:
    """Ask that a customer be erased; somebody else looks at it before it is done."""
    person = person_of(request, key)
    number = ask_erasure(ledger(), person.key, actor=actor_of(request), **wish.dict())
    return request_of(number)


@router.get("/erasure-requests", response=ErasureRequests)
@allowed("ask_erasure")
def list_erasure_requests(request: HttpRequest) -> Any:
    """Requests for erasure: all to who decides, their own to who asks."""
    actor = actor_of(request)
    decides = permits(actor, "approve_erasure")
    return {"requests": [one for one in requests() if decides or one.asked_by == actor.id]}


@router.post("/erasure-requests/{number}/approval", response=ErasureRequestOut)
@allowed("approve_erasure")
def approve(request: HttpRequest, number: Number) -> Any:
    """Approve somebody else's request; one's own only where nobody else may, after 24 hours."""
    return approve_erasure(number, actor=actor_of(request))


@router.post("/erasure-requests/{number}/refusal", response=ErasureRequestOut)
@allowed("decline_erasure")
def decline(request: HttpRequest, number: Number) -> Any:
    """Decline a request, also one that is approved and not carried out yet."""
    decline_erasure(number, actor=actor_of(request))
    return request_of(number)
