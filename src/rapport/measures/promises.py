"""Until when we promised something, as the interactions say it.

The promised day stands in the properties of what promised it, as `promised_day`: an ISO date
(2026-01-31) in the reporting zone. The promise holds until that day is over.
"""

_SAID = "(properties ->> '$.promised_day')"
# The promised day as the ledger counts days, null where none is said. Engines read what is no whole
# ISO date (2026-01, 2026-01-31T12:00) in different ways, so that is none.
DUE = (
    f"CASE WHEN {_SAID} LIKE '____-__-__' "
    f"THEN date_diff('day', DATE '1970-01-01', TRY_CAST({_SAID} AS DATE)) END"
)

WHOLE_DAYS = "Promised are whole days: on the promised day everything is in time."
