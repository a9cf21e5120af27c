"""How many conversations a machine settles alone."""

from rapport.measures.api import compute

from .handmade import handmade
from .test_automation_share import machine
from .test_first_reply_wait import ONE, Event, asks, case, replies

LATER: Event = ("2025-02-28T12:00", "message.received", {})


def bot_answers(thread: str) -> tuple[Event, Event]:
    return asks("2025-01-06T10:00", thread), machine("2025-01-06T10:01", thread)


EVENTS = (
    *bot_answers("settled"),
    case("resolved", "2025-01-06T11:00", "settled"),
    *bot_answers("handed over"),
    replies("2025-01-06T12:00", "handed over"),
    case("resolved", "2025-01-06T13:00", "handed over"),
    *bot_answers("left alone"),
    *bot_answers("came back"),
    case("closed", "2025-01-06T11:00", "came back"),
    asks("2025-01-07T09:00", "came back"),
    asks("2025-01-06T10:00", "a person only"),
    replies("2025-01-06T10:05", "a person only"),
    LATER,
)


def test_contained_is_settled_without_a_person_and_without_coming_back() -> None:
    [figure] = compute(handmade(*EVENTS), "containment_share", parameters=ONE)
    assert (figure.value, figure.n) == (0.25, 4)
    assert figure.extra["handed_over_share"] == 0.25
    assert figure.extra["left_alone_share"] == 0.5


def test_silence_counts_as_settled_only_when_asked_for() -> None:
    settings = {**ONE, "proof": "silence"}
    [figure] = compute(handmade(*EVENTS), "containment_share", parameters=settings)
    assert (figure.value, figure.extra["left_alone_share"]) == (0.75, 0.0)


def test_what_we_began_is_no_conversation_of_the_customer() -> None:
    begun = (machine("2025-01-06T10:00"), asks("2025-01-06T11:00"), LATER)
    [figure] = compute(handmade(*begun), "containment_share", parameters=ONE)
    assert figure.n == 0


def test_conversations_too_young_to_judge_are_left_out_with_a_note() -> None:
    young = (asks("2025-02-25T10:00", "young"), machine("2025-02-25T10:01", "young"))
    [figure] = compute(handmade(*EVENTS, *young), "containment_share", parameters=ONE)
    assert figure.n == 4
    assert figure.note == "Left out: 1 conversations whose 7 days are not over."


def test_a_channel_is_that_of_the_first_message() -> None:
    events = (
        asks("2025-01-06T10:00", channel="chat"),
        machine("2025-01-06T10:01", channel="email"),
        LATER,
    )
    [figure] = compute(
        handmade(*events), "containment_share", where=["channel = chat"], parameters=ONE
    )
    assert (figure.value, figure.n) == (0.0, 1)


def test_too_few_conversations_give_no_value() -> None:
    [figure] = compute(handmade(*EVENTS), "containment_share")
    assert (figure.value, figure.note) == (None, "Too few conversations to say (4 of 10).")
