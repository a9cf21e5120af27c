"""Invented journeys of customers, as rows for the ledger and as items for its door."""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa

from rapport.ledger.api import DRAFT_SCHEMA

DAY = 86_400_000
# The newest event; the oldest came late by as many days as a proof asks for.
LAST = datetime(2026, 6, 30, 20, tzinfo=UTC)
LATE_DAYS = 400


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its key, when it happened (ms since 1970), and its fields by name."""

    key: str
    at: int
    fields: Mapping[str, Any]

    @property
    def moment(self) -> datetime:
        """When it happened."""
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.at)


def journeys(rng: random.Random, count: int) -> list[Event]:
    """So many events in journeys of one customer each, in no order."""
    found: list[Event] = []
    while len(found) < count:
        found += journey(rng, len(found))
    rng.shuffle(found)
    return found[:count]


def journey(rng: random.Random, number: int) -> list[Event]:
    """An order, its promise and delivery, a question with its replies, an answer."""
    at = int(LAST.timestamp() * 1000) - rng.randrange(20 * DAY, LATE_DAYS * DAY)
    who = {
        "customer": f"C-{rng.randrange(1 + number // 40)}",
        "account": rng.choice([None, f"A-{rng.randrange(20)}"]),
        "channel": rng.choice(["web", "app", "phone", "chat", "email"]),
        "thread": f"T-{number}",
    }
    day = timedelta(milliseconds=at) + timedelta(days=rng.randrange(2, 5))
    promised = (datetime(1970, 1, 1, tzinfo=UTC) + day).date().isoformat()
    cents = Decimal(rng.randrange(500, 50_000)) / 100
    steps: list[tuple[str, dict[str, Any]]] = [
        ("order.completed", {"amount": cents, "currency": "EUR", "product": "bell"}),
        ("promise.made", {"properties": {"promised_day": promised}}),
        ("message.received", {"text": rng.choice(["where is it?", "Wo bleibt’s?", "…"])}),
        ("message.sent", {"automated": True}),
        ("message.sent", {"automated": False, "employee": "E-1"}),
        ("order.delivered", {"direction": "outbound"}),
        (rng.choice(["promise.kept", "promise.broken"]), {}),
        ("case.resolved", {}),
        ("survey.answered", _answer("nps", rng.randrange(11), "recommend")),
        ("survey.answered", _answer("csat5", rng.randrange(1, 6), "satisfaction")),
        ("survey.answered", _answer("ces7", rng.randrange(1, 8), "effort")),
        ("review.posted", {"scale": "stars5", "score": rng.choice([1.0, 3.5, 5.0])}),
    ]
    told = []
    for step, (kind, more) in enumerate(steps):
        at += rng.randrange(DAY)
        told.append(Event(f"{number}-{step}", at, {"kind": kind, **who, **more}))
    return told


def _answer(scale: str, score: float, item: str) -> dict[str, Any]:
    return {"scale": scale, "score": float(score), "item": item, "programme": "delivery"}


def table(events: Iterable[Event]) -> pa.Table:
    """The events as mapped rows with their keys."""
    rows = [_row(event) for event in events]
    names = [f.name for f in DRAFT_SCHEMA if any(f.name in row for row in rows)]
    return pa.Table.from_pylist(rows, pa.schema([DRAFT_SCHEMA.field(name) for name in names]))


def _row(event: Event) -> dict[str, Any]:
    row = {"key": event.key, "occurred_at": event.moment, **event.fields}
    if "properties" in row:
        row["properties"] = json.dumps(row["properties"])
    return row


def item(event: Event, timestamp: object) -> dict[str, Any]:
    """The event as an item of the door that says it happened at `timestamp`."""
    fields = {name: value for name, value in event.fields.items() if value is not None}
    if "amount" in fields:
        fields["amount"] = str(fields["amount"])
    return {"messageId": event.key, "timestamp": timestamp, **fields}


def items(rng: random.Random, events: Sequence[Event]) -> list[dict[str, Any]]:
    """The events as items, each with its moment written in one of the ways that clients have."""
    return [item(event, written(rng, event)) for event in events]


def written(rng: random.Random, event: Event) -> object:
    """The moment as ISO 8601 with some offset, as ms, as s with a fraction, or as µs."""
    offset = timezone(timedelta(minutes=rng.choice([-570, -180, 0, 60, 345, 840])))
    local = event.moment.astimezone(offset).isoformat(timespec="milliseconds")
    return rng.choice([local, event.at, event.at / 1000, event.at * 1000])
