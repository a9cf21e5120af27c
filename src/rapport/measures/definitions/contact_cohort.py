"""Contact by cohort: who of those that first met us together is in touch at each age."""

from rapport.measures.cohorts import AGES, CAVEATS, COHORTS, COUNTS, STEP, share_active
from rapport.measures.definition import Measure

# What customers do themselves; what we send them is no sign that they are still there.
_KINDS = (
    "case.opened",
    "case.reopened",
    "coupon.redeemed",
    "message.received",
    "order.completed",
    "page.viewed",
    "product.used",
    "review.posted",
    "survey.answered",
    "visit.made",
)

MEASURE = Measure(
    name="contact_cohort",
    version=1,
    title="Contact by cohort",
    question="What share of the customers whom we first met in the same period is in touch n "
    "months later?",
    unit="share",
    direction="higher",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="customers",
    inputs=("kind", "customer", "brand", "t", "week", "month"),
    rows=COHORTS.format(
        counted="brand IS NULL AND kind IN (" + ", ".join(f"'{kind}'" for kind in _KINDS) + ")"
    ),
    counts=COUNTS,
    figure=share_active,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="Fader & Hardie (2007), Journal of Interactive Marketing 21(1), 76-90, for cohorts by "
    "age; Wilson (1927), JASA 22, 209-212.",
    caveats=(
        *CAVEATS,
        "What the customer did counts (bought, wrote, visited, used, answered), not what we sent.",
    ),
    parameters=(STEP, AGES),
    filters="rows",
    splits=("age",),
    kinds=_KINDS,
)
