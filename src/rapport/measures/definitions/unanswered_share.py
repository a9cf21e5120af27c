"""How many customers nobody replies to."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure, Parameter
from rapport.measures.estimating import share_of
from rapport.measures.waits import AS_ASKED, AUTOMATED, CALENDAR_HOURS, WAITS, left_out


def _figure(counts: Counts) -> Estimate:
    return share_of(counts, "unanswered", "waits")


def _note(counts: Counts) -> str | None:
    return left_out(counts, f"{counts.parameters['days']} days")


MEASURE = Measure(
    name="unanswered_share",
    version=1,
    title="Unanswered share",
    question="What share of customers who wrote or called got no reply of a person in time?",
    unit="share",
    direction="lower",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="waits",
    inputs=("kind", "thread", "t", "automated"),
    rows=WAITS,
    counts={
        "waits": "count(*) FILTER (WHERE day + :days <= :data_last_day)",
        "unanswered": "count(*) FILTER (WHERE day + :days <= :data_last_day "
        "AND (hours IS NULL OR hours > 24 * :days))",
        "early": "count(*) FILTER (WHERE day + :days > :data_last_day)",
    },
    figure=_figure,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="Wilson (1927), JASA 22, 209-212; waits as in first_reply_wait.",
    caveats=(
        CALENDAR_HOURS,
        "Waits whose time was not over when the data end are left out of both counts.",
        AS_ASKED,
    ),
    parameters=(
        Parameter("days", 7, "days within which a reply is in time", lowest=1, highest=3660),
        AUTOMATED,
    ),
    filters="rows",
    note=_note,
    kinds=("message.received", "message.sent"),
)
