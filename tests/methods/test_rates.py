"""Rates of events: Garwood's exact interval."""

import math
from typing import Any

import pytest
from scipy import stats
from statsmodels.stats.rates import confint_poisson  # type: ignore[import-untyped]

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate
from rapport.methods.rates import rate, rate_difference


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.025, 5.572), (10, 4.795, 18.390)]
)
def test_counts_have_the_limits_of_garwoods_table(count: int, low: float, high: float) -> None:
    found = rate(count)
    assert found.low == pytest.approx(low, abs=5e-4)
    assert found.high == pytest.approx(high, abs=5e-4)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_rates_equal_those_of_statsmodels(confidence: float) -> None:
    for count in (1, 5, 60, 12_345):
        found: Any = rate(count, 250.5, confidence=confidence)
        peer = confint_poisson(count, 250.5, method="exact-c", alpha=1 - confidence)
        assert (found.low, found.high) == pytest.approx(peer, rel=1e-9)


def test_no_exposure_gives_no_rate() -> None:
    assert rate(0, 0) == Estimate(None, None, None, 0.95, 0, "exact Poisson (Garwood)")
    assert rate_difference(0, 0, 3, 10).value is None


def test_events_without_exposure_are_refused() -> None:
    with pytest.raises(InputError, match="exposure is too small"):
        rate(3, 0)


@pytest.mark.parametrize("wrong", [-1, 1.0, math.nan, math.inf, None])
def test_what_is_no_count_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="count of events"):
        rate(wrong)


@pytest.mark.parametrize("wrong", [-1, math.nan, math.inf, None])
def test_what_is_no_exposure_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="exposure"):
        rate(3, wrong)


def test_a_difference_of_many_events_is_nearly_normal() -> None:
    found: Any = rate_difference(6000, 100, 5000, 100)
    margin = stats.norm.ppf(0.975) * math.sqrt(11_000) / 100
    assert (found.low, found.high) == pytest.approx((10 - margin, 10 + margin), abs=0.02)


def test_a_difference_turns_its_sign_with_its_sides() -> None:
    one: Any = rate_difference(0, 50, 7, 100)
    other: Any = rate_difference(7, 100, 0, 50)
    assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))
