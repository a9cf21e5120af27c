"""Scores of all scales on one: 0 is the lowest answer of its scale, 1 the highest.

It makes answers comparable as far as their place on the scale goes and no further: a 4 of 5 and
a 7.75 of 10 are both 0.75, though people do not use the two scales alike. So what rests on it
says so, and what can be asked on one scale is better read there.
"""

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


def _row(scale: Scale) -> str:
    return f"('{scale.name}', {scale.low:g}e0, {scale.high:g}e0, {scale.good:g}e0)"


# A relation of all scales to join to: `ON scale = scale_name AND score >= bottom AND score <= top`.
# `good` is the score from which on the scale calls an answer good.
ALL_SCALES = (
    f"(VALUES {', '.join(_row(scale) for scale in SCALES.values())}) "
    "AS scales(scale_name, bottom, top, good)"
)
ON_SCALE = "scale = scale_name AND score >= bottom AND score <= top"
# The place of a score on its scale.
RELATIVE = "(score - bottom) / (top - bottom)"
