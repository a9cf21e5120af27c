"""How long until a case is solved."""

from rapport.kernel.figures import Figure
from rapport.measures.api import compute

from .handmade import handmade
from .test_first_reply_wait import ONE, Event, asks, case


def time(*events: Event, **parameters: object) -> Figure:
    [figure] = compute(handmade(*events), "resolution_time", parameters={**ONE, **parameters})
    return figure


def test_it_is_from_opening_to_solution() -> None:
    figure = time(case("opened", "2025-01-06T10:00"), case("resolved", "2025-01-07T10:00"))
    assert (figure.value, figure.n, figure.unit) == (24.0, 1, "hours")


def test_without_an_opening_the_threads_first_interaction_counts() -> None:
    step = ("2025-01-06T09:00", "step.completed", {"thread": "A"})
    assert time(step, asks("2025-01-06T10:00"), case("resolved", "2025-01-06T12:00")).value == 3.0


def test_what_came_before_the_opening_does_not_count() -> None:
    events = (
        asks("2025-01-05T10:00"),
        case("opened", "2025-01-06T10:00"),
        case("resolved", "2025-01-06T12:00"),
    )
    assert time(*events).value == 2.0


def test_reopening_does_not_stretch_the_first_solution() -> None:
    events = (
        case("opened", "2025-01-06T10:00"),
        case("resolved", "2025-01-06T12:00"),
        case("reopened", "2025-01-11T10:00"),
        case("resolved", "2025-01-11T10:00"),
    )
    assert time(*events).value == 2.0
    assert time(*events, until="last").value == 120.0


def test_cases_not_solved_are_left_out() -> None:
    [figure] = compute(handmade(case("opened", "2025-01-06T10:00")), "resolution_time")
    assert (figure.value, figure.n) == (None, 0)


def test_a_case_belongs_to_the_month_it_was_opened_in() -> None:
    events = (case("opened", "2025-01-31T10:00"), case("resolved", "2025-02-01T10:00"))
    [figure] = compute(handmade(*events), "resolution_time", every="month", parameters=ONE)
    assert figure.period == "2025-01"
