"""A ledger and a plain model of it do the same; thousands of runs are made by hand."""

from .proving import proved


def test_the_ledger_holds_what_its_model_holds() -> None:
    proved("sim")
