"""How long it takes until a case is solved."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure, Parameter
from rapport.measures.estimating import QUANTILE, quantile_of
from rapport.measures.waits import CALENDAR_HOURS


def _figure(counts: Counts) -> Estimate:
    return quantile_of(counts, "resolved")


MEASURE = Measure(
    name="resolution_time",
    version=1,
    title="Resolution time",
    question="How long does it take until a case is solved?",
    unit="hours",
    direction="lower",
    lowest=0,
    highest=None,
    minimum_n=10,
    observation="solved cases",
    inputs=("kind", "thread", "t"),
    rows="""
        WITH steps AS (
            SELECT dimensions, id, t, day, week, month, thread, kind,
                min(CASE WHEN kind = 'case.opened' THEN t END) OVER (PARTITION BY thread)
                    AS opened
            FROM interactions
            WHERE thread IN (SELECT thread FROM interactions WHERE kind = 'case.resolved')
        ),
        since AS (
            SELECT dimensions, t, day, week, month, thread,
                row_number() OVER (
                    PARTITION BY thread
                    ORDER BY CASE WHEN kind = 'case.opened' THEN 0 ELSE 1 END, t, id
                ) AS place,
                CASE WHEN :until = 'last'
                    THEN max(CASE WHEN kind = 'case.resolved' THEN t END)
                        OVER (PARTITION BY thread)
                    ELSE min(CASE WHEN kind = 'case.resolved' THEN t END)
                        OVER (PARTITION BY thread)
                END AS solved
            FROM steps
            WHERE opened IS NULL OR t >= opened
        )
        SELECT dimensions, t, day, week, month, thread,
            CAST(solved - t AS DOUBLE) / 36e8 AS hours
        FROM since
        WHERE place = 1 AND solved IS NOT NULL
    """,
    counts={"resolved": "count(hours)"},
    figure=_figure,
    interval="order statistics, which assume nothing about how times are distributed.",
    source="Hyndman & Fan (1996), The American Statistician 50, 361-365, definition 7; Conover "
    "(1999), Practical Nonparametric Statistics, section 3.2.",
    caveats=(
        CALENDAR_HOURS,
        "Cases that are not solved yet are left out, which flatters the latest periods.",
        "A case that was reopened counts until it was first solved; until=last takes the last.",
        "Groups and filters go by the interaction that opened the case.",
    ),
    parameters=(
        QUANTILE,
        Parameter("until", "first", "which solution ends the time", choices=("first", "last")),
    ),
    filters="rows",
    ranks="hours",
    kinds=("case.resolved", "case.opened"),
)
