"""Days are those of the reporting zone, whatever its clocks do; the full size is run by hand."""

from .proving import proved


def test_days_are_those_of_the_zone_on_nights_when_clocks_are_put() -> None:
    proved("time")
