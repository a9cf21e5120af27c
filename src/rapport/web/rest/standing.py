"""How things stand with one customer: what they bought, what is promised, what comes next."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from rapport.customers.api import standing
from rapport.web.access import allowed
from rapport.web.contract.shape import shown
from rapport.web.filterbar import scope
from rapport.web.pages.customers.person import next_step, person_of
from rapport.web.store import ledger

router = Router(tags=["customers"])


class BoughtOut(Schema):
    """Orders in one currency, and their money less what was paid back."""

    currency: str
    orders: int
    amount: float


class PromiseOut(Schema):
    """Something we told a customer to do."""

    made_at: datetime
    due: date | None
    touchpoint: str | None
    thread: str | None
    broken: bool


class Heard(Schema):
    """Something a customer said, or scored."""

    occurred_at: datetime
    channel: str | None
    touchpoint: str | None
    thread: str | None
    programme: str | None
    item: str | None
    score: float | None
    scale: str | None
    text: str | None


class Step(Schema):
    """What somebody could do next, and why."""

    title: str
    why: str


class StandingOut(Schema):
    """How things stand with a customer, by the interactions that you see."""

    model_config = shown(
        interactions=168,
        first_at="2024-11-03T09:00:00Z",
        last_at="2026-10-29T10:15:00Z",
        kinds={"page.viewed": 120, "order.completed": 9},
        channels={"web": 130, "email": 38},
        bought=[{"currency": "EUR", "orders": 9, "amount": 412.5}],
        open_promises=[],
        broken_promises=[],
        unanswered=[],
        last_scores=[],
        next_step=None,
    )

    interactions: int
    first_at: datetime | None
    last_at: datetime | None
    kinds: dict[str, int]
    channels: dict[str, int]
    bought: list[BoughtOut]
    open_promises: list[PromiseOut]
    broken_promises: list[PromiseOut]
    unanswered: list[Heard]
    last_scores: list[Heard]
    next_step: Step | None


@router.get("/customers/{path:key}/standing", response=StandingOut)
@allowed("see_customers")
def customer_standing(request: HttpRequest, key: str) -> Any:
    """What a customer bought, what they wait for, how they scored last, what comes next."""
    person = person_of(request, key)
    with ledger().read() as snapshot:
        now = standing(snapshot, person.key, scope(request))
    step = next_step(now)
    told = None if step is None else {"title": str(step.title), "why": str(step.why)}
    bought = [{**asdict(one), "amount": float(one.amount)} for one in now.bought]
    return {**asdict(now), "bought": bought, "next_step": told}
