"""Means and ratios from sums: against scipy and statsmodels, and where floats run out."""

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate
from rapport.kernel.scales import SCALES
from rapport.methods.means import (
    mean_from_sums,
    mean_from_weighted_sums,
    mean_of_scores,
    mean_of_values,
    ratio_from_sums,
)

VALUES = np.random.default_rng(7).gamma(2.0, 30.0, size=200)


def t_interval(values: Any, confidence: float) -> tuple[float, float]:
    """The same by scipy.stats."""
    error = stats.sem(values)
    low, high = stats.t.interval(confidence, len(values) - 1, np.mean(values), error)
    return float(low), float(high)


@pytest.mark.parametrize("n", [2, 3, 10, 200])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_the_interval_equals_scipys(n: int, confidence: float) -> None:
    values = VALUES[:n]
    by_sums: Any = mean_from_sums(
        float(values.sum()), float((values**2).sum()), n, confidence=confidence
    )
    by_values: Any = mean_of_values(values, confidence=confidence)
    peer = t_interval(values, confidence)
    assert (by_sums.low, by_sums.high) == pytest.approx(peer, rel=1e-10)
    assert (by_values.low, by_values.high) == pytest.approx(peer, rel=1e-10)


def test_no_values_have_no_mean() -> None:
    assert mean_from_sums(0, 0, 0) == Estimate(None, None, None, 0.95, 0, "t")
    assert mean_of_values([]) == Estimate(None, None, None, 0.95, 0, "t")


def test_one_value_is_its_mean_without_interval() -> None:
    assert mean_from_sums(7, 49, 1) == Estimate(7.0, None, None, 0.95, 1, "t")
    assert mean_of_values([7]) == Estimate(7.0, None, None, 0.95, 1, "t")


def test_equal_values_have_an_interval_without_width() -> None:
    found = mean_from_sums(0.1 * 3, 3 * 0.1**2, 3)
    assert found.low == found.value == found.high


def test_whole_numbers_far_from_zero_lose_nothing() -> None:
    values = [10**12, 10**12 + 1, 10**12 + 2]  # floats would lose the spread in the squares
    found = mean_from_sums(sum(values), sum(v * v for v in values), 3)
    assert found.extra["standard_deviation"] == pytest.approx(1.0, rel=1e-12)


def test_floats_far_from_zero_are_summed_around_a_shift() -> None:
    apart = VALUES / 1e6
    found: Any = mean_from_sums(
        float(apart.sum()), float((apart**2).sum()), apart.size, shift=10**9
    )
    assert found.value == pytest.approx(1e9)
    assert found.extra["standard_deviation"] == pytest.approx(np.std(apart, ddof=1), rel=1e-10)


def test_decimals_and_numpy_numbers_are_numbers() -> None:
    found = mean_from_sums(Decimal("15"), np.float64(55.0), 5)
    assert found == mean_from_sums(15, 55, 5)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, "x", None])
def test_sums_that_are_no_numbers_are_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="finite number"):
        mean_from_sums(wrong, 55, 5)
    with pytest.raises(InputError, match="finite number"):
        mean_from_sums(15, wrong, 5)


@pytest.mark.parametrize("n", [-1, 2.5, 5.0, math.nan])
def test_counts_that_are_none_are_refused(n: Any) -> None:
    with pytest.raises(InputError, match="count of values"):
        mean_from_sums(15, 55, n)


def test_sums_of_different_rows_are_found_out() -> None:
    with pytest.raises(InputError, match="too small for this sum"):
        mean_from_sums(100, 55, 5)
    with pytest.raises(InputError, match="too small for this sum"):
        mean_from_sums(0, -1, 5)


def test_missing_values_are_refused_with_their_place() -> None:
    with pytest.raises(InputError, match="nan at place 1"):
        mean_of_values([1.0, math.nan, 2.0])


def test_values_handed_in_are_not_changed() -> None:
    handed = VALUES.copy()
    mean_of_values(handed)
    np.testing.assert_array_equal(handed, VALUES)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=50))
def test_sums_and_values_tell_the_same(values: list[int]) -> None:
    one: Any = mean_from_sums(sum(values), sum(v * v for v in values), len(values))
    other: Any = mean_of_values(values)
    assert (one.value, one.low, one.high) == pytest.approx(
        (other.value, other.low, other.high), abs=1e-8
    )


def test_equal_weights_change_nothing() -> None:
    found: Any = mean_from_weighted_sums(10, 30, 110, 20, 5)  # 1 .. 5 at weight 2
    plain: Any = mean_from_sums(15, 55, 5)
    assert (found.value, found.low, found.high) == pytest.approx(
        (plain.value, plain.low, plain.high)
    )


def test_unequal_weights_give_the_t_interval_of_the_effective_number() -> None:
    weights = np.arange(1, 41) / 10.0
    values = VALUES[:40]
    found: Any = mean_from_weighted_sums(
        float(weights.sum()),
        float(weights @ values),
        float(weights @ values**2),
        float(weights @ weights),
        40,
    )
    worth = weights.sum() ** 2 / (weights @ weights)
    mean = np.average(values, weights=weights)
    variance = np.average((values - mean) ** 2, weights=weights) / (worth - 1)
    peer = stats.t.interval(0.95, worth - 1, mean, math.sqrt(variance))
    assert (found.low, found.high) == pytest.approx(peer, rel=1e-9)


def test_one_heavy_answer_gives_no_interval() -> None:
    found = mean_from_weighted_sums(101, 300, 900, 10001, 2)
    assert found.low is None
    assert found.extra["effective_n"] < 2


def test_no_weights_give_no_mean() -> None:
    assert mean_from_weighted_sums(0, 0, 0, 0, 3).value is None


def test_scores_off_the_scale_do_not_move_the_mean() -> None:
    found = mean_of_scores({1: 2, 5: 2, 50: 3, 2.5: 1}, SCALES["csat5"])
    assert (found.value, found.n, found.extra["invalid"]) == (3.0, 4, 4.0)


def ratio(y: Any, x: Any) -> Any:
    return ratio_from_sums(y.sum(), x.sum(), y @ y, x @ x, x @ y, y.size)


def test_with_one_part_each_a_ratio_is_a_mean() -> None:
    found, plain = ratio(VALUES, np.ones(VALUES.size)), mean_of_values(VALUES)
    assert (found.value, found.low, found.high) == pytest.approx(
        (plain.value, plain.low, plain.high), rel=1e-9
    )


def test_the_error_of_a_ratio_is_near_that_of_the_jackknife() -> None:
    source = np.random.default_rng(11)
    x = source.integers(1, 9, size=400).astype(float)
    y = x * source.gamma(4.0, 10.0, size=400)
    left_out = (y.sum() - y) / (x.sum() - x)
    jackknife = math.sqrt(399 / 400 * ((left_out - left_out.mean()) ** 2).sum())
    assert ratio(y, x).extra["standard_error"] == pytest.approx(jackknife, rel=0.02)


def test_a_ratio_to_nothing_is_none() -> None:
    assert ratio_from_sums(5, 0, 25, 0, 0, 1).value is None
    assert ratio_from_sums(0, 0, 0, 0, 0, 0).value is None


def test_a_ratio_of_one_unit_has_no_interval() -> None:
    found = ratio_from_sums(30, 3, 900, 9, 90, 1)
    assert (found.value, found.low, found.high) == (10.0, None, None)


def test_products_of_other_rows_are_found_out() -> None:
    with pytest.raises(InputError, match="too small for this sum"):
        ratio_from_sums(60, 6, 1400, 14, 1400, 3)
