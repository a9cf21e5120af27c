"""Scores of all scales on one: 0 is the lowest answer of its scale, 1 the highest.

It makes answers comparable as far as their place on the scale goes and no further: a 4 of 5 and
a 7.75 of 10 are both 0.75, though people do not use the two scales alike. So what rests on it
says so, and what can be asked on one scale is better read there.
"""

from collections.abc import Callable

from rapport.kernel.scales import SCALES, Scale
from rapport.measures.definition import Parameter

KINDS = ("survey.answered", "review.posted", "mention.posted")
LEAVE_OUT = Parameter(
    "leave_out", "expectation", "item that is left out: what is expected is not experienced yet"
)
# Interactions that hold a score, as a condition.
SCORED = (
    "kind IN ('survey.answered', 'review.posted', 'mention.posted') AND score IS NOT NULL "
    "AND (item IS NULL OR item <> :leave_out)"
)


def _by_scale(written: Callable[[Scale], str]) -> str:
    cases = (f"WHEN '{scale.name}' THEN {written(scale)}" for scale in SCALES.values())
    return f"CASE scale {' '.join(cases)} END"


def _relative(scale: Scale) -> str:
    inside = f"score >= {scale.low:g} AND score <= {scale.high:g}"
    return f"CASE WHEN {inside} THEN (score - ({scale.low:g})) / {scale.high - scale.low:g} END"


# SQL over `scale` and `score`: the place on the scale, null where the scale is unknown or the
# score outside it; and the score from which on the scale calls an answer good.
RELATIVE = _by_scale(_relative)
GOOD = _by_scale(lambda scale: f"{scale.good:g}e0")
