"""The recency-frequency-monetary grid."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure


def _figure(counts: Counts) -> Estimate:
    n = counts.whole("customers")
    extra = {"spent": counts.number("total")}
    return Estimate(float(n), None, None, counts.confidence, n, "complete count", extra)


# Class 1 to 5 of a value by its rank r (from 1, ties alike) among n: it passes the k-th of the
# four type 7 quantiles exactly where 5 (r - 1) > k (n - 1). Whole numbers, so no engine rounds.
_PASSED = """
    CASE WHEN 5 * ({rank} - 1) > 4 * (size - 1) THEN 4
         WHEN 5 * ({rank} - 1) > 3 * (size - 1) THEN 3
         WHEN 5 * ({rank} - 1) > 2 * (size - 1) THEN 2
         WHEN 5 * ({rank} - 1) > size - 1 THEN 1
         ELSE 0 END
"""

# A customer's state holds from one period with orders to the next: so orders are summed up once
# and not for every period that comes after them.
_ROWS = """
    WITH bought AS (
        SELECT i.dimensions, i.bucket, i.customer, max(i.day) AS last_bought,
            count(DISTINCT i.day) AS days_bought, sum(i.amount) AS spent
        FROM interactions AS i
        WHERE i.kind = 'order.completed' AND i.customer IS NOT NULL AND i.amount IS NOT NULL
        GROUP BY i.customer, i.bucket, i.dimensions
    ),
    states AS (
        SELECT dimensions, bucket AS since, customer, last_bought,
            sum(days_bought) OVER (PARTITION BY customer, dimensions ORDER BY bucket)
                AS days_bought,
            sum(spent) OVER (PARTITION BY customer, dimensions ORDER BY bucket) AS spent,
            lead(bucket) OVER (PARTITION BY customer, dimensions ORDER BY bucket) AS until
        FROM bought
    ),
    customers_then AS (
        SELECT s.dimensions, p.bucket, s.customer, p.last_day - s.last_bought AS days_since,
            s.days_bought, s.spent
        FROM states AS s
        JOIN periods AS p ON p.bucket >= s.since AND (s.until IS NULL OR p.bucket < s.until)
    ),
    ranked_customers AS (
        SELECT dimensions, bucket, customer, days_since, days_bought, spent,
            count(*) OVER (PARTITION BY bucket, dimensions) AS size,
            rank() OVER (PARTITION BY bucket, dimensions ORDER BY days_since) AS recent_rank,
            rank() OVER (PARTITION BY bucket, dimensions ORDER BY days_bought) AS often_rank,
            rank() OVER (PARTITION BY bucket, dimensions ORDER BY spent) AS spent_rank
        FROM customers_then
    )
    SELECT dimensions, bucket, customer, days_since, days_bought, spent,
        5 - {recent} AS recency, 1 + {often} AS frequency, 1 + {spent} AS monetary
    FROM ranked_customers
"""

MEASURE = Measure(
    name="rfm",
    version=1,
    title="Recency, frequency, monetary value",
    question="How many customers bought how recently, how often and for how much?",
    unit="customers",
    direction="neutral",
    lowest=0,
    highest=None,
    minimum_n=0,
    observation="customers",
    inputs=("kind", "customer", "amount", "currency", "day"),
    rows=_ROWS.format(
        recent=_PASSED.format(rank="recent_rank"),
        often=_PASSED.format(rank="often_rank"),
        spent=_PASSED.format(rank="spent_rank"),
    ),
    counts={"customers": "count(*)", "total": "sum(spent)"},
    figure=_figure,
    interval="none: all customers are counted, nothing is estimated.",
    source="Hughes (1994), Strategic Database Marketing: quintile scores, 5 is best, ties share "
    "the lower class; Hyndman & Fan (1996), definition 7, for the cut points.",
    caveats=(
        "Scores are relative: 5 is the best fifth of these customers, however good that is.",
        "All orders up to the period's last day count, also those before its first.",
        "Where many values tie (most customers bought once), a class can be empty.",
        "Currencies are never added: each gives a grid of its own.",
    ),
    never_mixes=("currency",),
    placed="periods",
    splits=("recency", "frequency", "monetary"),
    kinds=("order.completed",),
)
