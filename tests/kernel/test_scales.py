"""Scales: what is an answer, and what is a good one."""

from math import inf, nan

import pytest

from rapport.kernel.errors import InputError
from rapport.kernel.scales import SCALES, Scale, scale_named


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.name)
def test_both_ends_of_a_scale_are_answers_and_nothing_beyond(scale: Scale) -> None:
    assert scale.holds(scale.low)
    assert scale.holds(scale.high)
    assert not scale.holds(scale.low - 1)
    assert not scale.holds(scale.high + 1)


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.name)
def test_a_good_answer_is_an_answer_above_the_lowest(scale: Scale) -> None:
    assert scale.holds(scale.good)
    assert scale.good > scale.low


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.name)
def test_what_is_no_number_is_no_answer(scale: Scale) -> None:
    assert not any(scale.holds(score) for score in (nan, inf, -inf))


def test_fractions_are_answers_where_the_scale_says_so() -> None:
    assert SCALES["stars5"].holds(4.5)
    assert not SCALES["csat5"].holds(4.5)


def test_promoters_begin_at_nine() -> None:
    # Reichheld 2003: promoters answer 9 or 10.
    assert SCALES["nps"].good == 9


def test_top_two_boxes_are_good_on_five_and_seven_point_scales() -> None:
    assert [SCALES[name].good for name in ("csat5", "csat7")] == [4, 6]


def test_an_unknown_scale_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean csat5"):
        scale_named("csat-5")
