"""From counts to estimates, with and without weights: what several definitions share."""

import math
from collections.abc import Mapping

from rapport.kernel.figures import Estimate
from rapport.kernel.scales import SCALES, scale_named
from rapport.measures.definition import Counts, Parameter, ParameterValue
from rapport.methods.means import mean_from_sums, mean_from_weighted_sums
from rapport.methods.proportions import share, share_weighted
from rapport.methods.quantiles import METHOD, ranks

QUANTILE = Parameter(
    "quantile", 0.5, "which quantile: 0.5 is the median, 0.9 the p90", lowest=0.01, highest=0.99
)


def share_of(counts: Counts, part: str, whole: str) -> Estimate:
    """The count `part` of the count `whole` as a share, with Wilson's interval."""
    if counts.weight_squares is None:
        return share(counts.whole(part), counts.whole(whole), confidence=counts.confidence)
    return share_weighted(
        counts.number(part),
        counts.number(whole),
        counts.weight_squares,
        counts.rows,
        confidence=counts.confidence,
    )


def mean_of(counts: Counts, total: str, squares: str, n: str) -> Estimate:
    """The mean from the sums `total` and `squares` over `n` rows, with its t interval."""
    if counts.weight_squares is None:
        return mean_from_sums(
            counts.number(total),
            counts.number(squares),
            counts.whole(n),
            confidence=counts.confidence,
        )
    return mean_from_weighted_sums(
        counts.number(n),
        counts.number(total),
        counts.number(squares),
        counts.weight_squares,
        counts.rows,
        confidence=counts.confidence,
    )


def quantile_of(counts: Counts, size: str) -> Estimate:
    """The asked quantile of the ordered values, with its interval by order statistics.

    `size` names the count of values. `extra` holds median and p90 (where there are values).
    """
    n = counts.whole(size)
    p = float(counts.parameters["quantile"])
    if n == 0:
        return Estimate(None, None, None, counts.confidence, 0, METHOD)
    lower, upper = ranks(n, p, confidence=counts.confidence)
    return Estimate(
        quantile_at(counts.ordered, n, p),
        None if lower is None else counts.ordered[lower],
        None if upper is None else counts.ordered[upper],
        counts.confidence,
        n,
        METHOD,
        {
            "median": quantile_at(counts.ordered, n, 0.5),
            "p90": quantile_at(counts.ordered, n, 0.9),
        },
    )


def quantile_at(ordered: Mapping[int, float], n: int, p: float) -> float:
    """Quantile p of n values of which the needed ones are given by rank (type 7).

    Source: Hyndman & Fan (1996), The American Statistician 50, 361-365, definition 7.

    >>> quantile_at({2: 20.0, 3: 30.0}, 4, 0.5)
    25.0
    """
    place = (n - 1) * p
    below = math.floor(place)
    low = ordered[below + 1]
    if place == below:
        return low
    return low + (place - below) * (ordered[below + 2] - low)


def scale_parameter(default: str) -> Parameter:
    """The parameter `scale`, which says on what scale the answers were given."""
    return Parameter("scale", default, "scale of the answers", choices=tuple(sorted(SCALES)))


def of_scale(parameters: Mapping[str, ParameterValue]) -> dict[str, ParameterValue]:
    """Ends and top box of the chosen scale, for `:low`, `:high` and `:good` in SQL."""
    scale = scale_named(str(parameters["scale"]))
    return {"low": float(scale.low), "high": float(scale.high), "good": float(scale.good)}
