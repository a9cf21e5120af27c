"""Rates of events (contacts per customer, reopenings per week) as Poisson counts."""

# scipy loads its parts on first use; naming them at import would cost 0.3 s at every start.
import scipy

from rapport.kernel.figures import Estimate
from rapport.methods import change
from rapport.methods.inputs import Number, checked_count, checked_number, checked_share

METHOD = "exact Poisson (Garwood)"


def rate(count: int, exposure: Number = 1, *, confidence: float = 0.95) -> Estimate:
    """Events per unit of exposure (customers, weeks, hours), with the exact interval.

    With exposure 1 it is the interval of the count itself. None for all three where the exposure
    is 0 and nothing happened. `n` is the count of events. It holds where events come
    independently; where some people cause many, take `means.mean_from_sums` over people.

    Raises:
        InputError: the count is negative or not whole, or the exposure is negative, not finite,
            or 0 with events.

    Source: Garwood (1936), Biometrika 28, 437-442; chi-squared form of Ulm (1990), American
    Journal of Epidemiology 131, 373-375.

    >>> found = rate(10)
    >>> round(found.low, 4), round(found.high, 4)
    (4.7954, 18.3904)
    """
    events = checked_count(count, "events")
    at_risk = checked_number(exposure, "exposure", at_least=0 if events == 0 else 5e-324)
    tail = (1 - checked_share(confidence, "confidence")) / 2
    if at_risk == 0:
        return Estimate(None, None, None, confidence, 0, METHOD)
    low = float(scipy.special.gammaincinv(events, tail)) if events else 0.0
    high = float(scipy.special.gammaincinv(events + 1, 1 - tail))
    return Estimate(events / at_risk, low / at_risk, high / at_risk, confidence, events, METHOD)


def rate_difference(
    count_a: int,
    exposure_a: Number,
    count_b: int,
    exposure_b: Number,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """How much higher the rate a is than the rate b, for independent groups.

    Put together from both exact intervals as `change.difference` does it. None for all where a
    group has no exposure.

    Raises:
        InputError: as `rate`.

    Source: Zou & Donner (2008), Statistics in Medicine 27, 1693-1702.

    >>> found = rate_difference(60, 100, 30, 100)
    >>> round(found.value, 4), found.low > 0
    (0.3, True)
    """
    return change.difference(
        rate(count_a, exposure_a, confidence=confidence),
        rate(count_b, exposure_b, confidence=confidence),
    )
