"""Working calendars."""

from dataclasses import replace
from datetime import date

import pytest

from rapport.kernel.errors import ChangedError, ForbiddenError, InputError
from rapport.office.api import (
    Actor,
    Calendar,
    calendars,
    find_calendar,
    put_calendar,
    read_holidays,
    read_spans,
)

OWNER = Actor.operator()
SHOP = Calendar(
    "shop",
    "The shop",
    "Europe/Berlin",
    {"mon": read_spans("09:00-12:30, 13:00-17:00"), "sat": read_spans("10:00-24:00")},
    {date(2026, 12, 25): "Christmas Day"},
)


@pytest.mark.django_db
def test_a_calendar_is_kept_as_it_was_said() -> None:
    put_calendar(SHOP, actor=OWNER)
    assert calendars() == [replace(SHOP, version=1)]


@pytest.mark.django_db
def test_the_second_of_two_is_told() -> None:
    put_calendar(SHOP, actor=OWNER)
    put_calendar(replace(SHOP, version=1, name="A"), actor=OWNER)
    for late in (replace(SHOP, version=1, name="B"), SHOP):
        with pytest.raises(ChangedError):
            put_calendar(late, actor=OWNER)
    found = find_calendar("shop")
    assert found is not None
    assert found.name == "A"


@pytest.mark.parametrize(
    "text", ["9", "9-17", "17:00-9:00", "09:00-25:00", "09:00-12:00,11:00-13:00", "\x00", "a-b"]
)
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_spans(text)


def test_a_holiday_begins_with_a_day() -> None:
    with pytest.raises(InputError, match="Line 2"):
        read_holidays("2026-12-25 Christmas\nBoxing Day")


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"zone": "Mars/Base"}, {"key": " "}, {"zone": "../x"}])
def test_what_cannot_be_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(InputError):
        put_calendar(replace(SHOP, **wrong), actor=OWNER)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_an_agent_may_not(ben: Actor) -> None:
    with pytest.raises(ForbiddenError):
        put_calendar(SHOP, actor=ben)
