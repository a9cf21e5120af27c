"""Quantiles: the ranks that bound them cover what they promise."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate
from rapport.methods.quantiles import quantile, quantile_interval, ranks


@pytest.mark.parametrize("p", [0.5, 0.75, 0.9, 0.95])
def test_by_the_exact_binomial_the_ranks_cover_95_percent_for_every_n(p: float) -> None:
    short = []
    for n in range(1, 2000):
        lower, upper = ranks(n, p)
        if lower is not None and upper is not None:
            covered = binom.cdf(upper - 1, n, p) - binom.cdf(lower - 1, n, p)
            short += [n] if covered < 0.95 else []
    assert short == []


@pytest.mark.parametrize(("p", "true"), [(0.5, math.log(2)), (0.9, math.log(10))])
def test_simulated_waits_are_covered_as_often_as_promised(p: float, true: float) -> None:
    source = np.random.default_rng(20260301)
    samples = np.sort(source.exponential(size=(4000, 120)), axis=1)
    lower, upper = ranks(120, p)
    assert lower is not None
    assert upper is not None
    held = np.mean((samples[:, lower - 1] <= true) & (true <= samples[:, upper - 1]))
    # Four standard errors of 4,000 trials are 0.014; the interval is not to be wasteful either.
    assert 0.95 - 0.014 < held < 0.985


def test_the_median_of_a_hundred_has_the_ranks_of_the_tables() -> None:
    assert ranks(100, 0.5) == (40, 61)  # exact 95 % ranks of the binomial


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5])
def test_too_few_values_bound_no_median(n: int) -> None:
    assert ranks(n, 0.5) == (None, None)


def test_some_values_bound_a_ninetieth_percentile_from_below_only() -> None:
    lower, upper = ranks(30, 0.9)
    assert lower is not None
    assert upper is None


def test_ranks_mirror_around_the_median() -> None:
    lower, upper = ranks(500, 0.9)
    assert lower is not None
    assert upper is not None
    low, high = ranks(500, 0.1)
    assert (low, high) == (501 - upper, 501 - lower)


def test_the_quantile_is_that_of_type_seven() -> None:
    assert quantile([1, 2, 3, 4], 0.5) == 2.5  # R: quantile(1:4, .5)
    assert quantile([10, 20, 40], 0.9) == pytest.approx(36)  # R: quantile(c(10, 20, 40), .9)


def test_no_values_have_no_quantile() -> None:
    expected = Estimate(None, None, None, 0.95, 0, "order statistics")
    assert quantile([], 0.5) is None
    assert quantile_interval([], 0.5) == expected


def test_one_value_is_its_own_median_without_interval() -> None:
    found = quantile_interval([7.0], 0.5)
    assert (found.value, found.low, found.high) == (7.0, None, None)


def test_equal_values_bound_themselves() -> None:
    found = quantile_interval([3.0] * 50, 0.5)
    assert (found.value, found.low, found.high) == (3.0, 3.0, 3.0)


@pytest.mark.parametrize("p", [0, 1, 50, -0.1, math.nan])
def test_a_quantile_outside_0_to_1_is_refused(p: float) -> None:
    with pytest.raises(InputError, match="quantile must"):
        ranks(10, p)


@pytest.mark.parametrize("n", [-1, 10.0, math.nan, None])
def test_a_count_that_is_none_is_refused(n: Any) -> None:
    with pytest.raises(InputError, match="count of values"):
        ranks(n, 0.5)


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_values_that_are_not_finite_are_refused(wrong: float) -> None:
    with pytest.raises(InputError, match="finite"):
        quantile([1.0, wrong], 0.5)


def test_values_handed_in_keep_their_order() -> None:
    handed = np.array([3.0, 1.0, 2.0])
    quantile_interval(handed, 0.5)
    assert handed.tolist() == [3.0, 1.0, 2.0]
