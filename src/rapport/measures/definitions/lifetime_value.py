"""What customers have brought so far."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure
from rapport.methods.value import historic_value


def _figure(counts: Counts) -> Estimate:
    return historic_value(
        counts.number("total"),
        counts.number("squares"),
        counts.whole("customers"),
        confidence=counts.confidence,
    )


MEASURE = Measure(
    name="lifetime_value",
    version=1,
    title="Customer lifetime value (historic)",
    question="How much has a customer won in the period brought so far, refunds taken off?",
    unit="money",
    direction="higher",
    lowest=None,
    highest=None,
    minimum_n=10,
    observation="customers",
    inputs=("kind", "customer", "amount", "currency"),
    rows="""
        SELECT dimensions, customer, sum(amount) AS spent,
            min(day) FILTER (WHERE kind = 'order.completed') AS day,
            min(week) FILTER (WHERE kind = 'order.completed') AS week,
            min(month) FILTER (WHERE kind = 'order.completed') AS month
        FROM interactions
        WHERE customer IS NOT NULL AND amount IS NOT NULL
          AND (kind IN ('order.completed', 'order.refunded')
               OR (kind = 'order.cancelled' AND amount < 0))
        GROUP BY customer, dimensions
        HAVING count(*) FILTER (WHERE kind = 'order.completed') > 0
    """,
    counts={
        "customers": "count(*)",
        "total": "sum(spent)",
        "squares": "sum(CAST(spent AS DOUBLE) * CAST(spent AS DOUBLE))",
    },
    figure=_figure,
    interval="t over customers; spending is skewed, so trust it from some hundred customers on.",
    source="Berger & Nasr (1998), Journal of Interactive Marketing 12, 17-30, for the measure; "
    "Student (1908), Biometrika 6, 1-25.",
    caveats=(
        "A customer belongs to the period of the first order; money of all later days counts.",
        "Customers won lately have had less time to spend.",
        "It is turnover, not margin, and not discounted.",
        "Currencies are never added: each gives a figure of its own, named by its unit.",
        "Groups and filters draw the orders: by channel, it is what a customer brought there.",
    ),
    never_mixes=("currency",),
    kinds=("order.completed", "order.refunded"),
)
