"""A figure never stands alone: it brings its unit, n, interval, period and filter along."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a method returns: a value with its interval.

    Attributes:
        value: the estimate, or None where it cannot be computed.
        low, high: ends of the interval, None where there is none.
        confidence: of the interval, 0 to 1.
        n: how many observations it rests on.
        method: name of the interval's method ("adjusted Wald", "Wilson").
        extra: what else the method found, by name (shares, standard error).
    """

    value: float | None
    low: float | None
    high: float | None
    confidence: float
    n: int
    method: str
    extra: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number.

    Attributes:
        measure: name of the measure.
        value: None when there are too few observations or none; `note` then says so.
        unit: what the value counts ("points", "share", "hours", "EUR").
        n: observations behind the value.
        low, high, confidence, method: the interval.
        by: the dimensions that single this figure out, by name.
        period: its name ("2025-01", "2025-W03", "2025-01-01/2025-03-31").
        first_day, last_day: the period's days, ISO, both inside it.
        programme: the programme of asking, for measures that never mix programmes.
        filter: the filter expression as the person wrote it, None for everything.
        definition: name and version of the definition ("nps/1").
        note: a sentence for people ("Too few answers to say (7 of 30).").
        extra: parts of the figure by name (promoters, detractors).
    """

    measure: str
    value: float | None
    unit: str
    n: int
    low: float | None
    high: float | None
    confidence: float
    method: str
    by: Mapping[str, Any]
    period: str
    first_day: str
    last_day: str
    programme: str | None
    filter: str | None
    definition: str
    note: str | None = None
    extra: Mapping[str, float] = field(default_factory=dict)

    @property
    def estimate(self) -> Estimate:
        """What methods reckon on with."""
        return Estimate(self.value, self.low, self.high, self.confidence, self.n, self.method)
