"""Which contracts ended."""

from rapport.measures.api import compute

from .handmade import handmade
from .test_retention_contract import JANUARY, ONE, PEOPLE


def test_it_is_what_retention_leaves() -> None:
    # Ben of Ana, Ben and Cem.
    [figure] = compute(handmade(*PEOPLE), "churn", parameters=ONE, **JANUARY)
    assert (figure.value, figure.n) == (1 / 3, 3)


def test_base_any_counts_those_that_began_inside_too() -> None:
    # Ben and Dan of Ana, Ben, Cem and Dan.
    [figure] = compute(handmade(*PEOPLE), "churn", parameters={**ONE, "base": "any"}, **JANUARY)
    assert (figure.value, figure.n) == (0.5, 4)


def test_over_all_data_only_base_any_can_tell() -> None:
    [nobody] = compute(handmade(*PEOPLE), "churn")
    [figure] = compute(handmade(*PEOPLE), "churn", parameters={**ONE, "base": "any"})
    assert nobody.note is not None
    assert "base=any" in nobody.note
    assert (figure.value, figure.n) == (0.75, 4)


def test_a_period_cut_by_the_range_says_which_days_count() -> None:
    [figure] = compute(
        handmade(*PEOPLE),
        "churn",
        every="month",
        first_day="2025-01-01",
        last_day="2025-01-22",
        parameters=ONE,
    )
    assert (figure.value, figure.last_day) == (1 / 3, "2025-01-22")
    assert figure.note == "Of the period only 2025-01-01 to 2025-01-22 is counted."
