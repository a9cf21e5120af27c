"""System calls that fail in a process at work; the full size is run by hand."""

from tests.requirements import needs

from .proving import figures, proved


def test_every_refused_call_is_told_and_breaks_nothing() -> None:
    needs("strace")
    found = figures(proved("iofault"))
    assert "points broken" not in found
    assert int(found["points refused clearly"]) > 10
