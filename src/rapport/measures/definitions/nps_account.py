"""Net Promoter Score by accounts: one vote for each company or household."""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Measure, Parameter
from rapport.methods import nps


def _figure(counts: Counts) -> Estimate:
    found = nps.nps(
        counts.whole("promoters"),
        counts.whole("passives"),
        counts.whole("detractors"),
        confidence=counts.confidence,
    )
    extra = {**found.extra, "contacts": float(counts.whole("contacts"))}
    return Estimate(
        found.value, found.low, found.high, found.confidence, found.n, found.method, extra
    )


MEASURE = Measure(
    name="nps_account",
    version=1,
    title="Net Promoter Score by accounts",
    question="How many more accounts would recommend us than would not?",
    unit="points",
    direction="higher",
    lowest=-100,
    highest=100,
    minimum_n=10,
    observation="accounts",
    inputs=("kind", "scale", "score", "account", "customer", "t", "programme", "brand"),
    rows="""
        WITH answers AS (
            SELECT dimensions, bucket, account, t, id, score,
                row_number() OVER (
                    PARTITION BY account, customer, CASE WHEN customer IS NULL THEN id END, bucket,
                        dimensions
                    ORDER BY t DESC, id DESC
                ) AS contact_place
            FROM interactions
            WHERE kind = 'survey.answered' AND scale = 'nps' AND score >= 0 AND score <= 10
              AND account IS NOT NULL
        ),
        voices AS (
            SELECT dimensions, bucket, account, score,
                row_number() OVER (
                    PARTITION BY account, bucket, dimensions ORDER BY t DESC, id DESC
                ) AS account_place
            FROM answers
            WHERE contact_place = 1
        )
        SELECT dimensions, bucket, account, count(*) AS contacts,
            CASE WHEN :vote = 'latest' THEN max(CASE WHEN account_place = 1 THEN score END)
                 WHEN :vote = 'lowest' THEN min(score)
                 ELSE sum(score) / count(*) END AS vote
        FROM voices
        GROUP BY account, bucket, dimensions
    """,
    counts={
        "promoters": "count(*) FILTER (WHERE vote >= 9)",
        "passives": "count(*) FILTER (WHERE vote >= 7 AND vote < 9)",
        "detractors": "count(*) FILTER (WHERE vote < 7)",
        "contacts": "sum(contacts)",
    },
    figure=_figure,
    interval="adjusted Wald AW(3, T) over accounts, which are independent where contacts are not.",
    source="Reichheld (2003), Harvard Business Review 81(12); Rocks (2016), The American "
    "Statistician 70, 365-372.",
    caveats=(
        "Of each contact the latest answer of the period counts, then one vote for each account.",
        "A mean is not whole: below 7 it detracts, from 9 on it promotes, so passives are many.",
        "Answers without an account are not counted.",
        "Groups draw the answers: an account has a vote in each channel it answered through.",
    ),
    parameters=(
        Parameter(
            "vote",
            "mean",
            "an account's vote: the mean of its contacts, the latest of them or the lowest",
            choices=("mean", "latest", "lowest"),
        ),
    ),
    never_mixes=("programme", "brand"),
    placed="drawn",
    kinds=("survey.answered",),
)
