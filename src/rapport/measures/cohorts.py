"""Cohorts: customers who began together, and what share of them comes back at each age.

A customer belongs to the month (or week) of the first interaction that counts, and has age 0 in
it, age 1 in the next. At an age the customer is active who has one that counts in that month.
Only months that are over count, so each cohort ends where the data end and nobody is called
lost who can still come. At age 0 everybody is active.
"""

from rapport.kernel.figures import Estimate
from rapport.measures.definition import Counts, Parameter
from rapport.methods.retention import retention

STEP = Parameter("step", "month", "in what age is counted", choices=("month", "week"))
AGES = Parameter("ages", 12, "highest age to follow a cohort to", lowest=0, highest=99)

COUNTS = {"customers": "count(*)", "active": "count(*) FILTER (WHERE active)"}

# One row for each customer and each age that is over, of the interactions `{counted}`.
COHORTS = """
    WITH came AS (
        SELECT dimensions, id, t, day, week, month, customer,
            CASE WHEN :step = 'week' THEN week ELSE month END AS at_step,
            row_number() OVER (PARTITION BY customer ORDER BY t, id) AS place
        FROM interactions
        WHERE customer IS NOT NULL AND {counted}
    ),
    seen AS (
        SELECT customer, at_step FROM came GROUP BY customer, at_step
    ),
    digits AS (
        SELECT digit
        FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS written(digit)
    ),
    ages AS (
        SELECT 10 * tens.digit + ones.digit AS age
        FROM digits AS tens
        CROSS JOIN digits AS ones
        WHERE 10 * tens.digit + ones.digit <= :ages
    )
    SELECT c.dimensions, c.t, c.day, c.week, c.month, c.customer, a.age,
        s.customer IS NOT NULL AS active
    FROM came AS c
    JOIN ages AS a
        ON c.at_step + a.age < CASE WHEN :step = 'week' THEN :open_week ELSE :open_month END
    LEFT JOIN seen AS s ON s.customer = c.customer AND s.at_step = c.at_step + a.age
    WHERE c.place = 1
"""

CAVEATS = (
    "The first in the ledger may not be the first of all: early cohorts hold older customers.",
    "Without --every, cohorts are put together by age; older ages then rest on fewer cohorts.",
    "Groups and filters go by the interaction with which a customer began.",
)


def share_active(counts: Counts) -> Estimate:
    """The share of a cohort that is active at one age."""
    return retention(
        counts.whole("active"), counts.whole("customers"), confidence=counts.confidence
    )
