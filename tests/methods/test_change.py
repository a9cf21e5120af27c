"""Change: a difference is more than chance where its interval leaves zero out."""

from typing import Any

import numpy as np
import pytest

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate
from rapport.methods import nps
from rapport.methods.change import difference, is_more_than_chance
from rapport.methods.proportions import share


def test_two_wald_scores_give_the_wald_difference() -> None:
    a, b = nps.nps(700, 200, 100, method="wald"), nps.nps(600, 250, 150, method="wald")
    found: Any = difference(a, b)
    assert (found.low, found.high) == pytest.approx((8.840909, 21.159091), abs=1e-6)


def test_two_wilson_shares_give_newcombes_difference() -> None:
    found: Any = difference(share(56, 70), share(48, 80))  # Newcombe (1998), Table II
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_up_four_points_is_chance_for_hundreds_and_more_for_ten_thousands() -> None:
    assert is_more_than_chance(nps.nps(240, 200, 60), nps.nps(220, 220, 60)) is False
    assert is_more_than_chance(nps.nps(24000, 20000, 6000), nps.nps(22000, 22000, 6000)) is True


def test_intervals_that_overlap_may_still_differ() -> None:
    a: Any = share(560, 1000)
    b: Any = share(510, 1000)
    assert a.low < b.high
    assert is_more_than_chance(a, b) is True


def test_a_fall_is_a_change_as_well() -> None:
    assert is_more_than_chance(share(10, 100), share(60, 100)) is True


def test_without_a_difference_chance_is_called_as_seldom_as_promised() -> None:
    source = np.random.default_rng(5)
    pairs = source.binomial(200, 0.3, size=(4000, 2))
    called = [is_more_than_chance(share(int(a), 200), share(int(b), 200)) for a, b in pairs]
    assert 0.036 < np.mean(np.array(called, dtype=float)) < 0.064  # 0.05, four standard errors


def test_too_few_to_say_is_none() -> None:
    nothing, one = share(0, 0), Estimate(3.0, None, None, 0.95, 1, "t")
    some = share(3, 10)
    assert is_more_than_chance(nothing, some) is None
    assert is_more_than_chance(some, one) is None
    assert difference(nothing, some).value is None
    assert difference(one, one).value == 0.0


def test_two_confidences_are_refused() -> None:
    with pytest.raises(InputError, match="one confidence"):
        difference(share(3, 10), share(3, 10, confidence=0.9))
