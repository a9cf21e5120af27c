"""How long customers wait for a person's reply."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure
from rapport.measures.estimating import QUANTILE, quantile_of
from rapport.measures.waits import AS_ASKED, AUTOMATED, CALENDAR_HOURS, WAITS


def _figure(counts: Counts) -> Estimate:
    found = quantile_of(counts, "answered")
    extra = {**found.extra, "waits": float(counts.whole("waits"))}
    return Estimate(
        found.value, found.low, found.high, found.confidence, found.n, found.method, extra
    )


def _note(counts: Counts) -> str | None:
    unanswered = counts.whole("waits") - counts.whole("answered")
    return f"Not answered and left out: {unanswered}." if unanswered else None


MEASURE = Measure(
    name="first_reply_wait",
    version=1,
    title="Wait for the first reply",
    question="How long do customers wait until a person replies?",
    unit="hours",
    direction="lower",
    lowest=0,
    highest=None,
    minimum_n=10,
    observation="answered waits",
    inputs=("kind", "thread", "t", "automated"),
    rows=WAITS,
    counts={"waits": "count(*)", "answered": "count(hours)"},
    figure=_figure,
    interval="order statistics, which assume nothing about how waits are distributed.",
    source="Hyndman & Fan (1996), The American Statistician 50, 361-365, definition 7; Conover "
    "(1999), Practical Nonparametric Statistics, section 3.2.",
    caveats=(
        CALENDAR_HOURS,
        "Waits that nobody has answered are left out, which flatters; see unanswered_share.",
        AS_ASKED,
    ),
    parameters=(QUANTILE, AUTOMATED),
    filters="rows",
    ranks="hours",
    note=_note,
    kinds=("message.received", "message.sent"),
)
