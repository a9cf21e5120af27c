"""Means with t intervals, from the sums a database can make.

Sources: Student (1908), Biometrika 6, 1-25; for ratios Cochran (1977), Sampling Techniques,
section 6.4.
"""

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate
from rapport.kernel.scales import Scale
from rapport.methods.inputs import (
    Number,
    checked_count,
    checked_number,
    checked_share,
    checked_values,
    effective_n,
)
from rapport.methods.normal import t_of

METHOD = "t"
# Sums of floats are off by some units in the sixteenth digit; a spread below that is rounding.
# Ints and Decimals are taken at their word.
ROUNDING = 1e-14


def mean_from_sums(
    total: Number, squares: Number, n: int, *, confidence: float = 0.95, shift: Number = 0
) -> Estimate:
    """The mean of n values with its t interval, from sum(x) and sum(x * x).

    The subtraction is done in exact fractions, so ints and Decimals lose nothing. Where floats
    are far from zero for their spread (years, epoch times), sum x - c and its square for a rough
    middle c, and hand c in as `shift`. n = 0 gives None for all; n = 1 the value without
    interval. `extra` holds standard_deviation and standard_error (from n = 2 on).

    Raises:
        InputError: a sum is no finite number, the count is negative, or the sums cannot be those
            of the same n values.

    >>> found = mean_from_sums(15, 55, 5)  # of 1, 2, 3, 4, 5
    >>> found.value, round(found.low, 4), round(found.high, 4)
    (3.0, 1.0368, 4.9632)
    """
    count = checked_count(n, "values")
    checked_share(confidence, "confidence")
    exact_total, exact_squares = _exact(total, "sum"), _exact(squares, "sum of squares")
    exact_shift = _exact(shift, "shift")
    if count == 0:
        return _nothing(confidence, 0)
    value = float(exact_total / count + exact_shift)
    spread = _spread(
        exact_squares - exact_total**2 / count, exact_squares, _rounded(total, squares)
    )
    if count == 1:
        return Estimate(value, None, None, confidence, 1, METHOD)
    return _interval(value, spread / (count - 1), float(count), count, confidence)


def mean_of_values(
    values: Iterable[float] | npt.ArrayLike, *, confidence: float = 0.95
) -> Estimate:
    """As `mean_from_sums`, from the values themselves (which are not changed).

    Raises:
        InputError: a value is missing, NaN or infinite.

    >>> round(mean_of_values([1, 2, 3, 4, 5]).high, 4)
    4.9632
    """
    array = checked_values(values, "values")
    checked_share(confidence, "confidence")
    if array.size == 0:
        return _nothing(confidence, 0)
    mean = float(array.mean())
    if array.size == 1:
        return Estimate(mean, None, None, confidence, 1, METHOD)
    return _interval(mean, float(array.var(ddof=1)), float(array.size), array.size, confidence)


def mean_of_scores(
    counts: Mapping[float, int] | Mapping[int, int], scale: Scale, *, confidence: float = 0.95
) -> Estimate:
    """The mean answer on a scale, from how often each score was given.

    Scores that are no answers on the scale are left out and counted in `extra` as invalid.

    Raises:
        InputError: a count is negative or not whole.

    >>> from rapport.kernel.scales import SCALES
    >>> mean_of_scores({1: 4, 2: 6, 3: 20, 4: 45, 5: 25}, SCALES["csat5"]).value
    3.81
    """
    checked = {score: checked_count(often, f"answers {score}") for score, often in counts.items()}
    valid = {Fraction(s): often for s, often in checked.items() if scale.holds(s)}
    n = sum(valid.values())
    total = sum((score * often for score, often in valid.items()), Fraction(0))
    squares = sum((score**2 * often for score, often in valid.items()), Fraction(0))
    found = mean_from_sums(total, squares, n, confidence=confidence)
    extra = {**found.extra, "invalid": float(sum(checked.values()) - n)}
    return Estimate(found.value, found.low, found.high, confidence, n, METHOD, extra)


def mean_from_weighted_sums(
    weights: Number,
    total: Number,
    squares: Number,
    weight_squares: Number,
    n: int,
    *,
    confidence: float = 0.95,
    shift: Number = 0,
) -> Estimate:
    """The weighted mean, from sum(w), sum(w x), sum(w x x), sum(w w) and the count.

    The interval is the t interval for the effective number of values (sum w)^2 / sum w^2, which
    stands in `extra` as effective_n; below two there is none. Weights 1 give `mean_from_sums`.

    Raises:
        InputError: as `mean_from_sums`, or the weights do not fit together.

    Source: Kish (1965), Survey Sampling, section 11.7.

    >>> mean_from_weighted_sums(5, 15, 55, 5, 5).high == mean_from_sums(15, 55, 5).high
    True
    """
    count = checked_count(n, "values")
    checked_share(confidence, "confidence")
    effective = effective_n(weights, weight_squares, count)
    if effective == 0:
        return _nothing(confidence, count)
    exact_weights = _exact(weights, "sum of weights")
    exact_total, exact_squares = _exact(total, "sum"), _exact(squares, "sum of squares")
    value = float(exact_total / exact_weights + _exact(shift, "shift"))
    spread = _spread(
        exact_squares - exact_total**2 / exact_weights,
        exact_squares,
        _rounded(weights, total, squares),
    )
    extra = {"effective_n": effective}
    if effective < 2:
        return Estimate(value, None, None, confidence, count, METHOD, extra)
    variance = spread / float(exact_weights) * effective / (effective - 1)
    found = _interval(value, variance, effective, count, confidence)
    return Estimate(
        value, found.low, found.high, confidence, count, METHOD, {**found.extra, **extra}
    )


def ratio_from_sums(
    above: Number,
    below: Number,
    above_squares: Number,
    below_squares: Number,
    products: Number,
    n: int,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """The ratio sum(y) / sum(x) over n units, with an interval that respects the units.

    For figures whose parts come in bundles: average order value over customers who order more
    than once (y spent, x orders of each customer), so that one customer's orders are not taken
    for independent. From sum(y), sum(x), sum(y y), sum(x x), sum(x y). None for all where
    sum(x) is 0; no interval below two units.

    Raises:
        InputError: a sum is no finite number, or the sums cannot be those of the same units.

    Source: Cochran (1977), Sampling Techniques, section 6.4 (linearised variance), with t for
    n - 1 degrees of freedom.

    >>> found = ratio_from_sums(60, 6, 1400, 14, 140, 3)  # spent 10, 20, 30 in 1, 2, 3 orders
    >>> found.value, found.low, found.high
    (10.0, 10.0, 10.0)
    """
    count = checked_count(n, "units")
    checked_share(confidence, "confidence")
    y, x = _exact(above, "sum above"), _exact(below, "sum below")
    yy, xx = _exact(above_squares, "sum of squares above"), _exact(below_squares, "squares below")
    xy = _exact(products, "sum of products")
    if count == 0 or x == 0:
        return _nothing(confidence, count, "linearised ratio")
    ratio = y / x
    # Sum of (y - R x)^2; its mean is zero by the choice of R.
    spread = _spread(
        yy - 2 * ratio * xy + ratio**2 * xx,
        yy + ratio**2 * xx,
        _rounded(above, below, above_squares, below_squares, products),
    )
    if count == 1:
        return Estimate(float(ratio), None, None, confidence, 1, "linearised ratio")
    error = math.sqrt(spread / (count - 1) * count) / abs(float(x))
    margin = t_of(confidence, count - 1) * error
    value = float(ratio)
    return Estimate(
        value,
        value - margin,
        value + margin,
        confidence,
        count,
        "linearised ratio",
        {"standard_error": error},
    )


def _exact(value: Any, name: str) -> Fraction:
    checked_number(value, name)
    # Numpy's numbers are no input of Fraction; a plain float holds the same value.
    return Fraction(value.item() if isinstance(value, np.generic) else value)


def _rounded(*sums: Any) -> bool:
    return any(isinstance(value, float | np.floating) for value in sums)


def _spread(spread: Fraction, size: Fraction, rounded: bool) -> float:
    """The sum of squared distances from the mean; what is only rounding of floats becomes 0."""
    if spread < -Fraction(1e-9) * abs(size) or size < 0:
        raise InputError(
            "The sum of squares is too small for this sum and count",
            got=f"{float(spread):g} as sum of squared distances from the mean",
            expected="sum(x), sum(x * x) and count(*) over the same rows",
        )
    noise = Fraction(ROUNDING) * size if rounded else Fraction(0)
    return 0.0 if spread <= noise else float(spread)


def _interval(
    value: float, variance: float, effective: float, n: int, confidence: float
) -> Estimate:
    error = math.sqrt(variance / effective)
    margin = t_of(confidence, effective - 1) * error
    extra = {"standard_deviation": math.sqrt(variance), "standard_error": error}
    return Estimate(value, value - margin, value + margin, confidence, n, METHOD, extra)


def _nothing(confidence: float, n: int, method: str = METHOD) -> Estimate:
    return Estimate(None, None, None, confidence, n, method)
