"""Until when we promised something, as the interactions say it.

The promised day stands in the properties of what promised it, as `promised_day`: an ISO date
(2026-01-31) in the reporting zone. The promise holds until that day is over.
"""

# The promised day as the ledger counts days, null where none is said.
DUE = "date_diff('day', DATE '1970-01-01', TRY_CAST((properties ->> '$.promised_day') AS DATE))"

WHOLE_DAYS = "Promised are whole days: on the promised day everything is in time."
