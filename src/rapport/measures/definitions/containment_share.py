"""How many conversations a machine settles alone."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure, Parameter
from rapport.measures.estimating import share_of
from rapport.measures.replies import BY_MACHINE, REPLY, UNKNOWN


def _figure(counts: Counts) -> Estimate:
    found = share_of(counts, "contained", "conversations")
    if found.value is None:
        return found
    handed_over, left = counts.whole("handed_over"), counts.whole("left_alone")
    extra = {
        **found.extra,
        "handed_over_share": handed_over / found.n,
        "left_alone_share": left / found.n,
    }
    return Estimate(
        found.value, found.low, found.high, found.confidence, found.n, found.method, extra
    )


def _note(counts: Counts) -> str | None:
    early = counts.whole("early")
    if early == 0:
        return None
    return f"Left out: {early} conversations whose {counts.parameters['days']} days are not over."


_OVER = "day + :days <= :data_last_day"

MEASURE = Measure(
    name="containment_share",
    version=1,
    title="Containment share",
    question="What share of the conversations a machine answered was settled without a person?",
    unit="share",
    direction="neutral",
    lowest=0,
    highest=1,
    minimum_n=10,
    observation="conversations",
    inputs=("kind", "thread", "t", "automated"),
    rows=f"""
        WITH moves AS (
            SELECT dimensions, id, t, day, week, month, thread,
                CASE WHEN {REPLY} AND {BY_MACHINE} THEN 'machine'
                     WHEN {REPLY} THEN 'person'
                     WHEN kind IN ('message.received', 'case.reopened') THEN 'question'
                     ELSE 'settled' END AS part
            FROM interactions
            WHERE thread IS NOT NULL
              AND ({REPLY} OR kind IN ('message.received', 'case.reopened', 'case.resolved',
                  'case.closed'))
        ),
        begun AS (
            SELECT dimensions, t, day, week, month, thread, part,
                row_number() OVER (PARTITION BY thread ORDER BY t, id) AS place,
                count(CASE WHEN part = 'machine' THEN 1 END) OVER (PARTITION BY thread) AS machine,
                count(CASE WHEN part = 'person' THEN 1 END) OVER (PARTITION BY thread) AS person,
                max(CASE WHEN part = 'settled' THEN t END) OVER (PARTITION BY thread) AS settled,
                max(CASE WHEN part = 'question' THEN t END) OVER (PARTITION BY thread) AS asked
            FROM moves
        )
        SELECT dimensions, t, day, week, month, thread,
            CASE WHEN person > 0 THEN 'handed over'
                 WHEN settled >= asked OR :proof = 'silence' THEN 'contained'
                 ELSE 'left alone' END AS outcome
        FROM begun
        WHERE place = 1 AND part = 'question' AND machine > 0
    """,
    counts={
        "conversations": f"count(*) FILTER (WHERE {_OVER})",
        "contained": f"count(*) FILTER (WHERE {_OVER} AND outcome = 'contained')",
        "handed_over": f"count(*) FILTER (WHERE {_OVER} AND outcome = 'handed over')",
        "left_alone": f"count(*) FILTER (WHERE {_OVER} AND outcome = 'left alone')",
        "early": f"count(*) FILTER (WHERE NOT {_OVER})",
    },
    figure=_figure,
    interval="Wilson, which holds for small samples and for shares near 0 and 1.",
    source="A count, as there is no standard for it; Wilson (1927), JASA 22, 209-212.",
    caveats=(
        UNKNOWN,
        "Settled is what was resolved or closed with the customer not coming back.",
        "Who went away is left alone, not contained; proof=silence says contained, which flatters.",
        "Conversations that are too young to judge are left out with a note.",
        "Groups and filters go by the message with which the conversation began.",
    ),
    parameters=(
        Parameter(
            "proof",
            "settled",
            "what shows that it is settled: a case resolved or closed (settled), or that no person "
            "had to reply (silence)",
            choices=("settled", "silence"),
        ),
        Parameter("days", 7, "days after which a conversation is judged", lowest=0, highest=3660),
    ),
    filters="rows",
    note=_note,
    kinds=("message.received", "message.sent"),
)
