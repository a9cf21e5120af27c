"""Contracts and when they ran, which retention and churn count alike.

A contract is a customer with a thread (its number; without one, a customer has one contract).
It runs from a `contract.started` to the next `contract.ended`; starting what runs already and
ending what has ended change nothing, so a contract won back runs a second time. On the day it
ends it has ended.
"""

# One row for each period and each contract that `{running}` lets in.
RUNNING = """
    WITH changes AS (
        SELECT dimensions, id, t, day, customer, thread, kind,
            lag(kind) OVER (PARTITION BY customer, thread ORDER BY t, id) AS previous
        FROM interactions
        WHERE kind IN ('contract.started', 'contract.ended')
          AND (customer IS NOT NULL OR thread IS NOT NULL)
    ),
    spells AS (
        SELECT dimensions, customer, thread, kind, day AS started,
            lead(day) OVER (PARTITION BY customer, thread ORDER BY t, id) AS ended
        FROM changes
        WHERE previous IS NULL OR previous <> kind
    )
    SELECT s.dimensions, p.bucket, p.last_day, s.customer, s.thread, s.started, s.ended
    FROM spells AS s
    JOIN periods AS p ON {running} AND (s.ended IS NULL OR s.ended >= p.first_day)
    WHERE s.kind = 'contract.started'
"""
