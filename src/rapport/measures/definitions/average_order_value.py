"""What an order brings."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure
from rapport.methods import value


def _figure(counts: Counts) -> Estimate:
    found = value.average_order_value(
        counts.number("total"),
        counts.whole("orders"),
        counts.number("total_squares"),
        counts.whole("order_squares"),
        counts.number("products"),
        counts.whole("buyers"),
        confidence=counts.confidence,
    )
    extra = {**found.extra, "buyers": float(counts.whole("buyers"))}
    # The interval rests on buyers; what was averaged are orders.
    n = counts.whole("orders")
    return Estimate(found.value, found.low, found.high, found.confidence, n, found.method, extra)


MEASURE = Measure(
    name="average_order_value",
    version=1,
    title="Average order value",
    question="How much money does an order bring?",
    unit="money",
    direction="higher",
    lowest=None,
    highest=None,
    minimum_n=10,
    observation="orders",
    inputs=("kind", "customer", "thread", "amount", "currency"),
    rows="""
        WITH orders AS (
            SELECT dimensions, customer, bucket, thread,
                count(*) AS lines, sum(amount) AS spent
            FROM interactions
            WHERE kind = 'order.completed' AND amount IS NOT NULL
            GROUP BY customer, bucket, thread, dimensions
        )
        SELECT dimensions, customer, bucket, sum(spent) AS spent,
            sum(CASE WHEN thread IS NULL THEN lines ELSE 1 END) AS orders
        FROM orders
        GROUP BY customer, bucket, dimensions, CASE WHEN customer IS NULL THEN thread END
    """,
    counts={
        "buyers": "count(*)",
        "orders": "sum(orders)",
        "order_squares": "sum(orders * orders)",
        "total": "sum(spent)",
        "total_squares": "sum(CAST(spent AS DOUBLE) * CAST(spent AS DOUBLE))",
        "products": "sum(CAST(spent AS DOUBLE) * orders)",
    },
    figure=_figure,
    interval="linearised ratio over customers, as orders of one customer are alike.",
    source="Cochran (1977), Sampling Techniques, equation 6.13.",
    caveats=(
        "Lines with the same thread are one order; a line without a thread is an order.",
        "Refunds are not taken off; see lifetime_value.",
        "Currencies are never added: each gives a figure of its own, named by its unit.",
        "Groups and filters draw the lines: by product, it is that product's part of an order.",
        "Orders without a customer count as a buyer each; those that lack a thread too, as one.",
    ),
    never_mixes=("currency",),
    placed="drawn",
    kinds=("order.completed",),
)
