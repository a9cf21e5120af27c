"""Retention and churn as shares of those who were there at the start of a period.

Who counts as kept is the caller's definition (contract still running; bought again within a
window). Survival curves, which use those still being watched, are another thing.
"""

from rapport.kernel.figures import Estimate
from rapport.methods.proportions import share


def retention(kept: int, at_start: int, *, confidence: float = 0.95) -> Estimate:
    """The share, of those there at the start, who are still there at the end (Wilson).

    None for all three where nobody was there at the start.

    Raises:
        InputError: a count is negative or not whole, or more were kept than there were.

    Source: Gupta & Zeithaml (2006), Marketing Science 25, 718-739, for the measure; Wilson
    (1927), JASA 22, 209-212, for the interval.

    >>> found = retention(182, 263)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.692, 0.6338, 0.7447)
    """
    return share(kept, at_start, confidence=confidence)


def churn(lost: int, at_start: int, *, confidence: float = 0.95) -> Estimate:
    """The share, of those there at the start, who have left by the end: 1 - retention (Wilson).

    None for all three where nobody was there at the start.

    Raises:
        InputError: as `retention`.

    >>> found = churn(81, 263)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.308, 0.2553, 0.3662)
    """
    return share(lost, at_start, confidence=confidence)
