"""The shortcut before the checks: never a faulty row through, hardly a sound one held up."""

import random
from datetime import timedelta
from typing import Any

import pytest

from rapport.ledger.api import Ledger
from rapport.ledger.intake import Clock, keep_time, limit, validate
from rapport.ledger.screening import doubtful

from .rows import NOON, Row, at, batch

NOW = int(NOON.timestamp() * 1_000_000)
DAY = 86_400_000_000

# Values that are right, wrong and nearly wrong.
VALUES: dict[str, list[Any]] = {
    "kind": ["order.completed", "survey.answered", None, "", "no.such", "Order.completed"],
    "occurred_at": [
        *(NOON, None, at("1900-01-01"), at("1899-12-31T23:59:59.999999"), at("2262-01-01")),
        *(NOON + timedelta(days=1), NOON + timedelta(days=1, microseconds=1)),
    ],
    "direction": [None, "inbound", "outbound", "INBOUND", ""],
    "scale": [None, "nps", "csat5", "ces7", "stars5", "NPS", ""],
    "score": [None, 0.0, 1.0, 5.0, 7.0, 10.0, 11.0, -1.0, 4.5, float("nan"), float("inf")],
    "amount": [None, 0, 1],
    "currency": [None, "EUR", "eur", "EURO", "E", "ÄÖÜ", "EUR\n"],
    "customer": [None, "Ana", "", "a" * 255, "a" * 256, "ä" * 255, "ä" * 256],
    "text": [None, "", "word", "\0", "{"],
    "properties": [
        *(None, "{}", '{"a": 1}', ' {"a": 1} ', "[]", "null", "1", "", "{", '{"a": 1,}'),
        *('{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}', '{"a": "\\u0000"}', '{"a": 1} x'),
        *("{'a': 1}", "\ufeff{}", '{"a": 01}', '{"a": Infinity}', '{"a": "\t"}', "[" * 2_000),
        '{"a": 1, "a": 2}',
    ],
}  # fmt: skip


def drawn(chance: random.Random) -> Row:
    """A row of which most fields are as usual."""
    fields = chance.sample(sorted(VALUES), chance.randint(1, 4))
    return {name: chance.choice(VALUES[name]) for name in fields}


@pytest.mark.parametrize("future", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_no_faulty_row_passes_as_sound(ledger: Ledger, seed: int, future: bool) -> None:
    chance = random.Random(seed)
    made = batch(*(drawn(chance) for _ in range(3_000)))
    bench = ledger.intake_bench.cursor()
    left = keep_time(validate(limit(made, bench), bench), bench, Clock(NOW, future)).drafts
    faulty = set(range(3_000)) - set(left["row"].to_pylist())
    doubted = doubtful(made.drafts, None if future else NOW + DAY)
    assert len(faulty) > 1_000
    assert not [made.drafts.slice(row, 1).to_pylist() for row in faulty if not doubted[row]]


def test_sound_rows_are_not_held_up() -> None:
    rows: list[Row] = [
        {},
        {"customer": "a" * 255, "channel": "web", "properties": '{"a": [1, {"b": "\\u00e4"}]}'},
        {"kind": "survey.answered", "score": 10.0, "scale": "nps", "text": "ü" * 1_000},
        {"amount": 12, "currency": "EUR", "direction": "inbound"},
    ]
    assert not doubtful(batch(*rows).drafts, NOW).any()


def test_one_faulty_row_does_not_hold_up_the_others() -> None:
    rows: list[Row] = [{}, {"kind": "no.such"}, {"customer": "a" * 256}, {}]
    assert doubtful(batch(*rows).drafts, NOW).tolist() == [False, True, True, False]
