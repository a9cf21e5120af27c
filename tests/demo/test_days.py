"""Local days and hours of work become the right moments."""

from datetime import UTC, datetime

import numpy as np

from rapport.demo.days import HOUR, Calendar
from rapport.demo.facts import END

CALENDAR = Calendar.until(END)


def _moment(year: int, month: int, day: int, hour: int) -> np.ndarray:
    return np.array([int(datetime(year, month, day, hour, tzinfo=UTC).timestamp()) * 1_000_000])


def _after(start: np.ndarray, hours: int) -> datetime:
    t = int(CALENDAR.worked(start, np.array([hours * HOUR]))[0])
    return datetime.fromtimestamp(t / 1e6, UTC)


def test_the_two_years_begin_and_end_at_midnight_in_amsterdam() -> None:
    assert CALENDAR.begins(0) == _moment(2024, 10, 31, 23)[0]
    assert CALENDAR.closes() == CALENDAR.begins(24) == _moment(2026, 10, 31, 23)[0]


def test_summer_time_moves_a_month_by_an_hour() -> None:
    assert CALENDAR.begins(9) == _moment(2025, 7, 31, 22)[0]


def test_work_begun_in_the_evening_goes_on_in_the_morning() -> None:
    wednesday_17 = _moment(2025, 1, 15, 16)
    assert _after(wednesday_17, 2) == datetime(2025, 1, 16, 8, tzinfo=UTC)


def test_work_asked_for_on_saturday_night_begins_on_monday() -> None:
    saturday_21 = _moment(2025, 1, 18, 20)
    assert _after(saturday_21, 3) == datetime(2025, 1, 20, 10, tzinfo=UTC)


def test_nothing_is_done_on_a_sunday() -> None:
    sunday_noon = _moment(2025, 1, 19, 11)
    assert _after(sunday_noon, 1) == datetime(2025, 1, 20, 8, tzinfo=UTC)


def test_moments_of_a_month_stay_within_it() -> None:
    t = CALENDAR.moments(np.random.default_rng(1), 5_000, 4, "online")
    assert t.min() >= CALENDAR.begins(4)
    assert t.max() < CALENDAR.begins(5)


def test_stores_are_closed_on_sundays() -> None:
    t = CALENDAR.moments(np.random.default_rng(1), 5_000, 4, "store")
    weekdays = {datetime.fromtimestamp(at / 1e6, UTC).isoweekday() for at in t.tolist()}
    assert weekdays == {1, 2, 3, 4, 5, 6}
