"""Customer satisfaction as a mean."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure
from rapport.measures.estimating import mean_of, of_scale, scale_parameter


def _figure(counts: Counts) -> Estimate:
    return mean_of(counts, "total", "squares", "answers")


MEASURE = Measure(
    name="csat_mean",
    version=1,
    title="Customer satisfaction (mean)",
    question="How satisfied are customers on average?",
    unit="points of the scale",
    direction="higher",
    lowest=None,
    highest=None,
    minimum_n=10,
    observation="answers",
    inputs=("kind", "scale", "score", "programme", "brand"),
    rows="""
        SELECT dimensions, id, t, customer, thread, day, week, month, score
        FROM interactions
        WHERE kind IN ('survey.answered', 'review.posted') AND scale = :scale
          AND score >= :low AND score <= :high
    """,
    counts={"answers": "count(*)", "total": "sum(score)", "squares": "sum(score * score)"},
    figure=_figure,
    interval="t, from the spread of the answers.",
    source="Student (1908), Biometrika 6, 1-25; Kish (1965), Survey Sampling, section 11.7, "
    "for weights.",
    caveats=(
        "A mean takes the steps of the scale as equally wide.",
        "Answers of one customer are taken as independent.",
    ),
    parameters=(scale_parameter("csat5"),),
    never_mixes=("programme", "brand"),
    weightable=True,
    derive=of_scale,
    kinds=("survey.answered", "review.posted"),
)
