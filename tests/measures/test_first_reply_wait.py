"""How long customers wait; what must never count as waiting or as a reply."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.kernel.figures import Figure
from rapport.measures.api import compute

from .handmade import handmade

Event = tuple[str, str, dict[str, object]]
ONE = {"minimum_n": 1}


def asks(at: str, thread: str = "A", **more: object) -> Event:
    return (at, "message.received", {"thread": thread, "direction": "inbound", **more})


def replies(at: str, thread: str = "A", **more: object) -> Event:
    return (at, "message.sent", {"thread": thread, "direction": "outbound", **more})


def case(what: str, at: str, thread: str = "A") -> Event:
    return (at, f"case.{what}", {"thread": thread})


def wait(*events: Event, **parameters: object) -> Figure:
    [figure] = compute(handmade(*events), "first_reply_wait", parameters={**ONE, **parameters})
    return figure


def test_a_wait_is_from_the_question_to_the_reply_in_hours() -> None:
    figure = wait(asks("2025-01-06T10:00"), replies("2025-01-06T12:30"))
    assert (figure.value, figure.n, figure.unit) == (2.5, 1, "hours")


def test_replies_of_machines_end_no_wait() -> None:
    figure = wait(
        asks("2025-01-06T10:00"),
        replies("2025-01-06T10:01", automated=True),
        replies("2025-01-06T13:00", automated=False),
    )
    assert figure.value == 3.0


def test_replies_of_machines_count_when_asked_for() -> None:
    events = (asks("2025-01-06T10:00"), replies("2025-01-06T11:00", automated=True))
    assert wait(*events).n == 0
    assert wait(*events, automated=True).value == 1.0


def test_asking_again_while_waiting_begins_no_wait() -> None:
    figure = wait(asks("2025-01-06T10:00"), asks("2025-01-06T11:00"), replies("2025-01-06T12:00"))
    assert (figure.value, figure.extra["waits"]) == (2.0, 1.0)


def test_a_machine_between_two_questions_does_not_split_the_wait() -> None:
    figure = wait(
        asks("2025-01-06T10:00"),
        replies("2025-01-06T10:01", automated=True),
        asks("2025-01-06T11:00"),
        replies("2025-01-06T12:00"),
    )
    assert (figure.value, figure.extra["waits"]) == (2.0, 1.0)


def test_asking_after_a_reply_is_a_new_wait() -> None:
    figure = wait(
        asks("2025-01-06T10:00"),
        replies("2025-01-06T11:00"),
        asks("2025-01-10T10:00"),
        replies("2025-01-10T13:00"),
    )
    # Waits of one and of three hours, not one of four days.
    assert (figure.value, figure.n) == (2.0, 2)


def test_a_case_reopened_after_five_days_does_not_give_a_five_day_wait() -> None:
    figure = wait(
        asks("2025-01-06T10:00"),
        case("resolved", "2025-01-06T10:30"),
        case("reopened", "2025-01-11T10:00"),
        asks("2025-01-11T10:05"),
        replies("2025-01-11T11:00"),
    )
    assert (figure.value, figure.n, figure.extra["waits"]) == (1.0, 1, 2.0)
    assert figure.note == "Not answered and left out: 1."


def test_a_reply_right_after_solving_still_answers() -> None:
    figure = wait(
        asks("2025-01-06T10:00"),
        case("resolved", "2025-01-06T11:00"),
        replies("2025-01-06T11:01"),
    )
    assert figure.value == pytest.approx(61 / 60)


def test_threads_do_not_answer_each_other() -> None:
    figure = wait(asks("2025-01-06T10:00", "A"), replies("2025-01-06T11:00", "B"))
    assert (figure.value, figure.n) == (None, 0)


def test_a_wait_belongs_to_the_day_and_channel_of_the_question() -> None:
    events = (asks("2025-01-31T23:00", channel="chat"), replies("2025-02-01T01:00", channel="mail"))
    [figure] = compute(
        handmade(*events),
        "first_reply_wait",
        by=["channel"],
        every="month",
        last_day="2025-01-31",
        parameters=ONE,
    )
    assert (figure.value, figure.period, figure.by) == (2.0, "2025-01", {"channel": "chat"})


def test_a_filter_on_the_question_does_not_hide_the_reply() -> None:
    events = (asks("2025-01-06T10:00", channel="chat"), replies("2025-01-06T11:00", channel="mail"))
    [figure] = compute(
        handmade(*events), "first_reply_wait", where=["channel = chat"], parameters=ONE
    )
    assert figure.value == 1.0


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.integers(1, 600), min_size=1, max_size=150),
    st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9, 0.95]),
)
def test_quantiles_equal_those_of_numpy(minutes: list[int], quantile: float) -> None:
    events: list[Event] = []
    for number, wait_minutes in enumerate(minutes):
        hours, rest = divmod(wait_minutes, 60)
        events.append(asks("2025-01-06T00:00", f"t{number}"))
        events.append(replies(f"2025-01-06T{hours:02}:{rest:02}", f"t{number}"))
    figure = wait(*events, quantile=quantile)
    expected = np.quantile(np.array(minutes) / 60, quantile)
    assert figure.value == pytest.approx(expected, abs=1e-9)
    assert figure.extra["p90"] == pytest.approx(np.quantile(np.array(minutes) / 60, 0.9), abs=1e-9)
