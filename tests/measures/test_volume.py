"""Volume, and with it how periods, filters and groups behave for every measure."""

from rapport.measures.api import compute

from .handmade import handmade

EVENTS = (
    ("2025-01-05T10:00", "message.received", {"channel": "email"}),
    ("2025-01-06T10:00", "message.received", {"channel": "chat"}),
    ("2025-01-06T11:00", "message.sent", {"channel": "chat"}),
    ("2025-03-31T23:59", "order.completed", {"channel": "web"}),
)


def test_everything_is_counted_once() -> None:
    [figure] = compute(handmade(*EVENTS), "volume")
    assert (figure.value, figure.n, figure.period) == (4.0, 4, "2025-01-05/2025-03-31")


def test_months_without_interactions_give_no_figure() -> None:
    found = compute(handmade(*EVENTS), "volume", every="month")
    assert [(f.period, f.value) for f in found] == [("2025-01", 3.0), ("2025-03", 1.0)]


def test_weeks_begin_as_the_ledger_says() -> None:
    monday = compute(handmade(*EVENTS), "volume", every="week")
    sunday = compute(handmade(*EVENTS, week_start=6), "volume", every="week")
    assert [f.value for f in monday] == [1.0, 2.0, 1.0]
    assert [f.value for f in sunday] == [3.0, 1.0]


def test_a_range_cuts_its_first_period() -> None:
    [january] = compute(
        handmade(*EVENTS), "volume", every="month", first_day="2025-01-06", last_day="2025-01-31"
    )
    assert (january.value, january.first_day, january.last_day) == (2.0, "2025-01-06", "2025-01-31")


def test_groups_come_in_order_with_the_absent_last() -> None:
    found = compute(
        handmade(*EVENTS, ("2025-01-06T12:00", "visit.made", {})), "volume", by=["channel"]
    )
    assert [f.by["channel"] for f in found] == ["chat", "email", "web", None]


def test_a_filter_draws_what_it_says() -> None:
    [figure] = compute(handmade(*EVENTS), "volume", where=["channel = chat", "kind = message.sent"])
    assert (figure.value, figure.filter) == (1.0, "(channel = chat) and (kind = message.sent)")


def test_an_empty_ledger_gives_no_figure() -> None:
    assert compute(handmade(), "volume") == []
    assert compute(handmade(), "volume", every="month") == []


def test_a_question_without_groups_is_answered_with_nothing_found() -> None:
    [figure] = compute(handmade(*EVENTS), "volume", where=["channel = post"])
    assert (figure.value, figure.n) == (0.0, 0)
    [score] = compute(handmade(*EVENTS), "nps")
    assert (score.value, score.note) == (None, "Too few answers to say (0 of 30).")
