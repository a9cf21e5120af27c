"""What is acknowledged under load is stored; the ratios are measured by hand."""

from .proving import proved


def test_under_load_nothing_acknowledged_is_lost() -> None:
    proved("load")
