"""Net Promoter Score."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure
from rapport.methods import nps


def _figure(counts: Counts) -> Estimate:
    if counts.weight_squares is not None:
        return nps.nps_weighted(
            counts.number("promoters"),
            counts.number("passives"),
            counts.number("detractors"),
            counts.weight_squares,
            counts.rows,
            confidence=counts.confidence,
        )
    return nps.nps(
        counts.whole("promoters"),
        counts.whole("passives"),
        counts.whole("detractors"),
        confidence=counts.confidence,
    )


MEASURE = Measure(
    name="nps",
    version=1,
    title="Net Promoter Score",
    question="How many more customers would recommend us than would not?",
    unit="points",
    direction="higher",
    lowest=-100,
    highest=100,
    minimum_n=30,
    observation="answers",
    inputs=("kind", "scale", "score", "programme", "brand"),
    rows="""
        SELECT dimensions, id, t, customer, thread, day, week, month, score
        FROM interactions
        WHERE kind = 'survey.answered' AND scale = 'nps' AND score >= 0 AND score <= 10
    """,
    counts={
        "promoters": "count(*) FILTER (WHERE score >= 9)",
        "passives": "count(*) FILTER (WHERE score >= 7 AND score < 9)",
        "detractors": "count(*) FILTER (WHERE score < 7)",
    },
    figure=_figure,
    interval="adjusted Wald AW(3, T), which holds in small samples and where nobody detracts.",
    source="Reichheld (2003), Harvard Business Review 81(12); Rocks (2016), The American "
    "Statistician 70, 365-372.",
    caveats=(
        "Answers of one customer are taken as independent.",
        "It speaks for those who answered; see response_rate.",
    ),
    never_mixes=("programme", "brand"),
    weightable=True,
    kinds=("survey.answered",),
)
