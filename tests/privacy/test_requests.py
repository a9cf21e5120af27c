"""Erasure needs a second pair of eyes, or a day's wait where there is none."""

from datetime import UTC, datetime, timedelta

import pytest

from rapport.customers.api import profile
from rapport.kernel.errors import ForbiddenError, InputError, NotFoundError
from rapport.office.api import DEMO_HOST, Actor, actor_of_user, add_user, latest_lines, query
from rapport.privacy.api import (
    ErasureRequest,
    approve_erasure,
    ask_erasure,
    carry_out_erasures,
    customer,
    decline_erasure,
    erase_customer,
    preview,
    request_of,
    requests,
)

from .conftest import OWNER, Store

REASON = "She asked for it"


def person(role: str, name: str = "x") -> Actor:
    return actor_of_user(add_user(f"{name}@{DEMO_HOST}", role, actor=OWNER))


def asked(store: Store, actor: Actor, name: str = "email:ana@x.example") -> int:
    return ask_erasure(store.ledger, name, reason=REASON, how="anonymise", actor=actor)


def test_one_asks_another_approves_and_the_worker_does_it(store: Store) -> None:
    agent, officer = person("agent", "a"), person("privacy officer", "b")
    number = asked(store, agent)
    assert carry_out_erasures(store.ledger) == []
    assert approve_erasure(number, actor=officer).state == "approved"
    (done,) = carry_out_erasures(store.ledger)
    assert done.gone["interactions"] == 2
    with pytest.raises(NotFoundError):
        profile("ana")
    found = request_of(number)
    assert (found.state, found.customer, found.reason) == ("done", None, "")
    assert carry_out_erasures(store.ledger) == []


def test_who_asked_does_not_approve_while_somebody_else_may(store: Store) -> None:
    officer = person("privacy officer", "a")
    person("owner", "b")
    number = asked(store, officer)
    with pytest.raises(ForbiddenError, match="does not approve"):
        approve_erasure(number, actor=officer)


def test_where_one_person_may_a_day_of_waiting_stands_in(store: Store) -> None:
    officer = person("privacy officer")
    number = asked(store, officer)
    request = approve_erasure(number, actor=officer)
    assert request.due_at is not None
    assert request.due_at - datetime.now(UTC) > timedelta(hours=23)
    assert carry_out_erasures(store.ledger) == []
    query("UPDATE privacy_erasurerequest SET due_at = %s", "2020-01-01 00:00:00")
    assert len(carry_out_erasures(store.ledger)) == 1


def test_declining_ends_it_also_while_it_waits(store: Store) -> None:
    officer = person("privacy officer")
    number = asked(store, officer)
    approve_erasure(number, actor=officer)
    decline_erasure(number, actor=officer)
    assert carry_out_erasures(store.ledger) == []
    assert profile("ana").key == "ana"


def test_the_second_who_decides_is_told(store: Store) -> None:
    first, second = person("owner", "a"), person("privacy officer", "b")
    number = asked(store, person("agent", "c"))
    decline_erasure(number, actor=first)
    with pytest.raises(InputError, match="decided before"):
        approve_erasure(number, actor=second)


def test_nobody_is_asked_for_twice(store: Store) -> None:
    agent = person("agent")
    asked(store, agent)
    with pytest.raises(InputError, match="asked before"):
        asked(store, agent, "ana")
    with pytest.raises(NotFoundError):
        asked(store, agent, "nobody")


@pytest.mark.parametrize(("reason", "how"), [("", "delete"), ("x" * 2001, "delete"), ("x", "hide")])
def test_half_a_request_is_none(store: Store, reason: str, how: str) -> None:
    with pytest.raises(InputError):
        ask_erasure(store.ledger, "ana", reason=reason, how=how, actor=OWNER)


def test_a_request_is_part_of_the_copy_and_goes_with_the_person(store: Store) -> None:
    asked(store, OWNER)
    assert preview(store.ledger, customer("ana"))["erasure request"] == 1
    erase_customer(store.ledger, "ana", actor=OWNER)
    (request,) = requests()
    assert isinstance(request, ErasureRequest)
    assert (request.customer, request.reason, request.state) == (None, "", "done")


def test_an_agent_asks_and_does_not_decide(store: Store) -> None:
    agent = person("agent")
    number = asked(store, agent)
    for verb in (approve_erasure, decline_erasure):
        with pytest.raises(ForbiddenError):
            verb(number, actor=agent)
    assert "ana" not in str(latest_lines(1)[0])
