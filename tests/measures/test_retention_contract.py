"""Which contracts still run."""

from rapport.measures.api import compute

from .handmade import handmade


def contract(
    customer: str, started: str, ended: str | None = None, **fields: object
) -> list[tuple[str, str, dict[str, object]]]:
    events = [(f"{started}T09:00", "contract.started", {"customer": customer, **fields})]
    if ended:
        events.append((f"{ended}T09:00", "contract.ended", {"customer": customer}))
    return events


LATER = ("2025-06-30T12:00", "page.viewed", {})
PEOPLE = (
    *contract("ana", "2024-05-01", product="gold"),
    *contract("ben", "2024-05-01", "2025-01-20", product="gold"),
    *contract("cem", "2024-05-01", "2025-02-01", product="basic"),
    *contract("dan", "2025-01-05", "2025-01-25", product="basic"),
    LATER,
)
ONE = {"minimum_n": 1}
JANUARY = {"first_day": "2025-01-01", "last_day": "2025-01-31"}


def test_kept_are_those_running_at_both_ends() -> None:
    # Ana, Ben and Cem ran on 1 January; Ben had left by the 31st; Dan came too late to count.
    [figure] = compute(handmade(*PEOPLE), "retention_contract", parameters=ONE, **JANUARY)
    assert (figure.value, figure.n) == (2 / 3, 3)


def test_each_month_counts_whom_it_began_with() -> None:
    found = compute(
        handmade(*PEOPLE),
        "retention_contract",
        every="month",
        first_day="2025-01-01",
        last_day="2025-03-31",
        parameters=ONE,
    )
    assert [(f.period, f.value, f.n) for f in found] == [
        ("2025-01", 2 / 3, 3),
        ("2025-02", 0.5, 2),
        ("2025-03", 1.0, 1),
    ]


def test_groups_and_filters_go_by_the_beginning() -> None:
    found = compute(
        handmade(*PEOPLE), "retention_contract", by=["product"], parameters=ONE, **JANUARY
    )
    assert [(f.by["product"], f.value) for f in found] == [("basic", 1.0), ("gold", 0.5)]
    [gold] = compute(
        handmade(*PEOPLE),
        "retention_contract",
        where=["product = gold"],
        parameters=ONE,
        **JANUARY,
    )
    assert gold.value == 0.5


def test_who_was_won_back_runs_again() -> None:
    back = contract("ben", "2025-02-10")
    found = compute(
        handmade(*PEOPLE, *back),
        "retention_contract",
        every="month",
        first_day="2025-02-01",
        last_day="2025-03-31",
        parameters=ONE,
    )
    assert [(f.period, f.n) for f in found] == [("2025-02", 2), ("2025-03", 2)]


def test_starting_twice_is_one_contract() -> None:
    again = contract("ana", "2024-08-01")
    [figure] = compute(handmade(*PEOPLE, *again), "retention_contract", parameters=ONE, **JANUARY)
    assert figure.n == 3


def test_where_no_contract_ran_before_the_figure_says_so() -> None:
    [figure] = compute(handmade(*contract("ana", "2025-01-02"), LATER), "retention_contract")
    assert figure.note is not None
    assert "No contract ran before the period." in figure.note
