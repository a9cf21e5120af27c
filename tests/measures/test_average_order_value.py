"""What an order brings."""

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS

from rapport.kernel.errors import InputError
from rapport.measures.api import compute

from .handmade import handmade

ONE = {"minimum_n": 1}


def line(
    customer: str | None, amount: float, order: str | None = None, currency: str = "EUR"
) -> tuple[str, str, dict[str, object]]:
    bought = {"customer": customer, "amount": amount, "thread": order, "currency": currency}
    return ("2025-01-05T09:00", "order.completed", bought)


def test_it_is_money_for_each_order() -> None:
    # Orders of 10, 20 and (two lines) 30 + 40.
    lines = [line("ana", 10), line("ana", 20), line("ben", 30, "B"), line("ben", 40, "B")]
    [figure] = compute(handmade(*lines), "average_order_value", parameters=ONE)
    assert (figure.value, figure.n, figure.unit) == (100 / 3, 3, "EUR")
    assert figure.extra["buyers"] == 2.0


def test_currencies_are_never_added() -> None:
    lines = [line("ana", 10), line("ana", 30, currency="USD")]
    found = compute(handmade(*lines), "average_order_value", parameters=ONE)
    assert [(f.unit, f.value) for f in found] == [("EUR", 10.0), ("USD", 30.0)]
    with pytest.raises(InputError, match="never adds amounts of different currencies"):
        compute(handmade(*lines), "average_order_value", mix=True)


def test_orders_without_a_customer_count_too() -> None:
    lines = [line(None, 10, "A"), line(None, 30, "B"), line("ana", 20)]
    [figure] = compute(handmade(*lines), "average_order_value", parameters=ONE)
    assert (figure.value, figure.n, figure.extra["buyers"]) == (20.0, 3, 3.0)


def test_refunds_are_not_orders() -> None:
    refund = ("2025-01-06T09:00", "order.refunded", {"customer": "ana", "amount": -10})
    [figure] = compute(handmade(line("ana", 10), refund), "average_order_value", parameters=ONE)
    assert (figure.value, figure.n) == (10.0, 1)


def test_standard_error_is_that_of_statsmodels_clustered_by_customer() -> None:
    chance = np.random.default_rng(7)
    buyers = chance.integers(0, 20, 100)
    amounts = chance.integers(1, 100, 100).astype(float)
    lines = [line(f"c{c}", a) for c, a in zip(buyers, amounts, strict=True)]
    [figure] = compute(handmade(*lines), "average_order_value")
    fit = OLS(amounts, np.ones(100)).fit(
        cov_type="cluster", cov_kwds={"groups": buyers, "use_correction": False}
    )
    groups = len(set(buyers))
    expected = fit.bse[0] * np.sqrt(groups / (groups - 1))
    assert figure.extra["standard_error"] == pytest.approx(expected, rel=1e-9)
