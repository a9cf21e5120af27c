"""Erasing people: under all their names, from all rooms, for good."""

import pytest

from rapport.customers.api import profile
from rapport.kernel.errors import ForbiddenError, InputError, NotFoundError
from rapport.ledger.api import ANONYMISE, DELETE, begin_erasure, open_erasures, verify
from rapport.office.api import Actor, employees, latest_lines
from rapport.privacy.api import (
    Person,
    Task,
    customer,
    employee,
    erase_customer,
    erase_employee,
    finish_erasures,
    preview,
)
from rapport.privacy.verbs import packed

from .conftest import EMPLOYED, KNOWN, ORDERS, OWNER, PEOPLE, SOLD, STAFF, Store


def test_a_customer_goes_under_all_names(store: Store) -> None:
    erased = erase_customer(store.ledger, "email:ana@x.example", actor=OWNER)
    assert erased.gone["interactions"] == 2
    found = store.ask("SELECT count(*), count(text), count(properties) FROM interactions")
    assert found == [(3, 1, 1)]
    with pytest.raises(NotFoundError):
        profile("ana")
    assert profile("ben").key == "ben"
    assert [proof.name for proof in verify(store.ledger) if not proof.holds] == []


def test_the_owner_sees_beforehand_what_will_go(store: Store) -> None:
    kinds = ("interaction", "rejected row", "customers_customer", "customers_identifier")
    counts = preview(store.ledger, customer("ana"))
    assert [counts[kind] for kind in kinds] == [2, 1, 1, 1]


def test_the_same_files_again_bring_nobody_back(store: Store) -> None:
    erase_customer(store.ledger, "ana", how=DELETE, actor=OWNER)
    orders, people = store.take(SOLD, ORDERS).receipt, store.take(KNOWN, PEOPLE).receipt
    assert (orders.stored, orders.duplicate, orders.rejected) == (0, 1, 3)
    assert (people.stored, people.duplicate, people.rejected) == (0, 1, 1)
    assert store.ask("SELECT DISTINCT customer FROM interactions") == [("ben",)]


def test_an_employee_keeps_unit_and_role_only(store: Store) -> None:
    erase_employee(store.ledger, "zoe@x.example", actor=OWNER)
    (row,) = employees().to_pylist()
    assert (row["name"], row["email"], row["role"]) == ("", "", "seller")
    assert store.ask("SELECT DISTINCT employee FROM interactions") == [(row["key"],)]
    again = store.take(EMPLOYED, STAFF).receipt
    assert (again.stored, again.rejected) == (0, 1)


def test_the_audit_line_tells_no_name(store: Store) -> None:
    erased = erase_customer(store.ledger, "ana", actor=OWNER)
    act = latest_lines(1)[0].act
    assert (act.verb, act.object_id) == ("erase_customer", str(erased.number))
    assert "ana" not in str(act.details)


def test_nobody_is_erased_twice(store: Store) -> None:
    erase_customer(store.ledger, "ana", actor=OWNER)
    with pytest.raises(NotFoundError):
        erase_customer(store.ledger, "ana", actor=OWNER)
    with pytest.raises(NotFoundError):
        erase_employee(store.ledger, "nobody", actor=OWNER)


def test_an_erasure_that_was_killed_at_once_is_finished_later(store: Store) -> None:
    task = Task(customer("ana"), ANONYMISE, 0, "erased:1")
    begin_erasure(store.ledger.database, packed(task), ANONYMISE)
    (erased,) = finish_erasures(store.ledger)
    assert erased.gone["interactions"] == 2
    assert finish_erasures(store.ledger) == []
    assert open_erasures(store.ledger.database) == []
    assert store.ledger.database.rows("SELECT subject FROM ledger_erasure") == [(None,)]


def test_an_agent_may_not_erase(store: Store) -> None:
    agent = Actor("person:2", frozenset({"agent"}))
    for verb in (erase_customer, erase_employee):
        with pytest.raises(ForbiddenError, match="privacy officer"):
            verb(store.ledger, "ana", actor=agent)


def test_there_are_two_ways_to_erase(store: Store) -> None:
    with pytest.raises(InputError, match="anonymise or delete"):
        erase_customer(store.ledger, "ana", how="hide", actor=OWNER)


def test_an_unknown_employee_is_called_as_asked(store: Store) -> None:
    assert employee("s1") == Person("employee", ("s1",), ("s1", "zoe@x.example"))
    assert employee("x9") == Person("employee", (), ("x9",))
