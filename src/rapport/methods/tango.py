"""Tango's score interval for the difference of two shares of one sample."""

import math


def score_interval(up: float, down: float, total: float, z: float) -> tuple[float, float]:
    """Both values of (up - down) / total at which the score statistic reaches z and -z.

    `up` and `down` may be fractions (effective counts); `total` is above 0. Both ends lie
    between -1 and 1 and hold the observed value.

    Source: Tango (1998), Statistics in Medicine 17, 891-908; for Net Promoter
    Scores it is the same as the iterative score test of Rocks (2016).

    >>> low, high = score_interval(65, 12, 100, 1.959963984540054)
    >>> round(low, 5), round(high, 5)
    (0.3778, 0.65157)
    """
    observed = (up - down) / total
    low = _where(up, down, total, z, -1.0, observed)
    high = _where(up, down, total, -z, observed, 1.0)
    return low, high


def _where(up: float, down: float, total: float, goal: float, low: float, high: float) -> float:
    """Where Tango's statistic, which falls as the score rises, passes the goal: by halving."""
    if goal > 0 and _tango(up, down, total, low) <= goal:
        return low
    if goal < 0 and _tango(up, down, total, high) >= goal:
        return high
    # 60 halvings of a width of at most 2 are below the spacing of floats.
    for _ in range(60):
        middle = (low + high) / 2
        if _tango(up, down, total, middle) > goal:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _tango(up: float, down: float, total: float, score: float) -> float:
    """Tango (1998): (b - c - nD) / sqrt(n (2q + D(1 - D))), q the restricted estimate."""
    b = (2 * total - up + down) * score - up - down
    c = -down * score * (1 - score)
    q = (math.sqrt(max(0.0, b * b - 8 * total * c)) - b) / (4 * total)
    variance = total * (2 * q + score * (1 - score))
    above = up - down - total * score
    if variance <= 0:
        return math.copysign(math.inf, above) if above else 0.0
    return above / math.sqrt(variance)
