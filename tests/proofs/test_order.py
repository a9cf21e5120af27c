"""Any order, repetition and way gives one store; the full size is run by hand."""

from .proving import proved


def test_order_repetition_and_way_leave_no_trace() -> None:
    proved("order")
