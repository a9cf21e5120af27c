"""Retention where there is no contract: who bought again."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure, Parameter
from rapport.methods.retention import retention


def _figure(counts: Counts) -> Estimate:
    return retention(counts.whole("again"), counts.whole("bought"), confidence=counts.confidence)


def _note(counts: Counts) -> str | None:
    early = counts.whole("early")
    if early == 0:
        return None
    days = counts.parameters["window"]
    return f"Left out: {early} customers, as the {days} days after the period are not over."


MEASURE = Measure(
    name="retention_repeat",
    version=1,
    title="Repeat purchase rate",
    question="What share of the customers who bought in the period bought again soon after it?",
    unit="share",
    direction="higher",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="customers",
    inputs=("kind", "customer", "day"),
    rows="""
        WITH bought AS (
            SELECT dimensions, customer, bucket, min(day) AS first_bought
            FROM interactions
            WHERE kind = 'order.completed' AND customer IS NOT NULL
            GROUP BY customer, bucket, dimensions
        ),
        following AS (
            SELECT dimensions, customer, bucket,
                lead(first_bought) OVER (PARTITION BY customer, dimensions ORDER BY bucket)
                    AS bought_next
            FROM bought
        )
        SELECT f.dimensions, p.bucket, f.customer,
            f.bought_next - p.last_day AS days_until,
            p.last_day + :window <= :data_last_day AS whole
        FROM following AS f
        JOIN periods AS p ON p.bucket = f.bucket
    """,
    counts={
        "bought": "count(*) FILTER (WHERE whole)",
        "again": "count(*) FILTER (WHERE whole AND days_until <= :window)",
        "early": "count(*) FILTER (WHERE NOT whole)",
    },
    figure=_figure,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="Gupta & Zeithaml (2006), Marketing Science 25, 718-739, for retention without a "
    "contract; Wilson (1927), JASA 22, 209-212.",
    caveats=(
        "Buying twice inside the period is not buying again: the window begins after its last day.",
        "Groups and filters draw the orders: by channel, it is buying again in that channel.",
        "Orders without a customer are left out.",
    ),
    parameters=(
        Parameter("window", 90, "days after the period's last day", lowest=1, highest=3660),
    ),
    placed="periods",
    note=_note,
    kinds=("order.completed",),
)
