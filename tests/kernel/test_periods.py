"""Periods: read as people write them, named so that they can be written, without gap or overlap."""

from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel.errors import InputError
from rapport.kernel.periods import (
    MONDAY,
    SUNDAY,
    Days,
    Every,
    bucket_name,
    bucket_of,
    bucket_sql,
    buckets,
    days_of,
    parse_days,
    parse_stretch,
)

TODAY = date(2025, 5, 1)
EPOCH = date(1970, 1, 1)
DAYS = st.dates(date(1, 1, 8), date(9999, 12, 24))
NEAR = st.dates(date(1965, 1, 1), date(2035, 12, 31))
EVERY = st.sampled_from(Every)
WEEK_STARTS = st.sampled_from([MONDAY, SUNDAY])


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2025-01-31", "2025-01-31", "2025-01-31"),
        ("2025-01", "2025-01-01", "2025-01-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025-Q1", "2025-01-01", "2025-03-31"),
        ("2025-q4", "2025-10-01", "2025-12-31"),
        ("2025-W03", "2025-01-13", "2025-01-19"),  # python: date.fromisocalendar(2025, 3, 1)
        ("2020-W53", "2020-12-28", "2021-01-03"),  # 2020 is a long year of ISO 8601
        ("2025-01-05/2025-01-11", "2025-01-05", "2025-01-11"),
        (" today ", "2025-05-01", "2025-05-01"),
        ("-90d", "2025-01-31", "2025-01-31"),
        ("9999", "9999-01-01", "9999-12-31"),
    ],
)
def test_people_write_days_in_many_ways(written: str, first: str, last: str) -> None:
    assert parse_days(written, TODAY) == Days(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("written", ["", "soon", "25-01-01", "2025-1", "90d", "٢٠٢٥"])
def test_what_is_no_day_is_refused_with_all_ways_to_write_one(written: str) -> None:
    with pytest.raises(InputError, match="2025-Q1, 2025-W03, today or -90d"):
        parse_days(written, TODAY)


@pytest.mark.parametrize(
    "written",
    ["2025-13", "2025-00", "2025-02-30", "2025-Q5", "2025-W00", "2021-W53", "0000", "-999999d"],
)
def test_days_that_do_not_exist_are_refused(written: str) -> None:
    with pytest.raises(InputError, match="no day or period"):
        parse_days(written, TODAY)


@given(st.text(max_size=12) | st.from_regex(r"\d{4}-[QW]?\d{1,2}(-\d\d)?", fullmatch=True))
def test_nothing_but_an_input_error_ever_comes_of_reading(written: str) -> None:
    try:
        days = parse_days(written, TODAY)
    except InputError:
        return
    assert days.first_day <= days.last_day


def test_from_takes_the_first_day_and_to_the_last() -> None:
    assert parse_stretch("2025-01", "2025-01", TODAY) == (date(2025, 1, 1), date(2025, 1, 31))
    assert parse_stretch("-90d", None, TODAY) == (date(2025, 1, 31), None)


def test_a_stretch_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InputError, match="Exchange --from and --to"):
        parse_stretch("2025-02", "2025-01", TODAY)


@given(DAYS, EVERY, WEEK_STARTS)
def test_every_day_lies_in_its_bucket(day: date, every: Every, week_start: int) -> None:
    days = days_of(bucket_of(day, every, week_start), every, week_start)
    assert days.first_day <= day <= days.last_day


@given(DAYS, EVERY, WEEK_STARTS)
def test_buckets_follow_each_other_without_gap_or_overlap(
    day: date, every: Every, week_start: int
) -> None:
    bucket = bucket_of(day, every, week_start)
    days = days_of(bucket, every, week_start)
    if days.last_day < date.max:
        following = days.last_day + timedelta(days=1)
        assert bucket_of(following, every, week_start) == bucket + 1
        assert days_of(bucket + 1, every, week_start).first_day == following


@given(DAYS, EVERY, WEEK_STARTS)
def test_names_read_back_to_the_same_days(day: date, every: Every, week_start: int) -> None:
    bucket = bucket_of(day, every, week_start)
    name = bucket_name(bucket, every, week_start)
    assert parse_days(name, TODAY) == days_of(bucket, every, week_start)


@given(NEAR)
def test_weeks_are_those_of_the_ledger_and_of_the_calendar(day: date) -> None:
    number = (day - EPOCH).days
    assert bucket_of(day, Every.WEEK, MONDAY) == (number + 3) // 7
    assert bucket_of(day, Every.WEEK, SUNDAY) == (number + 4) // 7
    assert days_of(bucket_of(day, Every.WEEK), Every.WEEK).first_day.weekday() == MONDAY
    assert bucket_name(bucket_of(day, Every.WEEK), Every.WEEK) == day.strftime("%G-W%V")


def test_duckdb_counts_the_same_buckets_as_we_do() -> None:
    days = [date(1965, 1, 1) + timedelta(days=17 * n) for n in range(1500)]
    values = ", ".join(f"({bucket_of(d, Every.MONTH)}, DATE '{d}')" for d in days)
    quarter, year = (bucket_sql(every, "i").sql("duckdb") for every in (Every.QUARTER, Every.YEAR))
    query = f"SELECT d, {quarter}, {year} FROM (VALUES {values}) i(month, d)"
    for day, quarter_found, year_found in duckdb.sql(query).fetchall():
        assert quarter_found == bucket_of(day, Every.QUARTER)
        assert year_found == bucket_of(day, Every.YEAR) == day.year - 1970


def test_bucket_expressions_are_plain_enough_for_spark() -> None:
    found = {every.value: bucket_sql(every).sql("spark") for every in Every}
    assert found == {
        "day": "day",
        "week": "week",
        "month": "month",
        "quarter": "CAST(FLOOR(month / 3) AS INT)",
        "year": "CAST(FLOOR(month / 12) AS INT)",
    }


def test_first_and_last_period_say_when_they_are_incomplete() -> None:
    found = buckets(date(2025, 1, 15), date(2025, 3, 31), Every.MONTH)
    assert [(p.name, p.complete) for p in found] == [
        ("2025-01", False),
        ("2025-02", True),
        ("2025-03", True),
    ]
    assert (found[0].first_day, found[0].last_day) == (date(2025, 1, 15), date(2025, 1, 31))


@given(NEAR, st.integers(0, 800), EVERY, WEEK_STARTS)
def test_periods_cover_just_the_days_asked_for(
    first: date, more: int, every: Every, week_start: int
) -> None:
    last = first + timedelta(days=more)
    found = buckets(first, last, every, week_start)
    counted = sum((period.last_day - period.first_day).days + 1 for period in found)
    assert counted == more + 1
    assert (found[0].first_day, found[-1].last_day) == (first, last)
    assert all(period.complete for period in found[1:-1])


def test_without_a_cut_there_is_one_period_named_by_its_ends() -> None:
    (found,) = buckets(date(2025, 1, 1), date(2025, 3, 31), None)
    assert found.name == "2025-01-01/2025-03-31"
    assert found.bucket is None
    assert found.complete


def test_no_days_are_no_periods() -> None:
    assert buckets(date(2025, 1, 2), date(2025, 1, 1), Every.DAY) == []


def test_weeks_that_start_on_sunday_are_named_by_both_ends() -> None:
    (found,) = buckets(date(2025, 1, 5), date(2025, 1, 11), Every.WEEK, SUNDAY)
    assert found.name == "2025-01-05/2025-01-11"
    assert found.complete


def test_a_week_starts_on_monday_or_sunday_only() -> None:
    with pytest.raises(InputError, match=r"Monday \(0\) or on Sunday \(6\)"):
        bucket_of(TODAY, Every.WEEK, 3)
