"""How many of those who were asked answer."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure
from rapport.measures.estimating import share_of


def _figure(counts: Counts) -> Estimate:
    return share_of(counts, "answered", "invited")


MEASURE = Measure(
    name="response_rate",
    version=1,
    title="Response rate",
    question="What share of the customers who were asked answered?",
    unit="share",
    direction="higher",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="invitations",
    inputs=("kind", "thread", "programme"),
    rows="""
        WITH invitations AS (
            SELECT dimensions, id, t, day, week, month, thread,
                row_number() OVER (PARTITION BY thread ORDER BY t, id) AS place
            FROM interactions
            WHERE kind = 'survey.invited' AND thread IS NOT NULL
        ),
        answered AS (
            SELECT thread FROM interactions
            WHERE kind = 'survey.answered' AND thread IS NOT NULL
            GROUP BY thread
        )
        SELECT i.dimensions, i.t, i.day, i.week, i.month, i.thread,
            a.thread IS NOT NULL AS answer
        FROM invitations AS i
        LEFT JOIN answered AS a ON a.thread = i.thread
        WHERE i.place = 1
    """,
    counts={"invited": "count(*)", "answered": "count(*) FILTER (WHERE answer)"},
    figure=_figure,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="AAPOR (2023), Standard Definitions, 10th ed., response rate 2 (any answered item "
    "counts); Wilson (1927), JASA 22, 209-212.",
    caveats=(
        "Only known invitations count: those in the ledger with the thread of the questionnaire.",
        "A reminder is no second invitation: the first with a thread counts.",
        "An answer counts whenever it came, so the latest invitations may still be answered.",
        "Groups and filters go by the invitation.",
    ),
    never_mixes=("programme",),
    filters="rows",
    kinds=("survey.invited", "survey.answered"),
)
