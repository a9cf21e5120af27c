"""How many interactions there were."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure


def _figure(counts: Counts) -> Estimate:
    n = counts.whole("interactions")
    return Estimate(float(n), None, None, counts.confidence, n, "complete count")


MEASURE = Measure(
    name="volume",
    version=1,
    title="Volume",
    question="How many interactions were there?",
    unit="interactions",
    direction="neutral",
    lowest=0,
    highest=None,
    minimum_n=0,
    observation="interactions",
    inputs=("day",),
    rows="SELECT dimensions, id, t, customer, thread, kind, day, week, month FROM interactions",
    counts={"interactions": "count(*)"},
    figure=_figure,
    interval="none: everything that is in the store is counted, nothing is estimated.",
    source="A count.",
    caveats=("A questionnaire is one interaction for each answered item.",),
)
