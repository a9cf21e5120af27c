"""Is a change more than chance: the difference of two independent estimates."""

import math

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Estimate


def difference(a: Estimate, b: Estimate) -> Estimate:
    """How much higher `a` is than `b`, with an interval, for independent estimates.

    The interval is put together from the two intervals (method of variance estimates
    recovery), so each keeps its own shape: from two Wilson intervals comes Newcombe's interval,
    from two Wald intervals the Wald interval. Unit and sign are those of `a - b`. Without both
    values the value is None; without both intervals the ends are None. `n` is the smaller of both.

    Not for the same people asked twice: that needs the paired form.

    Raises:
        InputError: the two intervals are not of one confidence.

    Source: Zou & Donner (2008), Statistics in Medicine 27, 1693-1702; it is method
    10 of Newcombe (1998), Statistics in Medicine 17, 873-890, where both are Wilson intervals.

    >>> a = Estimate(45.0, 41.0, 49.0, 0.95, 900, "Wald")
    >>> b = Estimate(40.0, 37.0, 43.0, 0.95, 900, "Wald")
    >>> difference(a, b)  # doctest: +NORMALIZE_WHITESPACE
    Estimate(value=5.0, low=0.0, high=10.0, confidence=0.95, n=900,
             method='difference of Wald', extra={})
    """
    if a.confidence != b.confidence:
        raise InputError(
            "Two estimates can only be compared at one confidence",
            got=f"{a.confidence} and {b.confidence}",
            expected="the same twice",
            hint="Estimate both again with the same confidence.",
        )
    n = min(a.n, b.n)
    names = a.method if a.method == b.method else f"{a.method} and {b.method}"
    method = f"difference of {names}"
    if a.value is None or b.value is None:
        return Estimate(None, None, None, a.confidence, n, method)
    value = a.value - b.value
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return Estimate(value, None, None, a.confidence, n, method)
    low = value - math.hypot(a.value - a.low, b.high - b.value)
    high = value + math.hypot(a.high - a.value, b.value - b.low)
    return Estimate(value, low, high, a.confidence, n, method)


def is_more_than_chance(a: Estimate, b: Estimate) -> bool | None:
    """Whether two independent estimates differ by more than chance at their confidence.

    True where the interval of their difference leaves zero out, None where there is no such
    interval (too few observations to say). Two intervals that overlap may still differ.

    Raises:
        InputError: the two intervals are not of one confidence.

    >>> a = Estimate(45.0, 42.0, 48.0, 0.95, 900, "Wald")
    >>> b = Estimate(40.0, 37.0, 43.0, 0.95, 900, "Wald")
    >>> is_more_than_chance(a, b), is_more_than_chance(a, a)
    (True, False)
    """
    found = difference(a, b)
    if found.low is None or found.high is None:
        return None
    return found.low > 0 or found.high < 0
