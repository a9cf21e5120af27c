"""Accounts: found by part of a name, with what adds up over their contacts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from rapport.customers.api import (
    account_named,
    bought_of,
    find_accounts,
    publish,
    put_customers,
    refresh_directory,
)
from rapport.kernel.errors import NotFoundError
from rapport.ledger.api import Ledger, create_ledger
from rapport.office.api import Actor
from tests.web.served import Served, get

OWNER = Actor.operator()
PEOPLE = {
    "key": ["ana", "ben", "eva"],
    "account": ["acme", "acme", "h1"],
    "account_name": ["Acme 100%", "Acme 100%", "Eva's"],
    "account_kind": ["company", "company", "household"],
}


@pytest.fixture
def ledger(tmp_path: Path, db: None) -> Iterator[Ledger]:
    made = create_ledger(tmp_path / "store")
    put_customers(pa.table(PEOPLE), actor=OWNER)
    told = {
        "customer": ["ana", "ben", "ben", "eva"],
        "occurred_at": [datetime(2025, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4)],
        "kind": ["order.completed", "order.completed", "order.refunded", "visit.made"],
        "amount": [Decimal(10), Decimal(20), Decimal(-5), None],
        "currency": ["EUR", "EUR", "EUR", None],
        "unit": ["north", "south", "south", "south"],
    }
    made.load([pa.table(told)], "test")
    publish(made)
    refresh_directory(made, None)
    yield made
    made.close()


def test_contacts_interactions_and_money_add_up(ledger: Ledger) -> None:
    with ledger.read() as snapshot:
        account, keys = account_named(snapshot, "acme")
        assert (account.name, account.contacts, account.interactions) == ("Acme 100%", 2, 3)
        assert keys == ["ben", "ana"]
        assert bought_of(snapshot, ["acme", "h1"]) == {"acme": {"EUR": Decimal(25)}}


@pytest.mark.parametrize(("words", "found"), [("", ["h1", "acme"]), ("100%", ["acme"]), ("_", [])])
def test_an_account_is_found_by_part_of_its_name(
    ledger: Ledger, words: str, found: list[str]
) -> None:
    with ledger.read() as snapshot:
        assert [one.key for one in find_accounts(snapshot, words)] == found


def test_a_reader_of_one_unit_sees_its_part_only(ledger: Ledger) -> None:
    with ledger.read() as snapshot:
        assert [one.key for one in find_accounts(snapshot, "", units={"north"})] == ["acme"]
        assert account_named(snapshot, "acme", units={"north"})[1] == ["ana"]
        with pytest.raises(NotFoundError):
            account_named(snapshot, "h1", units={"north"})


def test_without_accounts_the_page_says_where_they_come_from(served_empty: Served) -> None:
    assert "No accounts yet" in get(f"{served_empty.address}/know/accounts")[2]
    assert get(f"{served_empty.address}/know/accounts/nobody")[0] == 404
