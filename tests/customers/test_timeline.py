"""One customer's interactions, newest first, whatever name they were told under."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from sqlglot import exp

from rapport.customers.api import (
    has_interactions,
    merge_customers,
    profile,
    publish,
    put_customers,
    similar_names,
    split_customers,
    timeline,
)
from rapport.kernel.errors import InputError
from rapport.ledger.api import Ledger, create_ledger, seal
from rapport.office.api import Actor

pytestmark = pytest.mark.django_db
Rows = Callable[..., pa.Table]

TOLD = [
    ("ana", 1, "web", "first"),
    ("ben", 2, "web", "ben's"),
    ("email:ana@x.example", 3, "email", "second"),
    ("ana2", 4, "phone", "third; it's \x1b[1m"),
]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger that was told of Ana under three names, and of Ben."""
    made = create_ledger(tmp_path / "store")
    names, days, channels, texts = zip(*TOLD, strict=True)
    moments = [datetime(2025, 1, day, tzinfo=UTC) for day in days]
    rows = {"customer": names, "occurred_at": moments, "channel": channels, "text": texts}
    kinds = ["message.received"] * len(TOLD)
    made.load([pa.table({**rows, "kind": kinds})], "test")
    yield made
    made.close()


@pytest.fixture
def known(ledger: Ledger, ana: Actor, rows: Rows) -> Ledger:
    """The same, with Ana's address and second account known."""
    told = rows(
        {"key": "ana", "identifier:email": "ana@x.example"}, {"key": "ana2"}, {"key": "ben"}
    )
    put_customers(told, actor=ana)
    merge_customers("ana", "ana2", actor=ana)
    publish(ledger)
    return ledger


def texts(ledger: Ledger, name: str, **asked: object) -> list[str]:
    with ledger.read() as snapshot:
        return [str(text) for text in timeline(snapshot, name, **asked)["text"].to_pylist()]


def test_without_profiles_a_customer_is_their_key(ledger: Ledger) -> None:
    assert texts(ledger, "ana") == ["first"]


@pytest.mark.parametrize("name", ["ana", "ana2", "email:ana@x.example", "Email:Ana@X.example "])
def test_every_name_gives_the_whole_line_newest_first(known: Ledger, name: str) -> None:
    assert texts(known, name) == ["third; it's \x1b[1m", "second", "first"]


def test_sealing_changes_nothing(known: Ledger) -> None:
    before = texts(known, "ana")
    seal(known)
    assert texts(known, "ana") == before


def test_a_split_is_seen_once_published(known: Ledger, ana: Actor) -> None:
    split_customers(profile("ana").merges[0].id, actor=ana)
    publish(known)
    assert texts(known, "ana") == ["second", "first"]
    assert len(texts(known, "ana2")) == 1


def test_pages_are_turned_by_limit_and_before(known: Ledger) -> None:
    assert texts(known, "ana", limit=1) == ["third; it's \x1b[1m"]
    assert texts(known, "ana", before=datetime(2025, 1, 3, tzinfo=UTC)) == ["first"]
    assert texts(known, "ana", limit=0) == []


def test_a_condition_narrows_it(known: Ledger) -> None:
    assert texts(known, "ana", where=exp.column("channel").eq("email")) == ["second"]


def test_nobody_has_an_empty_line_and_a_quote_is_no_harm(known: Ledger) -> None:
    assert texts(known, "o'hara' OR 1=1 --") == []


def test_a_negative_limit_is_refused(known: Ledger) -> None:
    with pytest.raises(InputError, match="fewer than no rows"):
        texts(known, "ana", limit=-1)


def test_a_moment_without_a_zone_is_refused(known: Ledger) -> None:
    with pytest.raises(InputError, match="no time zone"):
        texts(known, "ana", before=datetime(2025, 1, 1))  # noqa: DTZ001


def test_the_ledger_knows_who_was_there_and_who_almost(known: Ledger) -> None:
    with known.read() as snapshot:
        assert has_interactions(snapshot, "ben")
        assert not has_interactions(snapshot, "bem")
        assert similar_names(snapshot, "bem") == ("ben",)


def test_figures_count_merged_customers_once(known: Ledger) -> None:
    with known.read() as snapshot:
        counted = snapshot.sql("SELECT count(DISTINCT customer) AS people FROM interactions")
        joined = snapshot.sql("SELECT count(*) FROM interactions JOIN customers ON customer = key")
    assert counted["people"].to_pylist() == [2]
    assert joined.column(0).to_pylist() == [4]
