"""Customer effort: how easy it was."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure
from rapport.measures.estimating import mean_of, of_scale, scale_parameter, share_of


def _figure(counts: Counts) -> Estimate:
    found = mean_of(counts, "total", "squares", "answers")
    easy = share_of(counts, "easy", "answers")
    if found.value is None or easy.value is None:
        return found
    extra = {**found.extra, "easy_share": easy.value}
    return Estimate(
        found.value, found.low, found.high, found.confidence, found.n, found.method, extra
    )


MEASURE = Measure(
    name="effort",
    version=1,
    title="Ease (customer effort score)",
    question="How easy did customers find it to get what they came for?",
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
        WHERE kind = 'survey.answered' AND scale = :scale AND score >= :low AND score <= :high
    """,
    counts={
        "answers": "count(*)",
        "total": "sum(score)",
        "squares": "sum(score * score)",
        "easy": "count(*) FILTER (WHERE score >= :good)",
    },
    figure=_figure,
    interval="t, from the spread of the answers.",
    source="Dixon, Freeman & Toman (2010), Harvard Business Review 88(7/8), in the later form "
    "that asks for agreement with 'made it easy'; Student (1908), Biometrika 6, 1-25.",
    caveats=(
        "High is easy; scores where high is hard must be turned round at import.",
        "Answers of one customer are taken as independent.",
    ),
    parameters=(scale_parameter("ces7"),),
    never_mixes=("programme", "brand"),
    weightable=True,
    derive=of_scale,
    kinds=("survey.answered",),
)
