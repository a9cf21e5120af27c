"""Killed at every failpoint and at random moments; the full size is run by hand."""

from .proving import proved


def test_a_store_outlives_every_kill() -> None:
    report = proved("crash")
    assert figures(report)["acknowledged and lost"] == "0"


def figures(report: str) -> dict[str, str]:
    """The figures of a report by name."""
    return {line[:44].strip(): line[44:].strip() for line in report.splitlines()}
