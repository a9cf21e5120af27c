"""How much of what we answer is said by machines."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure
from rapport.measures.replies import BY_MACHINE, REPLY, UNKNOWN
from rapport.methods.clusters import share_of_clusters


def _figure(counts: Counts) -> Estimate:
    return share_of_clusters(
        counts.whole("machine"),
        counts.whole("replies"),
        counts.whole("machine_squares"),
        counts.whole("reply_squares"),
        counts.whole("products"),
        counts.whole("conversations"),
        confidence=counts.confidence,
    )


MEASURE = Measure(
    name="automation_share",
    version=1,
    title="Automation share",
    question="What share of our replies came from a machine?",
    unit="share",
    direction="neutral",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="replies",
    inputs=("kind", "thread", "automated"),
    rows=f"""
        SELECT dimensions, bucket, thread, count(*) AS replies,
            count(*) FILTER (WHERE {BY_MACHINE}) AS machine
        FROM interactions
        WHERE {REPLY}
        GROUP BY thread, CASE WHEN thread IS NULL THEN id END, bucket, dimensions
    """,
    counts={
        "conversations": "count(*)",
        "replies": "sum(replies)",
        "machine": "sum(machine)",
        "reply_squares": "sum(replies * replies)",
        "machine_squares": "sum(machine * machine)",
        "products": "sum(machine * replies)",
    },
    figure=_figure,
    interval="Wilson for the effective number of replies, since those of one conversation are "
    "alike.",
    source="Cochran (1977), Sampling Techniques, section 3.12; Dean & Pagano (2015), Journal of "
    "Survey Statistics and Methodology 3, 484-503.",
    caveats=(
        UNKNOWN,
        "It says who replied, not whether that helped; see containment_share.",
        "A reply without a thread is a conversation of its own.",
    ),
    placed="drawn",
    kinds=("message.sent", "review.answered"),
)
