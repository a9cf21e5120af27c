"""How much of what we answer is said by machines."""

import pytest
from statsmodels.stats.proportion import proportion_confint

from rapport.measures.api import compute

from .handmade import handmade
from .test_first_reply_wait import ONE, Event, replies


def machine(at: str, thread: str = "A", **more: object) -> Event:
    return replies(at, thread, automated=True, **more)


def test_it_is_the_share_of_replies_that_a_machine_gave() -> None:
    events = (
        machine("2025-01-06T10:00", "A"),
        replies("2025-01-06T11:00", "A", automated=False),
        replies("2025-01-06T12:00", "B"),  # nothing is said: a person's
        machine("2025-01-06T12:00", "C"),
        ("2025-01-06T13:00", "campaign.sent", {"automated": True}),  # no reply
    )
    [figure] = compute(handmade(*events), "automation_share", parameters=ONE)
    assert (figure.value, figure.n) == (0.5, 4)
    assert figure.extra["clusters"] == 3


def test_answers_to_reviews_are_replies_too() -> None:
    events = (
        ("2025-01-06T10:00", "review.answered", {"automated": True}),
        ("2025-01-06T10:00", "review.answered", {"automated": False}),
    )
    [figure] = compute(handmade(*events), "automation_share", parameters=ONE)
    assert (figure.value, figure.n, figure.extra["clusters"]) == (0.5, 2, 2)


def test_replies_of_one_conversation_make_the_share_no_surer() -> None:
    alone = [machine("2025-01-06T10:00", f"M{n}") for n in range(30)]
    alone += [replies("2025-01-06T10:00", f"P{n}") for n in range(71)]
    [once] = compute(handmade(*alone), "automation_share")
    [thrice] = compute(handmade(*alone, *alone, *alone), "automation_share")
    # 101 conversations are worth 100 replies drawn at random (Cochran 1977, theorem 3.2).
    expected = proportion_confint(100 * 30 / 101, 100, method="wilson")
    assert (once.low, once.high) == pytest.approx(expected)
    assert (thrice.low, thrice.high) == pytest.approx(expected)
    assert (once.n, thrice.n) == (101, 303)


def test_by_month_each_counts_its_own_replies() -> None:
    events = (machine("2025-01-31T10:00"), replies("2025-02-01T10:00"))
    found = compute(handmade(*events), "automation_share", every="month", parameters=ONE)
    assert [(f.period, f.value, f.n) for f in found] == [("2025-01", 1.0, 1), ("2025-02", 0.0, 1)]


def test_too_few_replies_and_none_give_no_value() -> None:
    [few] = compute(handmade(machine("2025-01-06T10:00")), "automation_share")
    assert (few.value, few.note) == (None, "Too few replies to say (1 of 10).")
    [none] = compute(handmade(("2025-01-06T10:00", "page.viewed", {})), "automation_share")
    assert (none.value, none.n) == (None, 0)
