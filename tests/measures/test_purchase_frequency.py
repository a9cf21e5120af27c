"""How often customers buy."""

import pytest
from scipy import stats

from rapport.measures.api import compute

from .handmade import handmade

ONE = {"minimum_n": 1}


def line(customer: str, at: str, order: str | None = None) -> tuple[str, str, dict[str, object]]:
    return (f"{at}T09:00", "order.completed", {"customer": customer, "thread": order})


def test_it_is_orders_for_each_buying_customer() -> None:
    # Ana orders three times, Ben once: 4 orders of 2 customers.
    days = ("2025-01-01", "2025-01-02", "2025-01-03")
    snapshot = handmade(*(line("ana", day) for day in days), line("ben", "2025-01-01"))
    [figure] = compute(snapshot, "purchase_frequency", parameters=ONE)
    assert (figure.value, figure.n) == (2.0, 2)


def test_lines_of_one_order_count_once() -> None:
    lines = [line("ana", "2025-01-01", "A1")] * 3 + [line("ana", "2025-01-02", "A2")]
    [figure] = compute(handmade(*lines), "purchase_frequency", parameters=ONE)
    assert figure.value == 2.0


def test_each_month_counts_its_own_buyers() -> None:
    lines = [line("ana", "2025-01-01"), line("ana", "2025-01-09"), line("ben", "2025-02-01")]
    found = compute(handmade(*lines), "purchase_frequency", every="month", parameters=ONE)
    assert [(f.period, f.value, f.n) for f in found] == [("2025-01", 2.0, 1), ("2025-02", 1.0, 1)]


def test_interval_is_that_of_scipy_over_customers() -> None:
    orders = [1, 1, 2, 5, 1, 3, 1, 1, 2, 4]
    lines = [line(f"c{n}", f"2025-01-{d + 1:02}") for n, k in enumerate(orders) for d in range(k)]
    [figure] = compute(handmade(*lines), "purchase_frequency")
    low, high = stats.t.interval(0.95, 9, sum(orders) / 10, stats.sem(orders))
    assert (figure.low, figure.high) == pytest.approx((low, high), abs=1e-12)
