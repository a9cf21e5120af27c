"""What share of deliveries comes by the promised day."""

from rapport.kernel.figures import Figure
from rapport.measures.api import compute

from .handmade import handmade
from .test_first_reply_wait import ONE, Event

LATER: Event = ("2025-03-01T10:00", "order.delivered", {"thread": "Z"})


def told(kind: str, day: str, thread: str = "A", due: str | None = None, **more: object) -> Event:
    properties = {"properties": {"promised_day": f"2025-{due}"}} if due else {}
    return (f"2025-{day}T10:00", kind, {"thread": thread, **properties, **more})


def on_time(*events: Event, **parameters: object) -> Figure:
    [figure] = compute(handmade(*events, LATER), "on_time_share", parameters={**ONE, **parameters})
    return figure


def test_a_delivery_is_on_time_until_the_promised_day_is_over() -> None:
    figure = on_time(
        told("promise.made", "01-06", "A", due="01-08"),
        told("order.delivered", "01-08", "A"),
        told("order.completed", "01-06", "B", due="01-08"),  # the order itself may name the day
        told("order.delivered", "01-09", "B"),
        told("order.completed", "01-06", "C"),  # nothing was promised
        told("order.delivered", "02-09", "C"),
    )
    assert (figure.value, figure.n) == (0.5, 2)


def test_what_has_not_come_is_late_once_its_day_is_over() -> None:
    figure = on_time(
        told("promise.made", "01-06", "A", due="01-08"),
        told("promise.made", "02-27", "B", due="03-01"),
    )
    assert (figure.value, figure.n) == (0.0, 1)
    assert figure.note == (
        "On their way and not counted: 1. Not delivered and past their day, counted as late: 1."
    )


def test_the_first_day_named_holds_unless_the_last_is_asked_for() -> None:
    events = (
        told("promise.made", "01-06", due="01-08"),
        told("promise.made", "01-07", due="01-12"),
        told("order.delivered", "01-10"),
    )
    assert on_time(*events).value == 0.0
    assert on_time(*events, promise="last").value == 1.0


def test_the_first_part_that_comes_is_the_delivery() -> None:
    figure = on_time(
        told("promise.made", "01-06", due="01-08"),
        told("order.delivered", "01-08"),
        told("order.delivered", "01-20"),
    )
    assert figure.value == 1.0


def test_groups_go_by_what_named_the_day() -> None:
    events = (
        told("promise.made", "01-06", due="01-08", unit="depot"),
        told("order.delivered", "01-08", unit="van"),
    )
    found = compute(handmade(*events), "on_time_share", by=["unit"], parameters=ONE)
    assert [(f.by["unit"], f.value) for f in found] == [("depot", 1.0)]


def test_too_few_and_none_give_no_value() -> None:
    [few] = compute(handmade(told("promise.made", "01-06", due="01-05"), LATER), "on_time_share")
    assert (few.value, few.n) == (None, 1)
    [none] = compute(handmade(LATER), "on_time_share")
    assert (none.value, none.n) == (None, 0)
