"""Figures in words: nothing is claimed that may be chance."""

import pytest

from rapport.kernel.figures import Figure
from rapport.web.wording import change, interval, value


def figure(value, low, high, unit="points", n=900):
    return Figure(
        "nps", value, unit, n, low, high, 0.95, "Wald", {}, "", "", "", None, None, "nps/1"
    )


def test_a_rise_beyond_chance_is_told_with_its_size():
    told = change(figure(45.0, 42.0, 48.0), figure(40.0, 37.0, 43.0), 90)
    assert told == ("up 5 points on the 90 days before, more than chance", 5.0)


def test_a_fall_of_a_share_is_told_in_percentage_points():
    told = change(figure(0.80, 0.79, 0.81, "share"), figure(0.92, 0.91, 0.93, "share"), 365)
    assert told[0] == "down 12 percentage points on the year before, more than chance"


def test_a_difference_that_may_be_chance_is_not_told():
    assert change(figure(42.0, 38.0, 46.0), figure(40.0, 36.0, 44.0), 90) is None


def test_too_few_answers_before_tell_no_change():
    assert change(figure(45.0, 42.0, 48.0), figure(None, None, None), 90) is None


def test_a_value_without_an_interval_tells_no_change():
    assert change(figure(45.0, None, None), figure(1.0, None, None), 90) is None


def test_an_even_interval_is_plus_or_minus():
    assert interval(figure(31.0, 28.0, 34.0)) == "±\u202f3"


def test_an_uneven_interval_is_a_range():
    assert interval(figure(-31.0, -38.0, -26.0)) == "−38 to −26"


def test_a_share_has_a_range_in_per_cent():
    assert interval(figure(0.82, 0.801, 0.838, "share")) == "80 to 84\u202f%"


@pytest.mark.parametrize(
    ("number", "unit", "told"),
    [
        (-4.2, "points", "−4"),
        (0.2, "points", "0"),
        (0.9996, "share", ">99.9\u202f%"),
        (0.031, "share", "3.1\u202f%"),
        (-12.5, "EUR", "−12.5\u202fEUR"),
        (0.2, "minutes", "12\u202fs"),
        (0.0, "hours", "0\u202fs"),
    ],
)
def test_values_have_their_unit(number, unit, told):
    assert value(number, unit) == told
