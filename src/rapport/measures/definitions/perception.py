"""How customers see us, over time: of one customer, of a group, of all."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure, Parameter
from rapport.measures.estimating import mean_of
from rapport.measures.scores import ALL_SCALES, KINDS, LEAVE_OUT, ON_SCALE, RELATIVE, SCORED


def _figure(counts: Counts) -> Estimate:
    found = mean_of(counts, "total", "squares", "scores")
    if found.value is None:
        return found
    low = None if found.low is None else max(0.0, found.low)
    high = None if found.high is None else min(100.0, found.high)
    extra = {**found.extra, "lowest": counts.number("lowest"), "highest": counts.number("highest")}
    return Estimate(found.value, low, high, found.confidence, found.n, found.method, extra)


MEASURE = Measure(
    name="perception",
    version=1,
    title="Perception",
    question="How does a customer see us at the end of the period, on one scale of 0 to 100?",
    unit="points of 100",
    direction="higher",
    lowest=0,
    highest=100,
    minimum_n=1,
    observation="scores",
    inputs=("kind", "scale", "score", "item", "customer", "day", "brand"),
    rows=f"""
        SELECT dimensions, customer, t, day, 1e2 * ({RELATIVE}) AS level
        FROM interactions
        JOIN {ALL_SCALES} ON {ON_SCALE}
        WHERE {SCORED}
    """,
    covers="""
        day <= last_day
        AND day > last_day - CASE WHEN :window = 0 THEN last_day - first_day + 1 ELSE :window END
    """,
    counts={
        "scores": "count(*)",
        "total": "sum(level)",
        "squares": "sum(level * level)",
        "lowest": "min(level)",
        "highest": "max(level)",
    },
    figure=_figure,
    interval="t, from the spread of the scores, cut to 0 to 100; none for a single score.",
    source="Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., "
    "section 3.3, for the moving average; Student (1908), Biometrika 6, 1-25.",
    caveats=(
        "It puts scales and programmes together, as if people used all scales alike.",
        "To compare groups take one programme and its own measure.",
        "Of many customers it is the mean of scores: who answers often counts more.",
        "Periods shorter than the window share scores, so neighbours move together.",
        "It knows what was scored, not what was felt: silence is not a perception.",
    ),
    parameters=(
        Parameter(
            "window",
            90,
            "days up to the period's last over which scores are taken together; 0 for the period's "
            "own days only",
            lowest=0,
            highest=3660,
        ),
        LEAVE_OUT,
    ),
    never_mixes=("brand",),
    placed="periods",
    kinds=KINDS,
)
