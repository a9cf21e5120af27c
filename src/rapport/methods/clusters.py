"""Shares whose observations come in bundles (replies of a conversation, answers of a customer).

Observations of one bundle are alike, so there is less to learn from ten of them than from ten
strangers. The spread is therefore taken between bundles.
"""

from fractions import Fraction

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate
from rapport.methods.inputs import checked_count, checked_part, checked_share
from rapport.methods.proportions import wilson

METHOD = "Wilson, effective n"


def share_of_clusters(
    part: int,
    total: int,
    part_squares: int,
    total_squares: int,
    products: int,
    clusters: int,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """The share sum(y) / sum(m) over clusters, each with y of its m observations counting.

    From sum(y), sum(m), sum(y y), sum(m m), sum(y m) and the number of clusters. The interval is
    Wilson's for the effective number p (1 - p) / v, where v is the variance of the ratio between
    clusters: so it has a width where the clusters agree too. The effective number never exceeds the
    observations; where all or none count, v says nothing and each cluster counts once. `n` counts
    observations; `extra` holds effective_n and clusters. None for all without observations; no
    interval from one cluster.

    Raises:
        InputError: a count is negative or not whole, or the sums cannot be of the same clusters.

    Source: Cochran (1977), Sampling Techniques, section 3.12, for the variance; Dean & Pagano
    (2015), Journal of Survey Statistics and Methodology 3, 484-503, for Wilson with the effective
    number.

    >>> found = share_of_clusters(20, 40, 40, 80, 40, 20)  # twenty pairs, in each both or none
    >>> found.value, round(found.extra["effective_n"], 6)
    (0.5, 19.0)
    """
    groups = checked_count(clusters, "clusters")
    size = checked_count(total, "observations")
    counted = checked_part(part, size, "those that count", "observations")
    checked_share(confidence, "confidence")
    if size == 0:
        return Estimate(None, None, None, confidence, 0, METHOD)
    spread = _spread(counted, size, part_squares, total_squares, products)
    p = counted / size
    if groups < 2:
        return Estimate(p, None, None, confidence, size, METHOD, {"clusters": float(groups)})
    effective = _effective(Fraction(counted, size), size, spread, groups)
    low, high = wilson(p * effective, effective, confidence)
    extra = {"effective_n": effective, "clusters": float(groups)}
    return Estimate(p, low, high, confidence, size, METHOD, extra)


def _spread(part: int, total: int, parts: int, totals: int, products: int) -> Fraction:
    """The sum over clusters of (y - p m)^2."""
    p = Fraction(part, total)
    spread = parts - 2 * p * products + p * p * totals
    if spread < 0 or parts > totals:
        raise InputError(
            "The sums cannot be those of the same clusters",
            got=f"a sum of squared distances of {float(spread):g}",
            expected="sum(y * y), sum(m * m) and sum(y * m) over the same clusters",
        )
    return spread


def _effective(p: Fraction, size: int, spread: Fraction, groups: int) -> float:
    if p in (0, 1):
        return float(groups)
    if spread == 0:
        return float(size)
    variance = spread * groups / (groups - 1) / size**2
    return float(min(p * (1 - p) / variance, Fraction(size)))
