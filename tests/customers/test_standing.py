"""How things stand with a customer: bought, promised, unanswered."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from rapport.customers.api import standing
from rapport.ledger.api import Ledger, create_ledger

FIRST = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = create_ledger(tmp_path / "store")
    yield made
    made.close()


def tell(ledger: Ledger, *rows: dict[str, Any]) -> None:
    """Interactions of Ana, a day apart."""
    names = ("kind", "thread", "amount", "currency", "score", "scale", "properties", "unit")
    table = {name: [row.get(name) for row in rows] for name in names}
    table["amount"] = [None if a is None else Decimal(a) for a in table["amount"]]
    moments = [FIRST + timedelta(days=n) for n in range(len(rows))]
    columns = {"customer": ["ana"] * len(rows), "occurred_at": moments}
    table = {name: pa.array(values) for name, values in {**columns, **table}.items()}
    ledger.load([pa.table({n: v for n, v in table.items() if v.null_count < len(v)})], "test")


def test_refunds_are_taken_off_and_currencies_kept_apart(ledger: Ledger) -> None:
    tell(
        ledger,
        {"kind": "order.completed", "amount": "100.00", "currency": "EUR"},
        {"kind": "order.completed", "amount": "40.00", "currency": "USD"},
        {"kind": "order.refunded", "amount": "-30.00", "currency": "EUR"},
        {"kind": "order.cancelled", "amount": "100.00", "currency": "EUR"},
    )
    with ledger.read() as snapshot:
        bought = standing(snapshot, "ana").bought
    assert [(b.currency, b.orders, b.amount) for b in bought] == [("EUR", 1, 70), ("USD", 1, 40)]


def test_a_promise_is_open_until_something_is_told_of_it(ledger: Ledger) -> None:
    said = '{"promised_day": "2025-02-01"}'
    tell(
        ledger,
        {"kind": "promise.made", "thread": "kept"},
        {"kind": "promise.made", "thread": "broken", "properties": said},
        {"kind": "promise.made", "thread": "open", "properties": said},
        {"kind": "promise.kept", "thread": "kept"},
        {"kind": "promise.broken", "thread": "broken"},
        {"kind": "promise.made", "properties": '{"promised_day": 7}'},
    )
    with ledger.read() as snapshot:
        now = standing(snapshot, "ana")
    told = [(one.thread, one.due) for one in now.open_promises]
    assert told == [("open", date(2025, 2, 1)), (None, None)]
    assert [one.thread for one in now.broken_promises] == ["broken"]


def test_a_message_waits_until_we_write_in_its_thread(ledger: Ledger) -> None:
    tell(
        ledger,
        {"kind": "message.received", "thread": "a"},
        {"kind": "message.received", "thread": "b"},
        {"kind": "message.sent", "thread": "a"},
    )
    with ledger.read() as snapshot:
        assert [row["thread"] for row in standing(snapshot, "ana").unanswered] == ["b"]


def test_the_latest_score_of_each_scale_counts(ledger: Ledger) -> None:
    tell(
        ledger,
        {"kind": "survey.answered", "score": 3.0, "scale": "nps"},
        {"kind": "survey.answered", "score": 9.0, "scale": "nps"},
        {"kind": "survey.answered", "score": 2.0, "scale": "csat5"},
    )
    with ledger.read() as snapshot:
        scores = standing(snapshot, "ana").last_scores
    assert {row["scale"]: row["score"] for row in scores} == {"nps": 9, "csat5": 2}


def test_only_what_the_conditions_let_in_is_counted(ledger: Ledger) -> None:
    tell(ledger, {"kind": "visit.made", "unit": "north"}, {"kind": "visit.made", "unit": "south"})
    with ledger.read() as snapshot:
        now = standing(snapshot, "ana", ["unit in ('north')"])
    assert (now.interactions, now.kinds) == (1, {"visit.made": 1})


def test_nobody_has_nothing(ledger: Ledger) -> None:
    with ledger.read() as snapshot:
        now = standing(snapshot, "nobody")
    assert (now.interactions, now.first_at, now.bought, now.open_promises) == (0, None, (), ())
