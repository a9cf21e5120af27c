"""The published tables that are made from the ledger and from other published tables.

None of them is made of another, so whether one is old never depends on the others.
"""

WORDS, ACTIVITY = "words", "activity"
SEGMENTS = "segments"
DERIVED = frozenset({WORDS, ACTIVITY, SEGMENTS})
