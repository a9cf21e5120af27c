"""A worker of a Spark cluster dies in the middle of a question; the full size is run by hand."""

from tests.requirements import needs

from .proving import proved


def test_figures_outlive_a_worker() -> None:
    needs("java")
    assert "one killed" in proved("cluster")
