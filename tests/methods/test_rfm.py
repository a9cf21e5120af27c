"""Recency, frequency, money: quintiles that never split a tie."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel.errors import InputError
from rapport.methods.rfm import cut_points, grid, scores

VALUES = st.lists(st.integers(0, 30), min_size=1, max_size=80)


def test_hundred_different_values_fall_into_five_equal_classes() -> None:
    assert np.bincount(scores(range(100))).tolist() == [0, 20, 20, 20, 20, 20]


def test_cut_points_are_linear_quantiles() -> None:
    assert cut_points([0, 10]).tolist() == [2.0, 4.0, 6.0, 8.0]  # R: quantile(c(0, 10), 1:4 / 5)


def test_few_days_since_the_last_purchase_score_best() -> None:
    assert scores([1, 2, 3, 4, 5], lower_is_better=True).tolist() == [5, 4, 3, 2, 1]


def test_a_value_on_a_cut_point_belongs_below() -> None:
    assert scores([20, 20.5], [20, 40, 60, 80]).tolist() == [1, 2]
    assert scores([20, 20.5], [20, 40, 60, 80], lower_is_better=True).tolist() == [5, 4]


@given(VALUES, st.booleans())
def test_equal_values_share_a_score_and_larger_ones_never_score_worse(
    values: list[int], lower_is_better: bool
) -> None:
    found = scores(values, lower_is_better=lower_is_better)
    ordered = sorted(zip(values, found.tolist(), strict=True))
    steps = [b[1] - a[1] for a, b in pairwise(ordered)]
    assert all(step <= 0 if lower_is_better else step >= 0 for step in steps)
    assert len(set(ordered)) == len(set(values))


@given(VALUES, st.randoms())
def test_the_order_of_rows_tells_nothing(values: list[int], random: Any) -> None:
    by_value = dict(zip(values, scores(values).tolist(), strict=True))
    shuffled = random.sample(values, len(values))
    assert scores(shuffled).tolist() == [by_value[value] for value in shuffled]


def test_customers_all_alike_share_the_lowest_class() -> None:
    assert scores([7, 7, 7]).tolist() == [1, 1, 1]
    assert scores([7]).tolist() == [1]


def test_no_customers_have_no_scores_and_no_cut_points() -> None:
    assert scores([]).tolist() == []
    with pytest.raises(InputError, match="no cut points"):
        cut_points([])


@pytest.mark.parametrize("wrong", [math.nan, math.inf, None])
def test_missing_values_are_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="at place 1"):
        scores([1.0, wrong])


@pytest.mark.parametrize("cuts", [[1, 2, 3], [4, 3, 2, 1]])
def test_cut_points_that_are_none_are_refused(cuts: list[int]) -> None:
    with pytest.raises(InputError, match="four numbers"):
        scores([1, 2], cuts)


def test_the_grid_counts_every_customer_once() -> None:
    found = grid([1, 1, 5, 3], [2, 2, 5, 1])
    assert (found[0, 1], found[4, 4], found[2, 0], found.sum()) == (2, 1, 1, 4)
    assert grid([], []).tolist() == [[0] * 5] * 5


def test_a_grid_of_other_things_is_refused() -> None:
    with pytest.raises(InputError, match="whole numbers from 1 to 5"):
        grid([0], [1])
    with pytest.raises(InputError, match="same customers"):
        grid([1, 2], [1])


def test_values_handed_in_are_not_changed() -> None:
    handed = np.array([3, 1, 2])
    scores(handed)
    assert handed.tolist() == [3, 1, 2]
