"""Intake: every check rejects its row with reason, field, got and expected, and keeps the rest."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from rapport.kernel.scales import SCALES
from rapport.ledger.api import FIELDS, Ledger, Reason, Rejection, known_kinds, rejections, shorten

from .rows import NOON, Row, ask, at, batch, count, place

LIMITED = [(field.name, field.longest) for field in FIELDS if field.mapped and field.longest]
NPS: Row = {"scale": "nps"}
# Reason, field, what the row says, what is told of it.
WRONG: list[tuple[Reason, str, dict[str, Any], str]] = [
    (Reason.MISSING, "kind", {"kind": None}, ""),
    (Reason.MISSING, "occurred_at", {"occurred_at": None}, ""),
    (Reason.MISSING, "scale", {"score": 5.0}, ""),
    (Reason.MISSING, "currency", {"amount": 5}, ""),
    (Reason.UNKNOWN_VALUE, "kind", {"kind": "order.eaten"}, "order.eaten"),
    (Reason.UNKNOWN_VALUE, "direction", {"direction": "sideways"}, "sideways"),
    (Reason.UNKNOWN_VALUE, "scale", {"scale": "csat4", "score": 1.0}, "csat4"),
    (Reason.UNKNOWN_VALUE, "currency", {"amount": 5, "currency": "euro"}, "euro"),
    (Reason.NOT_A_NUMBER, "score", {**NPS, "score": float("nan")}, "nan"),
    (Reason.NOT_A_NUMBER, "score", {**NPS, "score": float("inf")}, "inf"),
    (Reason.OUT_OF_RANGE, "score", {**NPS, "score": 11.0}, "11.0"),
    (Reason.OUT_OF_RANGE, "score", {**NPS, "score": -1.0}, "-1.0"),
    (Reason.OUT_OF_RANGE, "score", {**NPS, "score": 6.5}, "6.5"),
    (Reason.OUT_OF_RANGE, "occurred_at", {"occurred_at": at("1899-12-31")}, "1899-12-31 00:00:00"),
    (Reason.IN_THE_FUTURE, "occurred_at", {"occurred_at": at("2999-01-01")}, "2999-01-01 00:00"),
    (Reason.MALFORMED, "properties", {"properties": "[1, 2]"}, "[1, 2]"),
    (Reason.MALFORMED, "properties", {"properties": "{'a': 1}"}, "{'a': 1}"),
]


def refused(ledger: Ledger, *rows: Row | list[Row]) -> list[Rejection]:
    """Take a batch in; what was rejected of it."""
    where = place(ledger)
    assert where.import_id is not None
    ledger.take(batch(*rows), where)
    return list(rejections(ledger.database, where.import_id))


@pytest.mark.parametrize(
    ("reason", "field", "row", "got"), WRONG, ids=[f"{w[0]} {w[1]} {w[3]}" for w in WRONG]
)
def test_a_wrong_row_is_told_and_its_neighbours_are_kept(
    ledger: Ledger, reason: Reason, field: str, row: Row, got: str
) -> None:
    (told,) = refused(ledger, {"customer": "Ana"}, row, {"customer": "Ben"})
    assert (told.reason, told.field, told.line, told.raw) == (reason, field, 3, "raw 1")
    assert told.got.startswith(got)
    assert told.expected
    assert ask(ledger, "SELECT customer FROM interactions ORDER BY 1") == [("Ana",), ("Ben",)]


@pytest.mark.parametrize(("field", "longest"), LIMITED, ids=[name for name, _ in LIMITED])
def test_a_text_longer_than_its_field_is_told(ledger: Ledger, field: str, longest: int) -> None:
    (told,) = refused(ledger, {field: "ä" * (longest + 1)}, {})
    assert (told.reason, told.field) == (Reason.TOO_LONG, field)
    assert told.expected == f"at most {longest} characters"
    assert told.got == shorten("ä" * 300)
    assert count(ledger) == 1


def test_texts_as_long_as_their_field_are_stored(ledger: Ledger) -> None:
    closed = {"kind", "direction", "scale", "currency", "properties"}
    row = {name: "x" * longest for name, longest in LIMITED if name not in closed}
    assert refused(ledger, row) == []
    assert ask(ledger, "SELECT length(text), length(unit) FROM interactions") == [(1_000_000, 255)]


@pytest.mark.parametrize("scale", SCALES)
def test_both_ends_of_a_scale_are_answers(ledger: Ledger, scale: str) -> None:
    low, high = SCALES[scale].low, SCALES[scale].high
    outside = {"scale": scale, "score": high + 0.5}
    rows: list[Row] = [{"scale": scale, "score": score} for score in (low, high)]
    (told,) = refused(ledger, *rows, outside)
    assert told.reason == Reason.OUT_OF_RANGE
    assert count(ledger) == 2


def test_every_declared_kind_comes_in(ledger: Ledger) -> None:
    assert refused(ledger, *({"kind": kind} for kind in known_kinds())) == []
    assert count(ledger) == len(known_kinds())


def test_money_keeps_its_four_decimals_and_its_sign(ledger: Ledger) -> None:
    money = [{"amount": amount, "currency": "EUR"} for amount in (10_000_000, -3)]
    assert refused(ledger, *money) == []
    found = ask(ledger, "SELECT CAST(sum(amount) AS VARCHAR) FROM interactions")
    assert found == [("9999997.0000",)]


def test_a_row_is_told_of_once_by_its_first_fault(ledger: Ledger) -> None:
    (told,) = refused(ledger, [{"kind": None, "direction": "up"}, {"direction": "up"}])
    assert (told.field, told.reason) == ("kind", Reason.MISSING)


def test_clocks_may_be_a_day_ahead(ledger: Ledger) -> None:
    now = datetime.now(NOON.tzinfo)
    rows: list[Row] = [{"occurred_at": now + timedelta(hours=hours)} for hours in (23, 25)]
    (told,) = refused(ledger, *rows)
    assert (told.reason, told.line) == (Reason.IN_THE_FUTURE, 3)


def test_a_mapping_may_allow_the_future(ledger: Ledger) -> None:
    planned = batch({"kind": "step.scheduled", "occurred_at": at("2999-01-01")})
    assert ledger.take(planned, place(ledger), allow_future=True).stored == 1


def test_moments_since_1900_come_in(ledger: Ledger) -> None:
    assert refused(ledger, {"occurred_at": at("1900-01-01")}) == []


def test_words_of_the_engine_are_only_words(ledger: Ledger) -> None:
    words = '\'); DROP TABLE drafts; -- \x1f \N{SNOWMAN} "quoted" \\ \x00'
    assert refused(ledger, {"text": words, "customer": words, "key": words}) == []
    assert ask(ledger, "SELECT text, customer FROM interactions") == [(words, words)]


def test_a_batch_of_faults_only_stores_nothing(ledger: Ledger) -> None:
    assert len(refused(ledger, {"kind": None}, {"kind": ""}, {"kind": "Order.completed"})) == 3
    assert count(ledger) == 0


def test_every_reason_for_people_has_a_meaning() -> None:
    assert all(reason.meaning for reason in Reason)
    told_here = {wrong[0] for wrong in WRONG} | {Reason.TOO_LONG, Reason.CHANGED}
    of_the_door = {
        *(Reason.NOT_A_TIME, Reason.AMBIGUOUS_TIME, Reason.IMPOSSIBLE_TIME),
        *(Reason.UNKNOWN_REFERENCE, Reason.NO_RULE, Reason.ERASED),
    }
    assert told_here | of_the_door == set(Reason), "a new reason wants a test"
