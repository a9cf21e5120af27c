"""Retention where there is a contract: which of them still run."""

from rapport.kernel.figures import Estimate
from rapport.measures.contracts import RUNNING
from rapport.measures.definition import Counts, Measure
from rapport.methods.retention import retention


def _figure(counts: Counts) -> Estimate:
    return retention(counts.whole("kept"), counts.whole("at_start"), confidence=counts.confidence)


def _note(counts: Counts) -> str | None:
    return None if counts.whole("at_start") else "No contract ran before the period."


MEASURE = Measure(
    name="retention_contract",
    version=1,
    title="Retention of contracts",
    question="What share of the contracts running at the start of the period ran at its end?",
    unit="share",
    direction="higher",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="contracts",
    inputs=("kind", "customer", "thread", "day"),
    rows=RUNNING.format(running="s.started < p.first_day"),
    counts={
        "at_start": "count(*)",
        "kept": "count(*) FILTER (WHERE ended IS NULL OR ended > last_day)",
    },
    figure=_figure,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="Gupta & Zeithaml (2006), Marketing Science 25, 718-739; Wilson (1927), JASA 22, "
    "209-212.",
    caveats=(
        "A contract that both began and ended inside the period is in neither count.",
        "Contracts whose beginning is not in the ledger are not known to it.",
        "Groups and filters go by the interaction with which the contract began.",
    ),
    filters="rows",
    placed="periods",
    note=_note,
)
