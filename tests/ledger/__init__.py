"""Tests of the ledger: every interaction, once and for ever."""
