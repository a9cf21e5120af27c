"""What share of deliveries comes by the day that was promised."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure, Parameter
from rapport.measures.estimating import share_of
from rapport.measures.promises import DUE, WHOLE_DAYS


def _figure(counts: Counts) -> Estimate:
    found = share_of(counts, "on_time", "due")
    extra = {**found.extra, "missing": float(counts.whole("missing"))}
    return Estimate(
        found.value, found.low, found.high, found.confidence, found.n, found.method, extra
    )


def _note(counts: Counts) -> str | None:
    early, missing = counts.whole("early"), counts.whole("missing")
    said = [
        f"On their way and not counted: {early}." if early else "",
        f"Not delivered and past their day, counted as late: {missing}." if missing else "",
    ]
    return " ".join(part for part in said if part) or None


MEASURE = Measure(
    name="on_time_share",
    version=1,
    title="On-time share",
    question="What share of deliveries came by the promised day?",
    unit="share",
    direction="higher",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="promised deliveries",
    inputs=("kind", "thread", "t", "day", "properties"),
    rows=f"""
        WITH said AS (
            SELECT dimensions, id, t, day, week, month, thread, kind, {DUE} AS due
            FROM interactions
            WHERE thread IS NOT NULL
              AND kind IN ('promise.made', 'order.completed', 'order.delivered')
        ),
        promised AS (
            SELECT dimensions, t, day, week, month, thread, due,
                CASE WHEN :promise = 'last'
                    THEN row_number() OVER (PARTITION BY thread ORDER BY t DESC, id DESC)
                    ELSE row_number() OVER (PARTITION BY thread ORDER BY t, id)
                END AS place
            FROM said
            WHERE due IS NOT NULL
        ),
        delivered AS (
            SELECT thread, min(day) AS came
            FROM said
            WHERE kind = 'order.delivered'
            GROUP BY thread
        )
        SELECT p.dimensions, p.t, p.day, p.week, p.month, p.thread, p.due,
            CASE WHEN d.came <= p.due THEN 'on time'
                 WHEN d.came > p.due THEN 'late'
                 WHEN p.due < :data_last_day THEN 'missing'
                 ELSE 'early' END AS outcome
        FROM promised AS p
        LEFT JOIN delivered AS d ON d.thread = p.thread
        WHERE p.place = 1
    """,
    counts={
        "due": "count(*) FILTER (WHERE outcome <> 'early')",
        "on_time": "count(*) FILTER (WHERE outcome = 'on time')",
        "missing": "count(*) FILTER (WHERE outcome = 'missing')",
        "early": "count(*) FILTER (WHERE outcome = 'early')",
    },
    figure=_figure,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="Gunasekaran, Patel & Tirtiroglu (2001), International Journal of Operations & "
    "Production Management 21, 71-87, for on-time delivery; Wilson (1927), JASA 22, 209-212.",
    caveats=(
        WHOLE_DAYS,
        "By the first delivery of the thread: what came in parts counts when the first part came.",
        "Orders without a promised day are not counted; a delivery called off is missing.",
        "Groups, filters and periods go by the interaction that named the day.",
    ),
    parameters=(
        Parameter(
            "promise",
            "first",
            "which day holds where several were named: what the customer heard first, or last",
            choices=("first", "last"),
        ),
    ),
    filters="rows",
    note=_note,
    kinds=("order.delivered", "promise.made"),
)
