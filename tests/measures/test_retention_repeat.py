"""Who bought again."""

from rapport.measures.api import compute

from .handmade import handmade

Event = tuple[str, str, dict[str, object]]


def orders(customer: str, *days: str, channel: str = "web") -> list[Event]:
    return [
        (f"{day}T09:00", "order.completed", {"customer": customer, "channel": channel})
        for day in days
    ]


LATER: Event = ("2025-12-31T12:00", "order.completed", {"customer": "eva"})
ONE = {"minimum_n": 1}
JANUARY = {"first_day": "2025-01-01", "last_day": "2025-01-31"}
PEOPLE = (
    *orders("ana", "2025-01-05", "2025-01-20"),  # twice, but inside the period
    *orders("ben", "2025-01-05", "2025-05-01"),  # on the 90th day after it
    *orders("cem", "2025-01-31", "2025-05-02"),  # on the 91st
    *orders("dan", "2025-02-01", "2025-02-02"),  # not in the period
    LATER,
)


def test_again_means_within_the_window_after_the_period() -> None:
    [figure] = compute(handmade(*PEOPLE), "retention_repeat", parameters=ONE, **JANUARY)
    assert (figure.value, figure.n) == (1 / 3, 3)


def test_a_wider_window_holds_more() -> None:
    settings = {**ONE, "window": 91}
    [figure] = compute(handmade(*PEOPLE), "retention_repeat", parameters=settings, **JANUARY)
    assert figure.value == 2 / 3


def test_by_month_each_looks_past_its_own_end() -> None:
    found = compute(
        handmade(*PEOPLE),
        "retention_repeat",
        every="month",
        first_day="2025-01-01",
        last_day="2025-02-28",
        parameters=ONE,
    )
    assert [(f.period, f.value, f.n) for f in found] == [("2025-01", 1 / 3, 3), ("2025-02", 0.0, 1)]


def test_periods_whose_window_is_not_over_are_left_out_with_a_note() -> None:
    # Pages viewed until December do not make orders known until then.
    early = [*orders("ana", "2025-01-05"), ("2025-12-01T10:00", "page.viewed", {})]
    [figure] = compute(handmade(*early), "retention_repeat", **JANUARY)
    assert (figure.value, figure.n) == (None, 0)
    assert figure.note is not None
    assert "Left out: 1 customers, as the 90 days after the period are not over." in figure.note


def test_days_after_a_cut_range_are_after_it() -> None:
    # To 10 January: Ana's order of the 20th is now buying again.
    [figure] = compute(
        handmade(*PEOPLE),
        "retention_repeat",
        every="month",
        first_day="2025-01-01",
        last_day="2025-01-10",
        parameters=ONE,
    )
    assert (figure.value, figure.n) == (0.5, 2)


def test_a_group_is_the_same_as_its_filter() -> None:
    snapshot = handmade(*PEOPLE, *orders("ana", "2025-02-05", channel="store"))
    grouped = compute(snapshot, "retention_repeat", by=["channel"], parameters=ONE, **JANUARY)
    [alone] = compute(
        snapshot, "retention_repeat", where=["channel = web"], parameters=ONE, **JANUARY
    )
    assert [(f.by["channel"], f.value) for f in grouped] == [("web", alone.value)]
