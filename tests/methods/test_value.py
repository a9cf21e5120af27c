"""Customer value: the pieces, and the identity that joins them."""

import math
from typing import Any

import numpy as np
import pytest

from rapport.kernel.errors import InputError
from rapport.methods.means import mean_of_values
from rapport.methods.value import (
    average_order_value,
    historic_value,
    lifetime_value,
    purchase_frequency,
)

ORDERS = np.array([1, 1, 2, 3, 8])
MONEY = np.array([20, 35, 60, 45, 400])


def order_value() -> Any:
    sums = [int(x) for x in (MONEY.sum(), ORDERS.sum(), MONEY @ MONEY, ORDERS @ ORDERS)]
    return average_order_value(*sums, int(MONEY @ ORDERS), 5)  # type: ignore[call-arg]


def test_frequency_is_the_mean_of_orders_over_customers() -> None:
    found: Any = purchase_frequency(15, 79, 5)
    peer: Any = mean_of_values(ORDERS)
    assert (found.value, found.low, found.high) == pytest.approx((3.0, peer.low, peer.high))


def test_value_is_the_mean_of_money_over_customers() -> None:
    found: Any = historic_value(560, 167_250, 5)
    peer: Any = mean_of_values(MONEY)
    assert (found.value, found.low, found.high) == pytest.approx((112.0, peer.low, peer.high))


def test_frequency_times_order_value_is_historic_value() -> None:
    often: Any = purchase_frequency(15, 79, 5).value
    assert lifetime_value(often, order_value().value, 1) == pytest.approx(112.0)


def test_order_value_has_the_linearised_interval() -> None:
    found = order_value()
    apart = MONEY - MONEY.sum() / 15 * ORDERS
    error = math.sqrt((apart @ apart) / 4 * 5) / 15  # Cochran (1977), 6.4
    assert found.value == pytest.approx(560 / 15)
    assert found.extra["standard_error"] == pytest.approx(error)


def test_no_customers_and_no_orders_have_no_value() -> None:
    assert historic_value(0, 0, 0).value is None
    assert purchase_frequency(0, 0, 0).value is None
    assert average_order_value(0, 0, 0, 0, 0, 4).value is None


def test_customers_without_orders_have_frequency_zero() -> None:
    assert purchase_frequency(0, 0, 4).value == 0.0


def test_one_customer_has_a_value_without_interval() -> None:
    found = historic_value(50, 2500, 1)
    assert (found.value, found.low, found.high) == (50.0, None, None)


@pytest.mark.parametrize("wrong", [-1, 6.0, math.nan, None])
def test_orders_that_are_no_count_are_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="count of orders"):
        purchase_frequency(wrong, 14, 3)


@pytest.mark.parametrize("wrong", [-1, math.nan, math.inf])
def test_parts_of_the_identity_that_cannot_be_are_refused(wrong: float) -> None:
    with pytest.raises(InputError, match="frequency"):
        lifetime_value(wrong, 50, 3)
    with pytest.raises(InputError, match="longevity"):
        lifetime_value(4, 50, wrong)


def test_a_margin_in_percent_is_answered_with_the_right_form() -> None:
    with pytest.raises(InputError, match=r"Write 0\.25 for 25 %"):
        lifetime_value(4, 50, 3, 25)
