"""What share of what customers write is positive, where somebody has read it."""

from rapport.kernel.figures import Estimate
from rapport.kernel.scales import scale_named
from rapport.ledger.api import ANNOTATIONS
from rapport.measures.definition import Counts, Measure, Parameter
from rapport.measures.estimating import share_of


def _figure(counts: Counts) -> Estimate:
    found = share_of(counts, str(counts.parameters["side"]), "annotated")
    texts, n = counts.whole("texts"), counts.whole("annotated")
    extra = {**found.extra, "texts": float(texts)}
    if n:
        positive, negative = counts.whole("positive") / n, counts.whole("negative") / n
        extra |= {"positive_share": positive, "negative_share": negative}
        extra["annotated_share"] = n / texts
    return Estimate(
        found.value, found.low, found.high, found.confidence, found.n, found.method, extra
    )


def _note(counts: Counts) -> str:
    return f"Annotated: {counts.whole('annotated')} of {counts.whole('texts')} texts."


_COLUMNS = {"id": "BLOB", "name": "TEXT", "value": "DOUBLE", "model": "TEXT", "version": "TEXT"}

MEASURE = Measure(
    name="sentiment_share",
    version=1,
    title="Sentiment",
    question="What share of what customers wrote is positive, as far as it was annotated?",
    unit="share",
    direction="higher",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="annotated texts",
    inputs=("kind", "direction", "text", "brand"),
    rows=f"""
        WITH texts AS (
            SELECT dimensions, id, t, day, week, month, thread
            FROM interactions
            WHERE text IS NOT NULL AND text <> ''
              AND (direction IS NULL OR direction <> 'outbound')
              AND kind NOT IN ('message.sent', 'review.answered')
        ),
        said AS (
            SELECT id, value, model, version FROM {ANNOTATIONS} WHERE name = :annotation
        ),
        models AS (
            SELECT model, version, row_number() OVER (ORDER BY model, version) AS number
            FROM said
            GROUP BY model, version
        ),
        told AS (
            SELECT s.id, m.number, s.value
            FROM said AS s
            JOIN models AS m ON m.model = s.model AND m.version = s.version
        )
        SELECT x.dimensions, x.id, x.t, x.day, x.week, x.month, x.thread, m.model, m.version,
            s.value
        FROM texts AS x
        LEFT JOIN models AS m ON TRUE
        LEFT JOIN told AS s ON s.id = x.id AND s.number = m.number
    """,
    counts={
        "texts": "count(*)",
        "annotated": "count(value)",
        "positive": "count(*) FILTER (WHERE value >= :threshold)",
        "negative": "count(*) FILTER (WHERE value <= 0 - :threshold)",
    },
    figure=_figure,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="Pang & Lee (2008), Opinion Mining and Sentiment Analysis, Foundations and Trends in "
    "Information Retrieval 2, 1-135; Wilson (1927), JASA 22, 209-212.",
    caveats=(
        "It is a model's word: its errors are not in the interval, which tells of chance only.",
        "Where not all texts are annotated, those that are may be of another kind.",
        "Each model and version has a figure of its own; they are never mixed.",
        "Texts of one customer are taken as independent.",
    ),
    parameters=(
        Parameter("annotation", "sentiment", "name of the annotations, on -1 to 1"),
        Parameter("side", "positive", "which share", choices=("positive", "negative")),
        Parameter(
            "threshold",
            scale_named("sentiment").good,
            "from where on a text is positive, and below its negative where it is negative",
            lowest=0.0,
            highest=1.0,
        ),
    ),
    never_mixes=("brand",),
    splits=("model", "version"),
    reads={ANNOTATIONS: _COLUMNS},
    note=_note,
)
