"""Segments by rule: what a rule says, who is in one and since when, and what figures make of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from rapport.customers.api import (
    count_now,
    forget_in_rules,
    forget_in_segments,
    members,
    merge_customers,
    parse_rule,
    publish,
    put_customers,
    put_segment,
    refresh_directory,
    refresh_segments,
    remove_segment,
    segment_named,
    segments,
    segments_of,
    sizes,
    sizes_now,
)
from rapport.kernel.errors import ForbiddenError, InputError, NotFoundError, RapportError
from rapport.ledger.api import Ledger, create_ledger
from rapport.measures.api import compute, interactions
from rapport.office.api import Actor, latest_lines

pytestmark = pytest.mark.django_db
Rows = Callable[..., pa.Table]
BUYERS = "count >= 2 within 60 days where kind = 'order.completed'"
# customer, month and day of 2025, kind, score on nps, amount
TOLD: list[tuple[str, tuple[int, int], str, float | None, int | None]] = [
    ("ana", (1, 10), "order.completed", None, 10),
    ("ana", (1, 20), "order.completed", None, 10),
    ("ana", (2, 10), "survey.answered", 3.0, None),
    ("ben", (2, 1), "order.completed", None, 50),
    ("ben", (6, 1), "survey.answered", 10.0, None),
    ("ana", (6, 15), "survey.answered", 9.0, None),
]


@pytest.fixture
def ledger(tmp_path: Path, ana: Actor, rows: Rows) -> Iterator[Ledger]:
    """Ana bought twice in January, Ben once in February; Eva never did anything."""
    made = create_ledger(tmp_path / "store")
    load(made, TOLD)
    put_customers(
        rows(
            {"key": "ana", "trait:tier": "gold", "account": "acme"},
            {"key": "ben", "trait:tier": "iron"},
            {"key": "eva", "trait:tier": "gold"},
        ),
        actor=ana,
    )
    publish(made)
    yield made
    made.close()


def load(ledger: Ledger, told: list[Any]) -> None:
    names, days, kinds, scores, amounts = zip(*told, strict=True)
    columns = {
        "customer": names,
        "occurred_at": [datetime(2025, *day, 12, tzinfo=UTC) for day in days],
        "kind": kinds,
        "score": pa.array(scores, pa.float64()),
        "scale": ["nps" if score is not None else None for score in scores],
        "amount": [None if one is None else Decimal(one) for one in amounts],
        "currency": [None if one is None else "EUR" for one in amounts],
    }
    ledger.load([pa.table(columns)], "test")


def who(ledger: Ledger, rule: str) -> int:
    with ledger.read() as snapshot:
        return count_now(snapshot, parse_rule(rule))


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("customer.tier = gold", 2),
        ("account is empty", 2),
        ("key in ('ana', 'eva') and customer.tier != 'iron'", 2),
        ("count >= 1", 2),
        ("count = 0", 1),
        ("count >= 2 where kind = 'order.completed'", 1),
        (BUYERS, 0),
        ("last score >= 9 where scale = 'nps'", 2),
        ("last score <= 6", 0),
        ("sum amount > 20 where kind = 'order.completed'", 1),
        ("sum amount < 1", 1),
        ("days since last > 10", 1),
        ("any of\ncustomer.tier = iron\ncount >= 3", 2),
        ("all of\ncustomer.tier = iron\ncount >= 3", 0),
    ],
)
def test_a_rule_says_who_is_in(ledger: Ledger, rule: str, count: int) -> None:
    assert who(ledger, rule) == count
    assert str(parse_rule(str(parse_rule(rule)))) == str(parse_rule(rule))


@pytest.mark.parametrize(
    "rule",
    [
        *("", "all of", "any of\n\n", "tier = gold", "count", "count >= many", "count >= 1 where"),
        *("count >= 1 within 0 days", "count >= 1 within 99999 days", "count >= 1 where city = x"),
        *("last score <= 6 where kind =", "'; DROP TABLE x; --", "count >= 1\n" * 30, "名前"),
    ],
)
def test_what_is_no_rule_is_told(rule: str) -> None:
    with pytest.raises(RapportError):
        parse_rule(rule)


def test_a_new_segment_has_a_past_by_months(ledger: Ledger, ana: Actor) -> None:
    key = put_segment("Frequent Buyers!", BUYERS, actor=ana).key
    assert key == "frequent-buyers"
    refresh_segments(ledger, None)
    with ledger.read() as snapshot:
        found = {f"{size.at:%Y-%m}": size.customers for size in sizes(snapshot, key)}
        assert found == {"2025-02": 1, "2025-03": 1, "2025-04": 0, "2025-05": 0, "2025-06": 0}
        assert members(snapshot, key, 10) == []


def test_figures_use_membership_at_the_interactions_time(ledger: Ledger, ana: Actor) -> None:
    key = put_segment("Buyers", BUYERS, actor=ana).key
    refresh_segments(ledger, None)
    with ledger.read() as snapshot:
        inside = interactions(snapshot, where=[f"segment = '{key}'"], columns=["score"])
        assert inside["score"].to_pylist() == [3.0]
        outside = interactions(snapshot, where=[f"segment != '{key}'"], columns=["id"])
        assert outside.num_rows == len(TOLD) - 1
        [figure] = compute(snapshot, "volume", where=[f"segment in ('{key}', 'other')"])
        assert figure.value == 1
        with pytest.raises(InputError, match="no groups"):
            compute(snapshot, "volume", by=["segment"])


def test_who_comes_and_goes_is_dated_by_the_refresh(ledger: Ledger, ana: Actor, rows: Rows) -> None:
    key = put_segment("Gold", "customer.tier = gold", actor=ana).key
    state = refresh_segments(ledger, None)
    put_customers(rows({"key": "ana", "trait:tier": "iron"}), actor=ana)
    load(ledger, [("ana", (7, 1), "visit.made", None, None)])
    publish(ledger)
    assert refresh_segments(ledger, state) != state
    with ledger.read() as snapshot:
        assert members(snapshot, key, 10) == ["eva"]
        inside = interactions(snapshot, where=[f"segment = '{key}'"], columns=["kind"])
    assert inside.num_rows == 3, "what Ana did while she was gold counts, her last visit does not"


def test_nothing_new_changes_nothing(ledger: Ledger, ana: Actor) -> None:
    put_segment("Gold", "customer.tier = gold", actor=ana)
    state = refresh_segments(ledger, None)
    assert refresh_segments(ledger, state) == state


def test_a_merge_joins_both_and_an_erasure_takes_out(ledger: Ledger, ana: Actor) -> None:
    key = put_segment("All", "count >= 1", actor=ana).key
    refresh_segments(ledger, None)
    merge_customers("ana", "ben", actor=ana)
    publish(ledger)
    refresh_segments(ledger, None)
    with ledger.read() as snapshot:
        assert members(snapshot, key, 10) == ["ana"]
        assert segments_of(snapshot, "ana") == [key]
        assert sizes_now(snapshot) == {key: 1}
    forget_in_segments(ledger, ["ana"])
    with ledger.read() as snapshot:
        assert sizes_now(snapshot) == {}


def test_the_second_of_two_who_change_a_segment_is_told(ana: Actor) -> None:
    one = put_segment("Gold", "customer.tier = gold", actor=ana)
    put_segment("Golden", "customer.tier = gold", actor=ana, key=one.key, seen=one.version)
    with pytest.raises(InputError, match="Somebody else"):
        put_segment("Mine", "count >= 1", actor=ana, key=one.key, seen=one.version)
    found = segment_named(one.key)
    assert (found.name, found.version, found.rule_version) == ("Golden", 2, 1)


def test_two_segments_of_one_name_have_two_keys(ana: Actor) -> None:
    keys = [put_segment("Ünß 名前", "count >= 1", actor=ana).key for _ in range(2)]
    assert len(set(keys)) == 2
    remove_segment(keys[0], actor=ana)
    assert [one.key for one in segments()] == [keys[1]]
    with pytest.raises(NotFoundError):
        remove_segment(keys[0], actor=ana)
    assert latest_lines(1)[0].act.verb == "remove_segment"


def test_an_agent_makes_no_segment(ben: Actor) -> None:
    with pytest.raises(ForbiddenError):
        put_segment("Gold", "customer.tier = gold", actor=ben)


def test_a_rule_forgets_whom_it_named(ana: Actor) -> None:
    key = put_segment("Two", "key in ('ana', 'anabel')", actor=ana).key
    assert forget_in_rules(("ana",)) == 1
    assert segment_named(key).rule == "all of\nkey in ('[erased]', 'anabel')"


def test_segment_is_asked_for_by_its_key_only(ledger: Ledger, ana: Actor) -> None:
    with ledger.read() as snapshot, pytest.raises(InputError, match="no segments"):
        interactions(snapshot, where=["segment = 'x'"])
    put_segment("All", "count >= 1", actor=ana)
    refresh_segments(ledger, None)
    with ledger.read() as snapshot, pytest.raises(InputError, match="several segments"):
        interactions(snapshot, where=["segment contains 'x'"])


def token(ledger: Ledger) -> str:
    with ledger.read() as snapshot:
        return snapshot.token


def test_tables_made_of_the_ledger_do_not_make_each_other_old(ledger, ana):
    put_segment("Gold", "customer.tier = gold", actor=ana)
    directory, stays = refresh_directory(ledger, None), refresh_segments(ledger, None)
    made = token(ledger)
    for _ in range(2):
        assert refresh_directory(ledger, directory) == directory
        assert refresh_segments(ledger, stays) == stays
    assert token(ledger) == made
    load(ledger, [("eva", (7, 1), "order.completed", None, 5)])
    assert refresh_directory(ledger, directory) != directory
    assert refresh_segments(ledger, stays) != stays
