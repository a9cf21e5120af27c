"""Retention by cohort: who of those that first bought together buys at each age."""

from rapport.measures.cohorts import AGES, CAVEATS, COHORTS, COUNTS, STEP, share_active
from rapport.measures.definition import Measure

MEASURE = Measure(
    name="retention_cohort",
    version=1,
    title="Retention by cohort",
    question="What share of the customers who first bought in the same period buys n months later?",
    unit="share",
    direction="higher",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="customers",
    inputs=("kind", "customer", "t", "week", "month"),
    rows=COHORTS.format(counted="kind = 'order.completed'"),
    counts=COUNTS,
    figure=share_active,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="Fader & Hardie (2007), Journal of Interactive Marketing 21(1), 76-90, for retention "
    "by cohort and age; Wilson (1927), JASA 22, 209-212.",
    caveats=CAVEATS,
    parameters=(STEP, AGES),
    filters="rows",
    splits=("age",),
    kinds=("order.completed",),
)
