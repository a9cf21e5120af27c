"""Who of those that first met us together is in touch at each age."""

from rapport.measures.api import compute

from .handmade import handmade
from .test_retention_repeat import ONE

EVENTS = (
    ("2025-01-05T10:00", "visit.made", {"customer": "ana"}),
    ("2025-02-05T10:00", "message.received", {"customer": "ana"}),
    ("2025-01-31T10:00", "order.completed", {"customer": "ben"}),
    ("2025-02-28T23:00", "survey.answered", {"customer": "ana"}),
)


def test_whatever_customers_do_is_contact() -> None:
    found = compute(handmade(*EVENTS), "contact_cohort", every="month", parameters=ONE)
    assert [(f.by["age"], f.value, f.n) for f in found] == [(0, 1.0, 2), (1, 0.5, 2)]


def test_what_we_send_and_what_is_said_of_others_is_none() -> None:
    sent = ("2025-02-10T10:00", "campaign.sent", {"customer": "ben"})
    other = ("2025-02-10T10:00", "review.posted", {"customer": "ben", "brand": "Radhaven"})
    found = compute(handmade(*EVENTS, sent, other), "contact_cohort", parameters=ONE)
    assert [f.value for f in found] == [1.0, 0.5]


def test_too_few_customers_give_no_value() -> None:
    [first, _] = compute(handmade(*EVENTS), "contact_cohort")
    assert (first.value, first.note) == (None, "Too few customers to say (2 of 10).")


def test_a_ledger_where_nobody_did_anything_gives_no_figure() -> None:
    assert compute(handmade(("2025-01-01T10:00", "campaign.sent", {})), "contact_cohort") == []
