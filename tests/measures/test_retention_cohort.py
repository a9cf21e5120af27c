"""Who of those that first bought together buys at each age."""

import csv
import gzip
from collections import defaultdict
from pathlib import Path

import pytest

from rapport.kernel.figures import Figure
from rapport.measures.api import compute

from .handmade import handmade
from .test_retention_repeat import ONE, Event, orders


def ages(found: list[Figure], period: str) -> list[tuple[int, float | None, int]]:
    return [(f.by["age"], f.value, f.n) for f in found if f.period == period]


# The last order is on the last day of April: April is over.
PEOPLE = (
    *orders("ana", "2025-01-05", "2025-01-20", "2025-03-01", channel="web"),
    *orders("ben", "2025-01-31", "2025-02-01", channel="store"),
    *orders("cem", "2025-02-10", "2025-04-30", channel="web"),
)


def test_a_customer_ages_by_the_month_from_the_first_order() -> None:
    found = compute(handmade(*PEOPLE), "retention_cohort", every="month", parameters=ONE)
    assert ages(found, "2025-01") == [(0, 1.0, 2), (1, 0.5, 2), (2, 0.5, 2), (3, 0.0, 2)]
    assert ages(found, "2025-02") == [(0, 1.0, 1), (1, 0.0, 1), (2, 1.0, 1)]


def test_a_month_that_is_not_over_counts_for_nobody() -> None:
    people = (*orders("ana", "2025-01-05"), *orders("ben", "2025-03-30"))
    found = compute(handmade(*people), "retention_cohort", every="month", parameters=ONE)
    assert ages(found, "2025-01") == [(0, 1.0, 1), (1, 0.0, 1)]
    assert not ages(found, "2025-03")


def test_weeks_can_be_counted_instead() -> None:
    # 6 January 2025 is a Monday, 26 January the Sunday that ends the third week.
    people = orders("ana", "2025-01-06", "2025-01-20", "2025-01-26")
    found = compute(
        handmade(*people), "retention_cohort", every="week", parameters={**ONE, "step": "week"}
    )
    assert ages(found, "2025-W02") == [(0, 1.0, 1), (1, 0.0, 1), (2, 1.0, 1)]


def test_without_periods_cohorts_are_put_together_by_age() -> None:
    found = compute(handmade(*PEOPLE), "retention_cohort", parameters=ONE)
    whole = [(f.by["age"], f.value, f.n) for f in found]
    assert whole == [(0, 1.0, 3), (1, 1 / 3, 3), (2, 2 / 3, 3), (3, 0.0, 2)]


def test_no_cohort_is_followed_further_than_asked() -> None:
    settings = {**ONE, "ages": 1}
    found = compute(handmade(*PEOPLE), "retention_cohort", parameters=settings)
    assert [f.by["age"] for f in found] == [0, 1]


def test_groups_go_by_the_first_order_and_coming_back_counts_anywhere() -> None:
    moved = (*PEOPLE, *orders("ben", "2025-03-03", channel="web"))
    found = compute(handmade(*moved), "retention_cohort", where=["channel = store"], parameters=ONE)
    assert [f.value for f in found] == [1.0, 1.0, 1.0, 0.0]


def test_too_few_customers_give_no_value() -> None:
    found = compute(handmade(*PEOPLE), "retention_cohort", every="month")
    assert {f.value for f in found} == {None}
    assert found[0].note == "Too few customers to say (2 of 10)."


def test_a_ledger_without_orders_gives_no_figure() -> None:
    assert compute(handmade(("2025-01-01T10:00", "page.viewed", {})), "retention_cohort") == []


def test_it_gives_the_published_survival_of_fader_and_hardie_2007(shared: Path) -> None:
    """1,000 customers who pay each month until they leave survive as the published curve says."""
    with (shared / "data" / "retention_curves" / "fader_hardie_2007.csv").open() as file:
        curve = [float(line["high_end"]) for line in csv.DictReader(file)]
    events: list[Event] = []
    for customer in range(1000):
        paid = [age for age, alive in enumerate(curve) if customer < round(10 * alive)]
        days = [f"{2024 + age // 12}-{age % 12 + 1:02}-28" for age in paid]
        events += orders(f"C{customer}", *days)
    events.append(("2025-01-31T12:00", "order.completed", {}))
    found = compute(handmade(*events), "retention_cohort", every="month")
    survived = [f.value for f in found if f.period == "2024-01" and f.value is not None]
    assert [round(100 * share, 1) for share in survived] == pytest.approx(curve)


def test_cohorts_of_cdnow_are_those_counted_without_sql(shared: Path) -> None:
    with gzip.open(shared / "data" / "cdnow" / "cdnow_sample.csv.gz", "rt") as file:
        bought = [(line["master_id"], line["date"]) for line in csv.DictReader(file)]
    events = [event for who, day in bought for event in orders(who, day)]
    found = compute(handmade(*events), "retention_cohort", every="month", parameters={"ages": 17})
    shares = {(f.period, f.by["age"]): (f.value, f.n) for f in found}
    assert shares == {key: (active / n, n) for key, (active, n) in _counted(bought).items()}


def _counted(bought: list[tuple[str, str]]) -> dict[tuple[str, int], tuple[int, int]]:
    """(cohort, age): (active, size), with sets only; the data end with June 1998."""
    months: dict[str, set[int]] = defaultdict(set)
    for who, day in bought:
        months[who].add(int(day[:4]) * 12 + int(day[5:7]) - 1)
    counted: dict[tuple[str, int], tuple[int, int]] = {}
    for cohort in {min(active) for active in months.values()}:
        members = [active for active in months.values() if min(active) == cohort]
        for age in range(1998 * 12 + 6 - cohort):
            active = sum(cohort + age in each for each in members)
            counted[f"{cohort // 12}-{cohort % 12 + 1:02}", age] = (active, len(members))
    return counted
