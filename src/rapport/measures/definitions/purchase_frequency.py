"""How often customers buy."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure
from rapport.methods import value


def _figure(counts: Counts) -> Estimate:
    return value.purchase_frequency(
        counts.whole("orders"),
        counts.whole("order_squares"),
        counts.whole("customers"),
        confidence=counts.confidence,
    )


MEASURE = Measure(
    name="purchase_frequency",
    version=1,
    title="Purchase frequency",
    question="How many orders does a buying customer place in the period?",
    unit="orders per customer",
    direction="higher",
    lowest=1,
    highest=None,
    minimum_n=10,
    observation="customers",
    inputs=("kind", "customer", "thread"),
    rows="""
        WITH orders AS (
            SELECT dimensions, customer, bucket, thread, count(*) AS lines
            FROM interactions
            WHERE kind = 'order.completed' AND customer IS NOT NULL
            GROUP BY customer, bucket, thread, dimensions
        )
        SELECT dimensions, customer, bucket,
            sum(CASE WHEN thread IS NULL THEN lines ELSE 1 END) AS orders
        FROM orders
        GROUP BY customer, bucket, dimensions
    """,
    counts={
        "customers": "count(*)",
        "orders": "sum(orders)",
        "order_squares": "sum(orders * orders)",
    },
    figure=_figure,
    interval="t over customers, so that one who buys often does not make it look surer.",
    source="Farris, Bendle, Pfeifer & Reibstein (2010), Marketing Metrics, 2nd ed., chapter 5; "
    "Student (1908), Biometrika 6, 1-25.",
    caveats=(
        "Lines with the same thread are one order; a line without a thread is an order.",
        "Customers who bought nothing in the period are not counted.",
        "Groups and filters draw the orders: by channel, it is orders in that channel.",
    ),
    placed="drawn",
    kinds=("order.completed",),
)
