"""Killed at every failpoint and at random moments; the full size is run by hand."""

from .proving import figures, proved


def test_a_store_outlives_every_kill() -> None:
    report = proved("crash")
    assert figures(report)["acknowledged and lost"] == "0"
