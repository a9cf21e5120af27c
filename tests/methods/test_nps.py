"""Net Promoter Score: what it gives, and what it refuses."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate
from rapport.methods.nps import (
    categories,
    difference,
    margin_of_error,
    nps,
    nps_weighted,
    sample_size,
)

COUNTS = st.integers(min_value=0, max_value=10_000)


def test_the_adjusted_interval_is_that_of_rocks() -> None:
    # 12 detractors, 23 passives, 65 promoters: adjusted score 51.4563, margin 13.6196.
    found = nps(65, 23, 12)
    assert found.value == pytest.approx(53.0)
    assert found.low == pytest.approx(37.8367, abs=1e-4)
    assert found.high == pytest.approx(65.0759, abs=1e-4)
    assert (found.n, found.method, found.confidence) == (100, "adjusted Wald", 0.95)


def test_the_score_interval_is_that_of_propcis() -> None:
    found = nps(65, 23, 12, method="score")  # R: PropCIs::scoreci.mp(65, 12, 100)
    assert found.low == pytest.approx(37.780, abs=2e-3)
    assert found.high == pytest.approx(65.157, abs=2e-3)


def test_shares_come_along() -> None:
    extra = nps(65, 23, 12).extra
    assert extra["promoter_share"] == 0.65
    assert extra["passive_share"] == 0.23
    assert extra["detractor_share"] == 0.12


def test_no_answers_give_no_score() -> None:
    assert nps(0, 0, 0) == Estimate(None, None, None, 0.95, 0, "adjusted Wald")
    assert margin_of_error(0, 0, 0) is None
    assert nps_weighted(0.0, 0.0, 0.0, 0.0, 0).value is None


def test_one_answer_gives_a_score_that_says_how_little_it_knows() -> None:
    found: Any = nps(1, 0, 0)
    assert found.value == 100.0
    assert found.high - found.low > 90


@pytest.mark.parametrize("method", ["adjusted_wald", "score"])
def test_all_promoters_still_leave_doubt(method: Any) -> None:
    found: Any = nps(10, 0, 0, method=method)
    assert (found.value, found.high) == (100.0, 100.0)
    assert found.low < 60


def test_all_detractors_mirror_all_promoters() -> None:
    worst: Any = nps(0, 0, 10)
    best: Any = nps(10, 0, 0)
    assert (worst.value, worst.low, worst.high) == pytest.approx((-100, -100, -best.low))


def test_only_passives_give_zero_with_an_interval_around_it() -> None:
    found: Any = nps(0, 10, 0)
    assert found.value == 0.0
    assert found.low == pytest.approx(-found.high)
    assert found.high > 0


@given(COUNTS, COUNTS, COUNTS, st.sampled_from(["adjusted_wald", "wald", "score"]))
def test_the_interval_stays_on_the_scale_and_mirrors(a: int, b: int, c: int, method: Any) -> None:
    found: Any = nps(a, b, c, method=method)
    mirror: Any = nps(c, b, a, method=method)
    if a + b + c == 0:
        assert found.value is None
        return
    assert -100 <= found.low <= found.high <= 100
    assert (found.low, found.high) == pytest.approx((-mirror.high, -mirror.low), abs=1e-9)


@pytest.mark.parametrize("wrong", [-1, 3.0, math.nan, math.inf, "3", None, True])
def test_what_is_no_count_is_refused_with_a_hint(wrong: Any) -> None:
    with pytest.raises(InputError, match="count of passives"):
        nps(1, wrong, 1)


def test_counts_of_numpy_are_counts() -> None:
    assert nps(np.int64(65), np.int64(23), np.int32(12)).value == nps(65, 23, 12).value  # type: ignore[arg-type]


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan])
def test_a_confidence_outside_0_to_1_is_refused(confidence: float) -> None:
    with pytest.raises(InputError, match="confidence"):
        nps(1, 1, 1, confidence=confidence)


def test_confidence_in_percent_is_answered_with_the_right_form() -> None:
    with pytest.raises(InputError, match=r"Write 0\.95 for 95 %"):
        nps(1, 1, 1, confidence=95)


def test_an_unknown_method_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean adjusted_wald"):
        nps(1, 1, 1, method="adjusted_wold")  # type: ignore[arg-type]


def test_asking_everybody_leaves_no_sampling_error() -> None:
    found = nps(65, 23, 12, method="wald", population=100)
    assert found.low == found.value == found.high


def test_a_finite_population_narrows_by_the_textbook_factor() -> None:
    # Cochran (1977), 3.2: sqrt((N - n) / (N - 1)).
    plain: Any = margin_of_error(65, 23, 12)
    assert margin_of_error(65, 23, 12, population=400) == pytest.approx(
        plain * math.sqrt(300 / 399)
    )


def test_more_answers_than_people_are_refused() -> None:
    with pytest.raises(InputError, match="more answers than people"):
        nps(65, 23, 12, population=99)


def test_the_score_interval_refuses_a_finite_population() -> None:
    with pytest.raises(InputError, match="finite population"):
        nps(65, 23, 12, method="score", population=400)


def test_missing_and_impossible_scores_are_counted_not_scored() -> None:
    found = categories(np.array([9, 10, np.nan, np.inf, -np.inf, 6.5, 11, -1, 0]))
    assert (found.promoters, found.passives, found.detractors, found.invalid) == (2, 0, 1, 6)


def test_no_scores_fall_nowhere() -> None:
    found = categories([])
    assert (found.promoters, found.passives, found.detractors, found.invalid) == (0, 0, 0, 0)


def test_words_are_no_scores() -> None:
    with pytest.raises(InputError, match="Scores must be numbers"):
        categories(["ten"])  # type: ignore[list-item]


def test_scores_handed_in_are_not_changed() -> None:
    handed = np.array([9.0, np.nan, 3.0])
    categories(handed)
    np.testing.assert_array_equal(handed, [9.0, np.nan, 3.0])


@pytest.mark.parametrize("method", ["adjusted_wald", "wald", "score"])
def test_equal_weights_change_nothing(method: Any) -> None:
    # Each of 100 answers weighs 2.5.
    found: Any = nps_weighted(162.5, 57.5, 30.0, 625.0, 100, method=method)
    plain: Any = nps(65, 23, 12, method=method)
    assert (found.value, found.low, found.high) == pytest.approx(
        (plain.value, plain.low, plain.high)
    )


def test_unequal_weights_widen_by_the_effective_number() -> None:
    # Weights 1 and 3 half and half: 400^2 / 1000 = 160 of 200 answers.
    found = nps_weighted(200.0, 120.0, 80.0, 1000.0, 200, method="wald")
    assert found.extra["effective_n"] == pytest.approx(160)
    assert found.extra["margin"] == pytest.approx(margin_of_error(80, 48, 32))
    assert found.n == 200


def test_weights_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="weights do not fit"):
        nps_weighted(65.0, 23.0, 12.0, 1.0, 100)
    with pytest.raises(InputError, match="finite"):
        nps_weighted(math.nan, 1.0, 1.0, 2.0, 2)


def test_a_difference_of_wald_scores_is_the_wald_test() -> None:
    found: Any = difference(nps(700, 200, 100, method="wald"), nps(600, 250, 150, method="wald"))
    assert found.value == pytest.approx(15.0)
    assert found.standard_error == pytest.approx(3.142451, abs=1e-6)
    assert found.z == pytest.approx(4.773344, abs=1e-6)
    assert found.p == pytest.approx(1.81e-6, abs=1e-8)


def test_a_difference_turns_its_sign_with_its_sides() -> None:
    a, b = nps(70, 20, 10), nps(50, 30, 20)
    one: Any = difference(a, b)
    other: Any = difference(b, a)
    assert (one.value, one.low, one.z) == pytest.approx((-other.value, -other.high, -other.z))


def test_scores_without_answers_cannot_be_compared() -> None:
    assert difference(nps(0, 0, 0), nps(1, 1, 1)) is None


def test_a_difference_without_spread_has_no_z() -> None:
    found: Any = difference(nps(5, 0, 0, method="wald"), nps(0, 0, 5, method="wald"))
    assert (found.value, found.z, found.p) == (200.0, None, None)


def test_only_scores_of_one_confidence_are_compared() -> None:
    with pytest.raises(InputError, match="one confidence"):
        difference(nps(1, 1, 1), nps(1, 1, 1, confidence=0.9))
    with pytest.raises(InputError, match="Only Net Promoter Scores"):
        difference(nps(1, 1, 1), Estimate(0.5, 0.4, 0.6, 0.95, 100, "Wilson"))


def test_the_sample_asked_for_reaches_its_margin_and_one_less_does_not() -> None:
    # Worst case: (1.959964 / 0.05)^2 = 1536.6.
    assert sample_size(5) == 1537
    assert sample_size(5, promoter_share=0.5, detractor_share=0.2) == 938


def test_a_small_population_needs_fewer_answers() -> None:
    needed = sample_size(5, population=2000)
    margin: Any = margin_of_error(needed // 2, 0, needed // 2, population=2000)
    assert needed < 1537
    assert margin == pytest.approx(5, abs=0.01)


@pytest.mark.parametrize("margin", [0, -1, 100, math.nan])
def test_an_impossible_margin_is_refused(margin: float) -> None:
    with pytest.raises(InputError, match="margin"):
        sample_size(margin)


def test_shares_beyond_everybody_are_refused() -> None:
    with pytest.raises(InputError, match="more than everybody"):
        sample_size(5, promoter_share=0.8, detractor_share=0.4)
