"""Older stores are opened while that is killed; the full size is run by hand."""

from .proving import figures, proved


def test_older_stores_outlive_every_kill_of_their_opening() -> None:
    assert figures(proved("migrate"))["0.1.0-first: kills at a step, at random"].endswith(", 2")
