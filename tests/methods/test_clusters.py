"""Shares of observations that come in bundles."""

import math

import pytest
from statsmodels.stats.proportion import proportion_confint

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate
from rapport.methods.clusters import share_of_clusters


def of(*clusters: tuple[int, int]) -> Estimate:
    """The share of (counting, all) of each cluster."""
    y, m = [part for part, _ in clusters], [size for _, size in clusters]
    return share_of_clusters(
        sum(y),
        sum(m),
        sum(v * v for v in y),
        sum(v * v for v in m),
        sum(a * b for a, b in clusters),
        len(clusters),
    )


def test_single_observations_are_a_plain_share_of_one_less() -> None:
    # p (1 - p) / (n - 1) is the unbiased variance of a share: Cochran (1977), theorem 3.2.
    found = of(*[(1, 1)] * 30, *[(0, 1)] * 70)
    assert found.extra["effective_n"] == pytest.approx(99)
    expected = proportion_confint(0.3 * 99, 99, method="wilson")
    assert (found.low, found.high) == pytest.approx(expected)


def test_saying_everything_twice_teaches_nothing_more() -> None:
    once = of(*[(1, 1)] * 30, *[(0, 1)] * 70)
    twice = of(*[(2, 2)] * 30, *[(0, 2)] * 70)
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high))
    assert (once.n, twice.n) == (100, 200)


def test_the_spread_is_that_of_a_regression_clustered_by_group() -> None:
    """statsmodels: least squares on a constant, cluster-robust errors (CR1)."""
    statsmodels = pytest.importorskip("statsmodels.api")
    clusters = [(1, 3), (0, 2), (4, 4), (2, 5), (0, 1), (3, 3), (1, 6), (2, 2)]
    counts = [[1] * y + [0] * (m - y) for y, m in clusters]
    flat = [v for group in counts for v in group]
    groups = [n for n, group in enumerate(counts) for _ in group]
    fit = statsmodels.OLS(flat, [1.0] * len(flat)).fit(
        cov_type="cluster",
        cov_kwds={"groups": groups, "df_correction": True, "use_correction": True},
    )
    # Its small-sample factor is g/(g-1) * (n-1)/(n-k) with k = 1: that of the ratio exactly.
    p = sum(flat) / len(flat)
    found = of(*clusters)
    assert found.value == pytest.approx(p)
    assert math.sqrt(p * (1 - p) / found.extra["effective_n"]) == pytest.approx(fit.bse[0])


def test_where_all_agree_each_cluster_counts_once() -> None:
    found = of(*[(5, 5)] * 20)
    assert found.value == 1.0
    assert (found.low, found.high) == pytest.approx(
        proportion_confint(20, 20, method="wilson"), abs=1e-12
    )


def test_clusters_that_are_all_the_same_are_never_more_than_their_observations() -> None:
    assert of(*[(1, 2)] * 10).extra["effective_n"] == 20


def test_one_cluster_has_no_interval_and_nothing_no_value() -> None:
    assert (of((1, 4)).value, of((1, 4)).low) == (0.25, None)
    assert of().value is None


def test_sums_of_other_clusters_are_refused() -> None:
    with pytest.raises(InputError, match="same clusters"):
        share_of_clusters(10, 20, 100, 40, 20, 10)
