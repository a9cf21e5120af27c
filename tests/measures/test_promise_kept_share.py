"""What share of our promises we keep."""

from rapport.kernel.figures import Figure
from rapport.measures.api import compute

from .handmade import handmade
from .test_first_reply_wait import ONE, Event


def promise(what: str, day: str, thread: str | None = "A", due: str | None = None) -> Event:
    fields: dict[str, object] = {"thread": thread}
    if due:
        fields["properties"] = {"promised_day": f"2025-{due}"}
    return (f"2025-{day}T10:00", f"promise.{what}", fields)


LATER = promise("kept", "03-01", None)


def kept(*events: Event) -> Figure:
    """The figure for January; LATER tells how far the data reach."""
    [figure] = compute(
        handmade(*events, LATER),
        "promise_kept_share",
        first_day="2025-01-01",
        last_day="2025-01-31",
        parameters=ONE,
    )
    return figure


def test_a_promise_is_kept_until_its_day_is_over() -> None:
    figure = kept(
        promise("made", "01-06", "A", due="01-08"),
        promise("kept", "01-08", "A"),  # on the day itself
        promise("made", "01-06", "B", due="01-08"),
        promise("kept", "01-09", "B"),  # said to be kept, but late
        promise("made", "01-06", "C"),
        promise("kept", "02-20", "C"),  # no day was named
        promise("made", "01-06", "D", due="01-08"),
        promise("broken", "01-07", "D"),
    )
    assert (figure.value, figure.n, figure.extra["late"]) == (0.5, 4, 1.0)


def test_a_promise_whose_day_is_over_without_a_word_is_broken() -> None:
    figure = kept(promise("made", "01-06", due="01-08"))
    assert (figure.value, figure.n) == (0.0, 1)
    assert figure.note == "Overdue without a word and counted as broken: 1."


def test_an_open_promise_is_told_and_not_counted() -> None:
    figure = kept(
        promise("made", "01-06", "A", due="03-01"),  # the last day of the data: not over yet
        promise("made", "01-06", "B"),
    )
    assert (figure.value, figure.n) == (None, 0)
    assert figure.note is not None
    assert figure.note.endswith("Open and not counted: 2.")


def test_a_new_promise_in_time_replaces_the_old_one_and_after_it_does_not() -> None:
    figure = kept(
        promise("made", "01-06", "A", due="01-10"),
        promise("made", "01-09", "A", due="01-20"),
        promise("kept", "01-19", "A"),
        promise("made", "01-06", "B", due="01-08"),
        promise("made", "01-09", "B", due="01-20"),
        promise("kept", "01-19", "B"),
    )
    assert (figure.value, figure.n) == (2 / 3, 3)
    assert figure.note == (
        "Replaced by a new promise in time and not counted: 1. "
        "Overdue without a word and counted as broken: 1."
    )


def test_what_comes_after_a_broken_promise_does_not_mend_it() -> None:
    figure = kept(
        promise("made", "01-06", due="01-08"),
        promise("broken", "01-08"),
        promise("kept", "01-12"),
    )
    assert (figure.value, figure.n) == (0.0, 1)


def test_outcomes_of_which_the_promise_is_not_known_count_too() -> None:
    figure = kept(
        promise("kept", "01-06", "A"),
        promise("broken", "01-06", None),
        promise("kept", "01-06", None),
    )
    assert (figure.value, figure.n) == (2 / 3, 3)


def test_a_promised_day_that_is_none_is_as_if_not_named() -> None:
    for due in ("soon", "01", "13-45", "01-08T12:00"):
        figure = kept(promise("made", "01-06", due=due), promise("kept", "01-20"))
        assert (figure.value, figure.n) == (1.0, 1), due


def test_groups_go_by_the_promise() -> None:
    made = ("2025-01-06T10:00", "promise.made", {"thread": "A", "unit": "depot"})
    found = compute(
        handmade(made, promise("kept", "01-07")), "promise_kept_share", by=["unit"], parameters=ONE
    )
    assert [(f.by["unit"], f.value) for f in found] == [("depot", 1.0)]


def test_too_few_promises_give_no_value() -> None:
    [figure] = compute(handmade(LATER), "promise_kept_share")
    assert (figure.value, figure.note) == (None, "Too few promises to say (1 of 10).")
