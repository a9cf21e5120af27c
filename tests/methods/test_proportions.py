"""Shares: against Newcombe's tables and statsmodels, and at the edges."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import (  # type: ignore[import-untyped]
    confint_proportions_2indep,
    proportion_confint,
)

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate
from rapport.kernel.scales import SCALES
from rapport.methods.proportions import (
    mcnemar,
    share,
    share_difference,
    share_weighted,
    top_box,
)

PEERS = {
    "wilson": "wilson",
    "wald": "normal",
    "agresti_coull": "agresti_coull",
    "clopper_pearson": "beta",
}


def test_wilson_gives_newcombes_table() -> None:
    # Newcombe (1998), Table I: 81 of 263, 15 of 148, 1 of 29.
    for count, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)):
        found = share(count, n)
        assert found.low == pytest.approx(low, abs=5e-5)
        assert found.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize("method", PEERS)
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_every_method_equals_statsmodels(method: Any, confidence: float) -> None:
    for n in (1, 2, 7, 29, 263, 100_000):
        for count in {0, 1, n // 3, n // 2, n - 1, n}:
            found: Any = share(count, n, confidence=confidence, method=method)
            peer = proportion_confint(count, n, 1 - confidence, PEERS[method])
            clipped = (max(0.0, peer[0]), min(1.0, peer[1]))
            assert (found.low, found.high) == pytest.approx(clipped, abs=1e-9)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_newcombes_difference_equals_statsmodels(confidence: float) -> None:
    for table in (
        (56, 70, 48, 80),
        (5, 56, 0, 29),
        (0, 10, 0, 20),
        (9, 10, 3, 10),
        (3, 4, 999, 1000),
    ):
        found: Any = share_difference(*table, confidence=confidence)
        peer = confint_proportions_2indep(
            *table, method="newcomb", compare="diff", alpha=1 - confidence
        )
        assert (found.low, found.high) == pytest.approx(peer, abs=1e-9)


def test_nothing_of_nothing_is_no_share() -> None:
    assert share(0, 0) == Estimate(None, None, None, 0.95, 0, "Wilson")
    assert share_difference(0, 0, 1, 2).value is None
    assert share_weighted(0.0, 0.0, 0.0, 0).value is None


def test_one_answer_gives_a_share_that_says_how_little_it_knows() -> None:
    found = share(1, 1)  # Wilson: 1 / (1 + z^2)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(1 / (1 + 1.959963984540054**2))


@given(st.integers(0, 5000), st.integers(1, 5000), st.sampled_from(list(PEERS)))
def test_the_interval_holds_the_share(count: int, n: int, method: Any) -> None:
    found: Any = share(min(count, n), n, method=method)
    assert 0 <= found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize("wrong", [-1, 1.0, math.nan, math.inf, "1", None, False])
def test_what_is_no_count_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="count of"):
        share(wrong, 10)
    with pytest.raises(InputError, match="count of"):
        share(0, wrong)


def test_a_part_beyond_the_whole_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be larger"):
        share(11, 10)


def test_unknown_methods_are_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean wilson"):
        share(1, 2, method="wlson")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="Did you mean newcombe"):
        share_difference(1, 2, 1, 2, method="newcomb")  # type: ignore[arg-type]


def test_equal_weights_change_nothing() -> None:
    found: Any = share_weighted(202.5, 657.5, 1643.75, 263)  # 81 of 263 at 2.5 each
    plain: Any = share(81, 263)
    assert (found.value, found.low, found.high) == pytest.approx(
        (plain.value, plain.low, plain.high)
    )


def test_unequal_weights_widen_by_the_effective_number() -> None:
    found: Any = share_weighted(200.0, 400.0, 1000.0, 200)  # worth 160 answers
    assert (found.low, found.high) == pytest.approx((share(80, 160).low, share(80, 160).high))
    assert (found.n, found.extra["effective_n"]) == (200, pytest.approx(160))


def test_weights_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="cannot exceed"):
        share_weighted(5.0, 4.0, 4.0, 4)
    with pytest.raises(InputError, match="weights do not fit"):
        share_weighted(1.0, 4.0, 0.0, 4)


def test_the_top_box_leaves_invalid_answers_out_and_counts_them() -> None:
    found = top_box({1: 4, 2: 6, 3: 20, 4: 45, 5: 25, 0: 3, 6: 2, math.nan: 1}, SCALES["csat5"])
    assert (found.value, found.n, found.extra["invalid"]) == (0.7, 100, 6.0)


def test_a_top_box_without_answers_is_none() -> None:
    assert top_box({}, SCALES["csat5"]).value is None


def test_counts_handed_in_are_not_changed() -> None:
    counts = {1: 4, 5: 6, 9: 1}
    top_box(counts, SCALES["csat5"])
    assert counts == {1: 4, 5: 6, 9: 1}


def test_mcnemar_gives_the_figures_of_r() -> None:
    found = mcnemar(86, 150)  # R: mcnemar.test(matrix(c(794, 86, 150, 570), 2))
    assert found.chi_squared_corrected == pytest.approx(16.818, abs=5e-4)
    assert found.p_corrected == pytest.approx(4.115e-5, abs=5e-9)


def test_where_nobody_changed_there_is_nothing_to_test() -> None:
    found = mcnemar(0, 0)
    assert (found.chi_squared, found.p, found.p_corrected) == (None, None, None)


def test_one_who_changed_cannot_be_more_than_chance() -> None:
    found: Any = mcnemar(1, 0)
    assert (found.chi_squared_corrected, found.p_corrected) == (0.0, 1.0)
