"""Net Promoter Score: categories, intervals, comparison, sample size.

The score is the share of promoters less the share of detractors, in points from -100 to 100.
Sources: Reichheld (2003), Harvard Business Review 81(12) for the score; Rocks (2016), The
American Statistician 70, 365-372 (arXiv 1601.07235) for the intervals.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from rapport.kernel.errors import InputError, did_you_mean
from rapport.kernel.figures import Estimate
from rapport.methods.inputs import (
    Number,
    checked_count,
    checked_number,
    checked_share,
    effective_n,
)
from rapport.methods.normal import two_sided_p, z_of
from rapport.methods.tango import score_interval

Method = Literal["adjusted_wald", "wald", "score"]
NAMES = {"adjusted_wald": "adjusted Wald", "wald": "Wald", "score": "score (Tango)"}
# Rocks's adjustment AW(3, T): three answers more, spread as 3/4, 3/2 and 3/4.
ADDED_EXTREME = 0.75
ADDED_PASSIVE = 1.5


@dataclass(frozen=True, slots=True)
class Categories:
    """How many answers fall where; `invalid` are missing or outside 0 to 10, never scored."""

    promoters: int
    passives: int
    detractors: int
    invalid: int


@dataclass(frozen=True, slots=True)
class NpsDifference:
    """How much higher one score is than another, in points.

    Attributes:
        value: the observed difference in points.
        low, high: ends of its interval.
        z: the difference in standard errors; None where both are without spread.
        p: two-sided, of the hypothesis that there is no difference; None as z.
        standard_error: in points.
    """

    value: float
    low: float
    high: float
    confidence: float
    z: float | None
    p: float | None
    standard_error: float


def categories(scores: Iterable[float | None]) -> Categories:
    """Count promoters (9, 10), passives (7, 8), detractors (0 to 6) and invalid answers.

    Missing (None, NaN), fractional and out-of-range answers count as invalid.

    Raises:
        InputError: the scores are no numbers.

    Source: Reichheld (2003).

    >>> categories([0, 6, 7, 8, 9, 10, None, 11, -1])
    Categories(promoters=2, passives=2, detractors=2, invalid=3)
    """
    try:
        array = np.asarray(
            scores if isinstance(scores, np.ndarray) else list(scores), dtype=np.float64
        )
    except (TypeError, ValueError):
        raise InputError(
            "Scores must be numbers or missing",
            expected="0 to 10, None where there is no answer",
            hint="Turn text into numbers first, and what is none into None.",
        ) from None
    # A comparison with NaN is false, so what is missing ends among the invalid.
    valid = (array >= 0) & (array <= 10) & (array == np.floor(array))
    promoters = int(np.count_nonzero(valid & (array >= 9)))
    detractors = int(np.count_nonzero(valid & (array <= 6)))
    scored = int(np.count_nonzero(valid))
    return Categories(promoters, scored - promoters - detractors, detractors, array.size - scored)


def nps(
    promoters: int,
    passives: int,
    detractors: int,
    *,
    confidence: float = 0.95,
    method: Method = "adjusted_wald",
    population: int | None = None,
) -> Estimate:
    """Net Promoter Score in points with its interval.

    The value is always the observed score; the interval is clipped to -100 .. 100. Methods:
    `adjusted_wald` (Rocks's AW(3, T): three answers are added as 3/4, 3/2, 3/4; the default,
    as it holds its confidence in small samples and where nobody is a detractor), `wald` (no
    width where all answers are alike), `score` (Tango 1998). `population` narrows the first two
    by the finite population correction, where the answers are a random sample of so many people.

    `extra` holds promoter_share, passive_share, detractor_share (0 to 1), and in points
    standard_error, centre (of the interval before clipping) and margin (half its width).
    Without answers value, low and high are None and `extra` is empty.

    Raises:
        InputError: a count is negative or not whole; the confidence is not between 0 and 1;
            there is no such method; more answers than people.

    Source: Rocks (2016); Tango (1998), Statistics in Medicine 17, 891-908; finite population:
    Cochran (1977), Sampling Techniques, section 3.2.

    >>> estimate = nps(65, 23, 12)
    >>> round(estimate.value, 2), round(estimate.low, 2), round(estimate.high, 2), estimate.n
    (53.0, 37.84, 65.08, 100)
    """
    counts = _checked_counts(promoters, passives, detractors)
    n = sum(counts)
    correction = _finite_population(n, population)
    return _estimate(*counts, n, confidence, method, correction)


def nps_weighted(
    promoters: Number,
    passives: Number,
    detractors: Number,
    weight_squares: Number,
    n: int,
    *,
    confidence: float = 0.95,
    method: Method = "adjusted_wald",
) -> Estimate:
    """Net Promoter Score of weighted answers.

    The first three are sums of weights, `weight_squares` is the sum of squared weights over all
    answers and `n` the count of answers. The interval is that of `nps` for the effective number
    of answers (sum w)^2 / sum w^2, which stands in `extra` as effective_n. With all weights 1 it
    gives the same as `nps`.

    Raises:
        InputError: a sum is negative or not finite; the weights do not fit together.

    Source: Kish (1965), Survey Sampling, section 11.7; else as `nps`.

    >>> nps_weighted(65.0, 23.0, 12.0, 100.0, 100).low == nps(65, 23, 12).low
    True
    """
    sums = [
        checked_number(value, f"sum of weights of {name}", at_least=0)
        for value, name in (
            (promoters, "promoters"),
            (passives, "passives"),
            (detractors, "detractors"),
        )
    ]
    answers = checked_count(n, "answers")
    total = math.fsum(sums)
    effective = effective_n(total, weight_squares, answers)
    if effective == 0:
        return _estimate(0.0, 0.0, 0.0, answers, confidence, method, 1.0)
    up, middle, down = (part * effective / total for part in sums)
    found = _estimate(up, middle, down, answers, confidence, method, 1.0)
    extra = {**found.extra, "effective_n": effective}
    return Estimate(found.value, found.low, found.high, confidence, answers, found.method, extra)


def difference(a: Estimate, b: Estimate) -> NpsDifference | None:
    """Test whether two independent scores differ: how much higher `a` is than `b`.

    Both are results of `nps` or `nps_weighted`. Each brings the centre and standard error of its
    own method; with two Wald estimates this is the plain test with se = sqrt(se_a^2 + se_b^2).
    None where one of them has no answers. Not for the same people asked twice.

    Raises:
        InputError: an estimate is not a score, or the confidences differ.

    Source: Rocks (2016); Wald test of two independent means.

    >>> found = difference(nps(700, 200, 100, method="wald"), nps(600, 250, 150, method="wald"))
    >>> round(found.value, 4), round(found.z, 4)
    (15.0, 4.7733)
    """
    if a.confidence != b.confidence:
        raise InputError(
            "Two scores can only be compared at one confidence",
            got=f"{a.confidence} and {b.confidence}",
            expected="the same twice",
        )
    if a.value is None or b.value is None:
        return None
    try:
        error = math.hypot(a.extra["standard_error"], b.extra["standard_error"])
        apart = a.extra["centre"] - b.extra["centre"]
    except KeyError:
        raise InputError(
            "Only Net Promoter Scores can be compared here",
            got=f"{a.method} and {b.method}",
            expected="results of nps()",
            hint="For other estimates use rapport.methods.change.",
        ) from None
    margin = z_of(a.confidence) * error
    z = apart / error if error > 0 else None
    return NpsDifference(
        value=a.value - b.value,
        low=max(-200.0, apart - margin),
        high=min(200.0, apart + margin),
        confidence=a.confidence,
        z=z,
        p=None if z is None else two_sided_p(z),
        standard_error=error,
    )


def margin_of_error(
    promoters: int,
    passives: int,
    detractors: int,
    *,
    confidence: float = 0.95,
    population: int | None = None,
) -> float | None:
    """Half the width of the Wald interval, in points: the "plus or minus" of a report.

    None without answers. Zero where all answers are alike, which says nothing: see `nps`.

    Raises:
        InputError: as `nps`.

    >>> round(margin_of_error(200, 0, 200), 4)
    9.7998
    """
    found = nps(
        promoters,
        passives,
        detractors,
        confidence=confidence,
        method="wald",
        population=population,
    )
    return found.extra.get("margin")


def sample_size(
    margin_points: float,
    *,
    confidence: float = 0.95,
    promoter_share: float = 0.5,
    detractor_share: float = 0.5,
    population: int | None = None,
) -> int:
    """How many answers are needed for a margin of error of so many points.

    The shares are what one expects; the defaults are the worst case (no passives, score 0),
    which needs four times as many answers as a plain share. `population` is how many people
    there are to ask.

    Raises:
        InputError: the margin is not above 0 and below 100, or the shares are not shares.

    Source: Rocks (2016), Wald margin solved for n; finite population: Cochran (1977),
    Sampling Techniques, section 4.4.

    >>> sample_size(5), sample_size(5, population=2000)
    (1537, 870)
    """
    margin = checked_share(checked_number(margin_points, "margin in points") / 100, "margin")
    up = checked_number(promoter_share, "share of promoters", at_least=0)
    down = checked_number(detractor_share, "share of detractors", at_least=0)
    if up + down > 1 + 1e-12:
        raise InputError(
            "Promoters and detractors cannot be more than everybody",
            got=f"{up:g} + {down:g}",
            expected="shares that add up to at most 1",
        )
    variance = max(0.0, up + down - (up - down) ** 2)
    needed = variance * (z_of(confidence) / margin) ** 2
    if population is not None:
        people = checked_count(population, "people")
        needed = min(float(people), needed / (1 + (needed - 1) / people)) if people else 0.0
    # Rounding must not ask for one answer more where the result is whole.
    return max(1, math.ceil(needed - 1e-9)) if population != 0 else 0


def _checked_counts(promoters: Any, passives: Any, detractors: Any) -> tuple[int, int, int]:
    return (
        checked_count(promoters, "promoters"),
        checked_count(passives, "passives"),
        checked_count(detractors, "detractors"),
    )


def _finite_population(n: int, population: int | None) -> float:
    """What the standard error is multiplied by: sqrt((N - n) / (N - 1))."""
    if population is None:
        return 1.0
    people = checked_count(population, "people")
    if n > people:
        raise InputError(
            "There cannot be more answers than people",
            got=f"{n} answers of {people} people",
            hint="Leave the population out where people answered more than once.",
        )
    return math.sqrt((people - n) / (people - 1)) if people > 1 else 0.0


def _estimate(
    promoters: float,
    passives: float,
    detractors: float,
    n: int,
    confidence: float,
    method: str,
    correction: float,
) -> Estimate:
    if method not in NAMES:
        raise InputError(
            f"There is no interval method {method!r}", hint=did_you_mean(method, NAMES)
        )
    if method == "score" and correction != 1.0:
        raise InputError(
            "The score interval knows no finite population",
            hint="Use method='adjusted_wald', or leave the population out.",
        )
    z = z_of(confidence)
    total = promoters + passives + detractors
    if total == 0:
        return Estimate(None, None, None, confidence, n, NAMES[method])
    if method == "score":
        low, high = score_interval(promoters, detractors, total, z)
        centre, error = (low + high) / 2, (high - low) / (2 * z)
    else:
        more = method == "adjusted_wald"
        up = promoters + ADDED_EXTREME * more
        down = detractors + ADDED_EXTREME * more
        centre, error = _wald(up, down, up + down + passives + ADDED_PASSIVE * more)
        error *= correction
    extra = {
        "promoter_share": promoters / total,
        "passive_share": passives / total,
        "detractor_share": detractors / total,
        "standard_error": 100 * error,
        "centre": 100 * centre,
        "margin": 100 * z * error,
    }
    low = max(-100.0, extra["centre"] - extra["margin"])
    high = min(100.0, extra["centre"] + extra["margin"])
    value = 100 * (promoters - detractors) / total
    return Estimate(value, low, high, confidence, n, NAMES[method], extra)


def _wald(up: float, down: float, total: float) -> tuple[float, float]:
    """The score as a share and its standard error: var = p_up + p_down - score^2."""
    score = (up - down) / total
    variance = max(0.0, (up + down) / total - score * score)
    return score, math.sqrt(variance / total)
