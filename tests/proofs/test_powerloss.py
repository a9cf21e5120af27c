"""Power cuts at random calls of a real process; the full size is run by hand."""

from tests.requirements import needs

from .proving import figures, proved


def test_no_power_cut_takes_what_was_acknowledged() -> None:
    needs("strace")
    assert figures(proved("powerloss"))["cuts that lost or broke something"] == "0"
