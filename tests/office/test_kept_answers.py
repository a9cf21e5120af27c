"""Answers kept for a day."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from rapport.office.api import (
    Actor,
    KeptAnswer,
    add_user,
    forget_answers,
    give_back_key,
    keep_answer,
    sweep_answers,
    take_key,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> int:
    return add_user("ana@x.example", "owner", actor=Actor.operator())


def test_a_key_is_taken_once(ana: int) -> None:
    assert take_key(ana, "k", "d") is None
    assert take_key(ana, "k", "d") == KeptAnswer("d", None, None)
    keep_answer(ana, "k", 200, "{}")
    assert take_key(ana, "k", "other") == KeptAnswer("d", 200, "{}")


def test_a_key_that_was_given_back_may_be_taken_again(ana: int) -> None:
    take_key(ana, "k", "d")
    give_back_key(ana, "k")
    assert take_key(ana, "k", "d") is None


def test_answers_go_after_a_day(ana: int) -> None:
    take_key(ana, "k", "d")
    keep_answer(ana, "k", 200, "{}")
    with travel(datetime.now(UTC) + timedelta(hours=23)):
        sweep_answers()
        assert take_key(ana, "k", "d") is not None
    with travel(datetime.now(UTC) + timedelta(hours=25)):
        sweep_answers()
        assert take_key(ana, "k", "d") is None


def test_who_is_erased_goes_from_answers_but_that_it_was_done_stays(ana: int) -> None:
    for key, body in (("a", '{"who":"Ben \\"B\\""}'), ("b", '{"who":"Eve"}')):
        take_key(ana, key, "d")
        keep_answer(ana, key, 200, body)
    assert forget_answers(['Ben "B"', ""]) == 1
    assert take_key(ana, "a", "d") == KeptAnswer("d", 200, None)
    assert take_key(ana, "b", "d") == KeptAnswer("d", 200, '{"who":"Eve"}')
