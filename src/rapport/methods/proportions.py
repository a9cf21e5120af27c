"""Shares of a count (satisfied, retained, unanswered), and differences of shares.

Values are shares from 0 to 1. Wilson is the default: the Wald interval has no width at 0 and 1.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

# scipy loads its parts on first use; naming them at import would cost 0.3 s at every start.
import scipy

from rapport.kernel.errors import InputError, did_you_mean
from rapport.kernel.figures import Estimate
from rapport.kernel.scales import Scale
from rapport.methods import change
from rapport.methods.inputs import (
    Number,
    checked_count,
    checked_number,
    checked_part,
    checked_share,
    effective_n,
)
from rapport.methods.normal import two_sided_p, z_of

Method = Literal["wilson", "wald", "agresti_coull", "clopper_pearson"]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class McNemar:
    """McNemar's test of a change in the same people.

    Attributes:
        chi_squared, p: without continuity correction; None where nobody changed.
        chi_squared_corrected, p_corrected: with Edwards's correction; None as above.
    """

    chi_squared: float | None
    p: float | None
    chi_squared_corrected: float | None
    p_corrected: float | None


def wilson(count: float, n: float, confidence: float) -> Interval:
    """Wilson's score interval of a share, for n above 0.

    Source: Wilson (1927), JASA 22, 209-212; Newcombe (1998), Statistics in Medicine 17,
    857-872, method 3.

    >>> low, high = wilson(81, 263, 0.95)
    >>> round(low, 4), round(high, 4)
    (0.2553, 0.3662)
    """
    z = z_of(confidence)
    p = count / n
    shrink = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / shrink
    margin = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / shrink
    # At the ends the formula gives 0 and 1 but for rounding.
    low = 0.0 if count == 0 else max(0.0, centre - margin)
    high = 1.0 if count == n else min(1.0, centre + margin)
    return low, high


def wald(count: float, n: float, confidence: float) -> Interval:
    """The textbook interval p +/- z sqrt(p(1-p)/n), clipped; kept for comparison only.

    Source: Newcombe (1998), Statistics in Medicine 17, 857-872, method 1.

    >>> low, high = wald(81, 263, 0.95)
    >>> round(low, 4), round(high, 4)
    (0.2522, 0.3638)
    """
    p = count / n
    margin = z_of(confidence) * math.sqrt(p * (1 - p) / n)
    return max(0.0, p - margin), min(1.0, p + margin)


def agresti_coull(count: float, n: float, confidence: float) -> Interval:
    """The Wald interval after adding z^2/2 to both sides, clipped.

    Source: Agresti & Coull (1998), The American Statistician 52, 119-126.
    """
    z = z_of(confidence)
    more = n + z * z
    p = (count + z * z / 2) / more
    margin = z * math.sqrt(p * (1 - p) / more)
    return max(0.0, p - margin), min(1.0, p + margin)


def clopper_pearson(count: float, n: float, confidence: float) -> Interval:
    """The exact interval: never below its confidence, mostly wider than need be.

    Source: Clopper & Pearson (1934), Biometrika 26, 404-413, in its beta form.

    >>> low, high = clopper_pearson(0, 20, 0.95)
    >>> low, round(high, 4)
    (0.0, 0.1684)
    """
    tail = (1 - checked_share(confidence, "confidence")) / 2
    low = 0.0 if count == 0 else float(scipy.special.betaincinv(count, n - count + 1, tail))
    high = 1.0 if count == n else float(scipy.special.betaincinv(count + 1, n - count, 1 - tail))
    return low, high


METHODS: dict[str, tuple[str, Callable[[float, float, float], Interval]]] = {
    "wilson": ("Wilson", wilson),
    "wald": ("Wald", wald),
    "agresti_coull": ("Agresti-Coull", agresti_coull),
    "clopper_pearson": ("Clopper-Pearson", clopper_pearson),
}


def share(count: int, n: int, *, confidence: float = 0.95, method: Method = "wilson") -> Estimate:
    """The share of `count` in `n`, 0 to 1, with its interval. None for all three where n is 0.

    `extra` holds standard_error, sqrt(p(1-p)/n), which is 0 where all are alike.

    Raises:
        InputError: a count is negative or not whole, the part exceeds the whole, there is no
            such method, or the confidence is not between 0 and 1.

    Source: see each method; for the choice Newcombe (1998), Statistics in Medicine 17, 857-872.

    >>> found = share(81, 263)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4), found.method
    (0.308, 0.2553, 0.3662, 'Wilson')
    """
    whole = checked_count(n, "all")
    part = checked_part(count, whole, "those who count", "all")
    return _estimate(part, whole, whole, confidence, method)


def share_weighted(
    part: Number,
    total: Number,
    weight_squares: Number,
    n: int,
    *,
    confidence: float = 0.95,
    method: Method = "wilson",
) -> Estimate:
    """A share of weighted answers: sum of weights that count, of all, of squares, and the count.

    The interval is that of `share` for the effective number of answers (sum w)^2 / sum w^2,
    which stands in `extra` as effective_n. With all weights 1 it gives the same as `share`.

    Raises:
        InputError: a sum is negative or not finite, or the sums do not fit together.

    Source: Kish (1965), Survey Sampling, section 11.7.

    >>> share_weighted(81.0, 263.0, 263.0, 263).low == share(81, 263).low
    True
    """
    whole = checked_number(total, "sum of weights", at_least=0)
    counted = checked_number(part, "sum of weights that count", at_least=0)
    answers = checked_count(n, "answers")
    if counted > whole * (1 + 1e-12):
        raise InputError(
            "The weights that count cannot exceed all weights", got=f"{counted:g} of {whole:g}"
        )
    effective = effective_n(whole, weight_squares, answers)
    if effective == 0:
        return _estimate(0.0, 0.0, answers, confidence, method)
    # Rounding of sums must not push a full share beyond one.
    scaled = effective if counted >= whole else counted * effective / whole
    found = _estimate(scaled, effective, answers, confidence, method)
    extra = {**found.extra, "effective_n": effective}
    return Estimate(found.value, found.low, found.high, confidence, answers, found.method, extra)


def share_difference(
    count_a: int,
    n_a: int,
    count_b: int,
    n_b: int,
    *,
    confidence: float = 0.95,
    method: Literal["newcombe", "wald"] = "newcombe",
) -> Estimate:
    """How much larger the share a is than the share b, for independent groups.

    `newcombe` puts the two Wilson intervals together and holds at 0 and 1; `wald` is kept for
    comparison. None for all where a group is empty.

    Raises:
        InputError: as `share`, or there is no such method.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, methods 10 and 1.

    >>> found = share_difference(56, 70, 48, 80)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    if method not in ("newcombe", "wald"):
        raise InputError(
            f"There is no method {method!r} for a difference of shares",
            hint=did_you_mean(method, ("newcombe", "wald")),
        )
    of_each: Method = "wilson" if method == "newcombe" else "wald"
    a = share(count_a, n_a, confidence=confidence, method=of_each)
    b = share(count_b, n_b, confidence=confidence, method=of_each)
    found = change.difference(a, b)
    name = "Newcombe" if method == "newcombe" else "Wald"
    return Estimate(found.value, found.low, found.high, confidence, found.n, name)


def top_box(
    counts: Mapping[float, int] | Mapping[int, int], scale: Scale, *, confidence: float = 0.95
) -> Estimate:
    """The share of good answers on a scale (CSAT), over valid answers, with Wilson's interval.

    `counts` says how often each score was given. Scores that are no answers on the scale are
    left out and counted in `extra` as invalid; `n` counts the valid ones.

    Raises:
        InputError: a count is negative or not whole.

    >>> from rapport.kernel.scales import SCALES
    >>> found = top_box({1: 4, 2: 6, 3: 20, 4: 45, 5: 25, 9: 1}, SCALES["csat5"])
    >>> found.value, found.n, found.extra["invalid"]
    (0.7, 100, 1.0)
    """
    checked = {score: checked_count(often, f"answers {score}") for score, often in counts.items()}
    valid = {score: often for score, often in checked.items() if scale.holds(score)}
    good = sum(often for score, often in valid.items() if score >= scale.good)
    n = sum(valid.values())
    found = share(good, n, confidence=confidence)
    extra = {**found.extra, "invalid": float(sum(checked.values()) - n)}
    return Estimate(found.value, found.low, found.high, confidence, n, found.method, extra)


def mcnemar(gained: int, lost: int) -> McNemar:
    """Whether the same people changed their mind one way more than the other.

    `gained` and `lost` count those who changed (not satisfied to satisfied, and back); those who
    did not change tell nothing. The chi-squared distribution fits from about 10 who changed on.

    Raises:
        InputError: a count is negative or not whole.

    Source: McNemar (1947), Psychometrika 12, 153-157; correction: Edwards (1948), Psychometrika
    13, 185-187.

    >>> found = mcnemar(150, 86)
    >>> round(found.chi_squared, 4), round(found.chi_squared_corrected, 4)
    (17.3559, 16.8178)
    """
    up, down = checked_count(gained, "those who gained"), checked_count(lost, "those who lost")
    if up + down == 0:
        return McNemar(None, None, None, None)
    apart = abs(up - down)
    plain = apart**2 / (up + down)
    corrected = max(0, apart - 1) ** 2 / (up + down)
    # Chi-squared with one degree of freedom is the square of a normal deviate.
    p, p_corrected = two_sided_p(math.sqrt(plain)), two_sided_p(math.sqrt(corrected))
    return McNemar(plain, p, corrected, p_corrected)


def _estimate(count: float, n: float, answers: int, confidence: float, method: str) -> Estimate:
    if method not in METHODS:
        raise InputError(
            f"There is no interval method {method!r}", hint=did_you_mean(method, METHODS)
        )
    name, interval = METHODS[method]
    checked_share(confidence, "confidence")
    if n == 0:
        return Estimate(None, None, None, confidence, answers, name)
    low, high = interval(count, n, confidence)
    p = count / n
    error = {"standard_error": math.sqrt(p * (1 - p) / n)}
    return Estimate(p, low, high, confidence, answers, name, error)
