"""What share of our promises we keep."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure
from rapport.measures.estimating import share_of
from rapport.measures.promises import DUE, WHOLE_DAYS


def _figure(counts: Counts) -> Estimate:
    found = share_of(counts, "kept", "settled")
    extra = {
        **found.extra,
        "late": float(counts.whole("late")),
        "overdue": float(counts.whole("overdue")),
        "open": float(counts.whole("open")),
    }
    return Estimate(
        found.value, found.low, found.high, found.confidence, found.n, found.method, extra
    )


def _note(counts: Counts) -> str | None:
    told = {
        "open": "Open and not counted: {}.",
        "replaced": "Replaced by a new promise in time and not counted: {}.",
        "overdue": "Overdue without a word and counted as broken: {}.",
    }
    return " ".join(t.format(counts.whole(n)) for n, t in told.items() if counts.whole(n)) or None


def _of(*outcomes: str) -> str:
    return f"count(*) FILTER (WHERE outcome IN ({', '.join(repr(word) for word in outcomes)}))"


MEASURE = Measure(
    name="promise_kept_share",
    version=1,
    title="Promises kept",
    question="What share of our promises did we keep?",
    unit="share",
    direction="higher",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="promises",
    inputs=("kind", "thread", "t", "day", "properties"),
    rows=f"""
        WITH moves AS (
            SELECT dimensions, id, t, day, week, month, thread, kind, {DUE} AS due,
                CASE WHEN thread IS NULL THEN id END AS alone
            FROM interactions
            WHERE kind IN ('promise.made', 'promise.kept', 'promise.broken')
        ),
        steps AS (
            SELECT dimensions, t, day, week, month, thread, kind, due,
                lag(kind) OVER (PARTITION BY thread, alone ORDER BY t, id) AS previous,
                lead(kind) OVER (PARTITION BY thread, alone ORDER BY t, id) AS next_kind,
                lead(day) OVER (PARTITION BY thread, alone ORDER BY t, id) AS next_day
            FROM moves
        )
        SELECT dimensions, t, day, week, month, thread, due,
            CASE WHEN kind = 'promise.kept' THEN 'kept'
                 WHEN kind = 'promise.broken' OR next_kind = 'promise.broken' THEN 'broken'
                 WHEN next_kind = 'promise.kept' AND next_day > due THEN 'late'
                 WHEN next_kind = 'promise.kept' THEN 'kept'
                 WHEN due < coalesce(next_day, :data_last_day) THEN 'overdue'
                 WHEN next_kind IS NOT NULL THEN 'replaced'
                 ELSE 'open' END AS outcome
        FROM steps
        WHERE kind = 'promise.made' OR previous IS NULL
    """,
    counts={
        "settled": _of("kept", "broken", "late", "overdue"),
        "kept": _of("kept"),
        "late": _of("late"),
        "overdue": _of("overdue"),
        "replaced": _of("replaced"),
        "open": _of("open"),
    },
    figure=_figure,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="A count; Wilson (1927), JASA 22, 209-212.",
    caveats=(
        WHOLE_DAYS,
        "What is kept after its day is broken; so is what is past its day without a word.",
        "A thread holds one promise at a time: what follows first settles or replaces it.",
        "Groups, filters and periods go by the promise when it was made.",
    ),
    filters="rows",
    note=_note,
    kinds=("promise.made", "promise.kept", "promise.broken"),
)
