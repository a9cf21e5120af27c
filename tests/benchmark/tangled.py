"""Interactions that hang together as badly as a source can tell them.

Few threads, customers and days, so that all meets all: replies before questions, promises replaced
and forgotten, contracts ended twice, deliveries without orders, customers under the names of
guests, several things in one moment.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from rapport.kernel.scales import SCALES

_DAYS = 75
_KINDS = (
    *("order.completed", "order.delivered", "order.cancelled", "order.refunded"),
    *("promise.made", "promise.made", "promise.kept", "promise.broken"),
    *("message.received", "message.received", "message.sent", "message.sent", "review.answered"),
    *("case.opened", "case.reopened", "case.resolved", "case.closed", "visit.made"),
    *("survey.invited", "survey.answered", "survey.answered", "review.posted", "mention.posted"),
    *("contract.started", "contract.ended"),
)
_SCORED = ("survey.answered", "review.posted", "mention.posted")
_SCALES = (*SCALES.values(), *(8 * [SCALES["nps"]]), *(4 * [SCALES["csat5"], SCALES["ces7"]]))


def tangled(rng: Random, rows: int, last: datetime, known: list[str]) -> list[dict[str, Any]]:
    """So many interactions up to that moment; the known are names of other customers."""
    people = [None, None, "Ana", *known]
    return [_one(rng, number, last, people) for number in range(rows)]


def _one(rng: Random, number: int, last: datetime, people: list[str | None]) -> dict[str, Any]:
    kind = rng.choice(_KINDS)
    # Few hours of the day: many interactions share their moment, and waits end on their limit.
    ago = rng.randrange(0, 24 * _DAYS, 3)
    at = last - timedelta(hours=ago)
    return {
        "key": f"tangled-{number}",
        "kind": kind,
        "occurred_at": at,
        "customer": rng.choice(people),
        "account": rng.choice([None, "Acme", "Bolt", "Cord"]),
        "channel": rng.choice([None, "chat", "email"]),
        "thread": _thread(rng, ago),
        "direction": rng.choice([None, "inbound", "outbound"]),
        "automated": rng.choice([None, True, True, False]),
        "brand": rng.choice([None, None, None, None, "Radhaven", "Spaakburg"]),
        "programme": rng.choice([None, None, None, "relation"]),
        "text": rng.choice([None, "", "Well."]),
        "properties": rng.choice([None, "{}", _promised(rng, at)]),
        **(_score(rng) if kind in _SCORED else {}),
        **(_money(rng) if kind.startswith("order.") else {}),
    }


def _thread(rng: Random, ago: int) -> str | None:
    """None, one of few that never end, or one of many that last two days."""
    short = f"{ago // 48}-{rng.randrange(60)}"
    return rng.choice([None, f"long-{rng.randrange(4)}", short, short, short, short])


def _promised(rng: Random, at: datetime) -> str:
    day = (at + timedelta(days=rng.randrange(-2, 20))).date().isoformat()
    return f'{{"promised_day": "{rng.choice([day, day, day, day[:7], f"{day}T12:00", "soon"])}"}}'


def _score(rng: Random) -> dict[str, Any]:
    scale = rng.choice(_SCALES)
    score = float(rng.randint(int(scale.low), int(scale.high)))
    item = rng.choice([None, "recommend", "expectation"])
    return {"scale": scale.name, "score": score, "item": item}


def _money(rng: Random) -> dict[str, Any]:
    amount = None if rng.random() < 0.1 else rng.randint(-5, 20)
    return {"amount": amount, "currency": "EUR"}
