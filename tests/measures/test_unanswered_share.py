"""How many customers nobody replies to."""

from rapport.measures.api import compute

from .handmade import handmade
from .test_first_reply_wait import ONE, Event, asks, replies

LATER: Event = ("2025-02-28T12:00", "message.sent", {})


def test_it_is_the_share_without_a_reply_in_time() -> None:
    events = (
        asks("2025-01-06T10:00", "A"),
        replies("2025-01-06T11:00", "A"),
        asks("2025-01-06T10:00", "B"),  # answered after nine days
        replies("2025-01-15T10:00", "B"),
        asks("2025-01-06T10:00", "C"),  # never answered
        asks("2025-01-06T10:00", "D"),  # by a machine only
        replies("2025-01-06T10:01", "D", automated=True),
        LATER,
    )
    [figure] = compute(handmade(*events), "unanswered_share", parameters=ONE)
    assert (figure.value, figure.n) == (0.75, 4)
    [patient] = compute(handmade(*events), "unanswered_share", parameters={**ONE, "days": 14})
    assert patient.value == 0.5


def test_waits_too_young_to_judge_are_left_out_with_a_note() -> None:
    events = (asks("2025-02-27T10:00", "A"), asks("2025-01-06T10:00", "B"), LATER)
    [figure] = compute(handmade(*events), "unanswered_share", parameters=ONE)
    assert (figure.value, figure.n) == (1.0, 1)
    assert figure.note == "Left out: 1 waits whose 7 days are not over."


def test_data_end_is_looked_up_for_given_ranges_too() -> None:
    [figure] = compute(
        handmade(asks("2025-01-06T10:00"), LATER),
        "unanswered_share",
        every="month",
        first_day="2025-01-01",
        last_day="2025-01-31",
        parameters=ONE,
    )
    assert figure.n == 1
