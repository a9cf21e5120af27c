"""What share of customers gets a first reply within the target."""

from rapport.kernel.figures import Figure
from rapport.measures.api import compute

from .handmade import handmade
from .test_first_reply_wait import ONE, Event, asks, replies

LATER: Event = ("2025-02-28T12:00", "message.sent", {})
EVENTS = (
    asks("2025-01-06T10:00", "A"),
    replies("2025-01-06T12:00", "A"),  # two hours
    asks("2025-01-06T10:00", "B"),
    replies("2025-01-07T10:00", "B"),  # twenty-four
    asks("2025-01-06T10:00", "C"),  # never
    asks("2025-01-06T10:00", "D"),
    replies("2025-01-06T10:01", "D", automated=True),
    LATER,
)


def in_time(*events: Event, **parameters: object) -> Figure:
    snapshot = handmade(*events)
    [figure] = compute(snapshot, "reply_on_time_share", parameters={**ONE, **parameters})
    return figure


def test_the_target_is_a_day_and_its_last_moment_is_in_time() -> None:
    assert (in_time(*EVENTS).value, in_time(*EVENTS).n) == (0.5, 4)


def test_the_target_can_be_set() -> None:
    assert in_time(*EVENTS, hours=2).value == 0.25
    assert in_time(*EVENTS, hours=1.5).value == 0.0


def test_a_machine_replies_only_when_it_is_let() -> None:
    assert in_time(*EVENTS, automated=True).value == 0.75


def test_waits_too_young_to_judge_are_left_out_with_a_note() -> None:
    figure = in_time(*EVENTS, asks("2025-02-28T10:00", "E"))
    assert (figure.n, figure.note) == (4, "Left out: 1 waits whose 24 hours are not over.")


def test_too_few_waits_give_no_value() -> None:
    [figure] = compute(handmade(*EVENTS), "reply_on_time_share")
    assert (figure.value, figure.note) == (None, "Too few waits to say (4 of 10).")
