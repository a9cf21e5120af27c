"""Quantiles and their distribution-free intervals by order statistics."""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from rapport.kernel.figures import Estimate
from rapport.methods.inputs import checked_count, checked_share, checked_values
from rapport.methods.normal import z_of

METHOD = "order statistics"


def ranks(n: int, p: float, *, confidence: float = 0.95) -> tuple[int | None, int | None]:
    """Which of n values in rising order (1 is the smallest) bound the quantile p.

    One formula for every n, so that SQL can count to the same rows:

        lower = floor(n p - z sqrt(n p (1 - p)) + 1/2)
        upper = ceil (n p + z sqrt(n p (1 - p)) + 1/2)

    An end is None where that rank lies outside 1 .. n: there are too few values to bound the
    quantile on that side. No assumption on the distribution; with ties the interval is only
    surer than asked. The number of values below the quantile is binomial; the half is the
    correction for approximating it by the normal. By the exact binomial, at 0.95 and wherever
    both ends exist, it covers at least 0.95 for the median to the 99th percentile.

    Raises:
        InputError: the count is negative, or p or the confidence is not between 0 and 1.

    Source: Conover (1999), Practical Nonparametric Statistics, section 3.2 (who rounds both ends
    up without the half, and falls below the confidence in every second case); David & Nagaraja
    (2003), Order Statistics, section 7.1.

    >>> ranks(100, 0.5), ranks(100, 0.9), ranks(5, 0.5)
    ((40, 61), (84, 97), (None, None))
    """
    count = checked_count(n, "values")
    share = checked_share(p, "quantile")
    middle = count * share
    margin = z_of(confidence) * math.sqrt(count * share * (1 - share))
    lower = math.floor(middle - margin + 0.5)
    upper = math.ceil(middle + margin + 0.5)
    return (lower if lower >= 1 else None), (upper if upper <= count else None)


def quantile(values: Iterable[float] | npt.ArrayLike, p: float) -> float | None:
    """The quantile p, linear between neighbours (type 7; quantile_cont in DuckDB).

    None where there are no values.

    Raises:
        InputError: p is not between 0 and 1, or a value is missing, NaN or infinite.

    Source: Hyndman & Fan (1996), The American Statistician 50, 361-365, definition 7.

    >>> quantile([1, 2, 3, 4], 0.5), quantile([], 0.5)
    (2.5, None)
    """
    share = checked_share(p, "quantile")
    array = checked_values(values, "values")
    return float(np.quantile(array, share)) if array.size else None


def quantile_interval(
    values: Iterable[float] | npt.ArrayLike, p: float, *, confidence: float = 0.95
) -> Estimate:
    """The quantile p of the values with its interval by `ranks`.

    An end is None where there are too few values for it; without values all three are.

    Raises:
        InputError: as `quantile`.

    >>> found = quantile_interval(range(1, 101), 0.5)
    >>> found.value, found.low, found.high
    (50.5, 40.0, 61.0)
    """
    array = np.sort(checked_values(values, "values"))
    lower, upper = ranks(array.size, p, confidence=confidence)
    return Estimate(
        quantile(array, p),
        None if lower is None else float(array[lower - 1]),
        None if upper is None else float(array[upper - 1]),
        confidence,
        array.size,
        METHOD,
    )
