"""Customer satisfaction: the share of good answers."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure
from rapport.measures.estimating import of_scale, scale_parameter, share_of


def _figure(counts: Counts) -> Estimate:
    return share_of(counts, "good", "answers")


MEASURE = Measure(
    name="csat",
    version=1,
    title="Customer satisfaction (top box)",
    question="What share of answers is good?",
    unit="share",
    direction="higher",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="answers",
    inputs=("kind", "scale", "score", "programme", "brand"),
    rows="""
        SELECT dimensions, id, t, customer, thread, day, week, month, score
        FROM interactions
        WHERE kind IN ('survey.answered', 'review.posted') AND scale = :scale
          AND score >= :low AND score <= :high
    """,
    counts={"answers": "count(*)", "good": "count(*) FILTER (WHERE score >= :good)"},
    figure=_figure,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="Morgan & Rego (2006), Marketing Science 25, 426-439, for top-two-box satisfaction; "
    "Wilson (1927), JASA 22, 209-212.",
    caveats=(
        "Answers of one customer are taken as independent.",
        "What counts as good belongs to the scale: 4 and 5 of csat5, 6 and 7 of csat7.",
    ),
    parameters=(scale_parameter("csat5"),),
    never_mixes=("programme", "brand"),
    weightable=True,
    derive=of_scale,
    kinds=("survey.answered", "review.posted"),
)
