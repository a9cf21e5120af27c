"""Churn: which contracts ended."""

from rapport.kernel.figures import Estimate
from rapport.measures.contracts import RUNNING
from rapport.measures.definition import Counts, Measure, Parameter
from rapport.methods.retention import churn


def _figure(counts: Counts) -> Estimate:
    return churn(counts.whole("lost"), counts.whole("at_risk"), confidence=counts.confidence)


def _note(counts: Counts) -> str | None:
    if counts.whole("at_risk") == 0 and counts.parameters["base"] == "start":
        return "No contract ran before the period; base=any counts those that began inside it."
    return None


MEASURE = Measure(
    name="churn",
    version=1,
    title="Churn rate",
    question="What share of contracts ended in the period?",
    unit="share",
    direction="lower",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="contracts",
    inputs=("kind", "customer", "thread", "day"),
    rows=RUNNING.format(
        running="s.started <= p.last_day AND (:base = 'any' OR s.started < p.first_day)"
    ),
    counts={
        "at_risk": "count(*)",
        "lost": "count(*) FILTER (WHERE ended IS NOT NULL AND ended <= last_day)",
    },
    figure=_figure,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="Gupta & Zeithaml (2006), Marketing Science 25, 718-739; Wilson (1927), JASA 22, "
    "209-212.",
    caveats=(
        "With base=start it is 1 - retention_contract of the same period.",
        "Rates of periods of different length cannot be compared.",
        "Groups and filters go by the interaction with which the contract began.",
    ),
    parameters=(
        Parameter(
            "base",
            "start",
            "whom to count: contracts running before the first day (start), or also those that "
            "began inside the period (any)",
            choices=("start", "any"),
        ),
    ),
    filters="rows",
    placed="periods",
    note=_note,
)
