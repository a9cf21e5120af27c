"""Customers are found by what one knows of them, with typing errors too."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from rapport.customers.api import (
    WORDS,
    find_customers,
    forget_in_directory,
    is_visible,
    merge_customers,
    publish,
    put_customers,
    refresh_directory,
)
from rapport.ledger.api import Ledger, create_ledger
from rapport.office.api import Actor, put_units

pytestmark = pytest.mark.django_db
Rows = Callable[..., pa.Table]


@pytest.fixture
def ledger(tmp_path: Path, ana: Actor, rows: Rows) -> Iterator[Ledger]:
    """Zoë of Ulm, Ben of Bonn who wrote to the north, and a guest nobody has a record of."""
    made = create_ledger(tmp_path / "store")
    moments = [datetime(2025, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    told = {
        "customer": ["C-0017", "ben", "guest"],
        "unit": ["south", "north", None],
        "occurred_at": moments,
        "kind": ["message.received"] * 3,
    }
    made.load([pa.table(told)], "test")
    put_units(rows({"key": "north"}, {"key": "south"}), actor=ana)
    people = rows(
        {
            "key": "C-0017",
            "trait:name": "Zoë Zandervoort",
            "trait:city": "Ulm",
            "identifier:email": "zoe@x.example",
            "account": "acme",
        },
        {"key": "ben", "trait:name": "Ben Bergmann", "trait:city": "Bonn"},
    )
    put_customers(people, actor=ana)
    publish(made)
    refresh_directory(made, None)
    yield made
    made.close()


def found(ledger: Ledger, words: str, **more: object) -> list[str]:
    return [hit.key for hit in find_customers(ledger, words, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "words",
    [
        *("C-0017", "c-0017", "17", "zoe", "ZOË", "zandervoort", "ulm zander", "acme"),
        *("zoe@x.example", "email:zoe@x.example", "Zoe@X.example"),
        *("zandervort", "zanderwoort", "zoe zandrevoort"),
    ],
)
def test_whatever_one_knows_leads_to_the_customer(ledger: Ledger, words: str) -> None:
    assert found(ledger, words) == ["C-0017"]


@pytest.mark.parametrize("words", ["zoe bonn", "quentin", "C-0018", "'; DROP TABLE words; --", "%"])
def test_what_nobody_goes_by_finds_nobody(ledger: Ledger, words: str) -> None:
    assert found(ledger, words) == []


def test_without_words_the_latest_come_first(ledger: Ledger) -> None:
    assert found(ledger, "") == ["guest", "ben", "C-0017"]


def test_a_reader_of_one_unit_finds_its_customers_only(ledger: Ledger) -> None:
    assert found(ledger, "", units={"north"}) == ["ben"]
    assert found(ledger, "zoe", units={"north"}) == []
    assert found(ledger, "C-0017", units={"north"}) == []
    assert is_visible(ledger, "ben", {"north"})
    assert not is_visible(ledger, "ben", set())


def test_who_came_a_moment_ago_is_found_by_key(ledger: Ledger, ana: Actor, rows: Rows) -> None:
    put_customers(rows({"key": "new", "trait:name": "Nora"}), actor=ana)
    assert found(ledger, "new") == ["new"]
    assert found(ledger, "nora") == []
    publish(ledger)
    refresh_directory(ledger, None)
    assert found(ledger, "nora") == ["new"]


def test_a_merged_customer_is_found_under_the_kept_one(ledger: Ledger, ana: Actor) -> None:
    merge_customers("ben", "C-0017", actor=ana)
    publish(ledger)
    refresh_directory(ledger, None)
    assert found(ledger, "C-0017") == found(ledger, "zoe@x.example") == ["ben"]


def test_before_the_table_is_there_people_are_found_all_the_same(tmp_path: Path) -> None:
    made = create_ledger(tmp_path / "other")
    moments = [datetime(2025, 1, 1, tzinfo=UTC)]
    made.load(
        [pa.table({"customer": ["eva"], "occurred_at": moments, "kind": ["visit.made"]})], "t"
    )
    assert found(made, "eva") == found(made, "") == ["eva"]
    made.close()


def test_nothing_new_makes_nothing_anew(ledger: Ledger) -> None:
    token = refresh_directory(ledger, None)
    assert refresh_directory(ledger, token) == token


def test_who_is_forgotten_is_in_no_word(ledger: Ledger) -> None:
    forget_in_directory(ledger, ["C-0017"])
    with ledger.read() as snapshot:
        words = snapshot.sql(f"SELECT word FROM {WORDS} WHERE customer = 'C-0017'")
    assert words.num_rows == 0
    assert found(ledger, "ben") == ["ben"]
