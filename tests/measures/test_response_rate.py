"""How many of those who were asked answer."""

from rapport.measures.api import compute

from .handmade import handmade

ONE = {"minimum_n": 1}
Event = tuple[str, str, dict[str, object]]


def survey(what: str, at: str, thread: str | None, programme: str = "yearly") -> Event:
    return (f"{at}T10:00", f"survey.{what}", {"thread": thread, "programme": programme})


EVENTS = (
    survey("invited", "2025-01-30", "A"),
    survey("invited", "2025-01-30", "B"),
    survey("invited", "2025-02-03", "B"),  # a reminder
    survey("answered", "2025-02-02", "A"),
    survey("answered", "2025-02-02", "A"),  # a second item of the same questionnaire
    survey("answered", "2025-02-02", "Z"),  # nobody knows of an invitation
    survey("invited", "2025-01-30", None),  # cannot be told whether it was answered
)


def test_it_is_answered_of_known_invitations() -> None:
    [figure] = compute(handmade(*EVENTS), "response_rate", parameters=ONE)
    assert (figure.value, figure.n) == (0.5, 2)


def test_an_answer_counts_for_the_month_of_its_invitation() -> None:
    found = compute(handmade(*EVENTS), "response_rate", every="month", parameters=ONE)
    assert [(f.period, f.value) for f in found] == [("2025-01", 0.5)]


def test_programmes_are_kept_apart() -> None:
    other = survey("invited", "2025-01-30", "C", programme="delivery")
    found = compute(handmade(*EVENTS, other), "response_rate", parameters=ONE)
    assert [(f.programme, f.value) for f in found] == [("delivery", 0.0), ("yearly", 0.5)]
