"""Segments by rule: who is in one, when they came and went, and how the ledger is told."""
