"""What share of customers gets a first reply within a target."""

import math
from collections.abc import Mapping

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure, Parameter, ParameterValue
from rapport.measures.estimating import share_of
from rapport.measures.waits import AS_ASKED, AUTOMATED, CALENDAR_HOURS, WAITS, left_out


def _figure(counts: Counts) -> Estimate:
    return share_of(counts, "in_time", "waits")


def _note(counts: Counts) -> str | None:
    return left_out(counts, f"{counts.parameters['hours']:g} hours")


def _days(parameters: Mapping[str, ParameterValue]) -> dict[str, ParameterValue]:
    return {"target_days": math.ceil(float(parameters["hours"]) / 24)}


_OVER = "day + :target_days <= :data_last_day"

MEASURE = Measure(
    name="reply_on_time_share",
    version=1,
    title="Replies on time",
    question="What share of customers who wrote or called got a first reply within the target?",
    unit="share",
    direction="higher",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="waits",
    inputs=("kind", "thread", "t", "automated"),
    rows=WAITS,
    counts={
        "waits": f"count(*) FILTER (WHERE {_OVER})",
        "in_time": f"count(*) FILTER (WHERE {_OVER} AND hours <= :hours)",
        "early": f"count(*) FILTER (WHERE NOT ({_OVER}))",
    },
    figure=_figure,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="Cleveland & Mayben (1997), Call Center Management on Fast Forward, for the service "
    "level; Wilson (1927), JASA 22, 209-212; waits as in first_reply_wait.",
    caveats=(
        CALENDAR_HOURS,
        "Who gets no reply has got none in time. Waits too young to judge are left out.",
        AS_ASKED,
    ),
    parameters=(
        Parameter(
            "hours", 24.0, "the target: hours to the first reply", lowest=0.01, highest=87_840
        ),
        AUTOMATED,
    ),
    filters="rows",
    derive=_days,
    note=_note,
    kinds=("message.received", "message.sent"),
)
