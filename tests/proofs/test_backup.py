"""Backed up under load, restored elsewhere, damaged; the full size is run by hand."""

from .proving import figures, proved


def test_a_backup_brings_everything_back() -> None:
    assert figures(proved("backup"))["of them lost"] == "0"
