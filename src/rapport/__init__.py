"""Rapport: customer experience management with one ledger under every figure."""

__version__ = "0.1.0"
