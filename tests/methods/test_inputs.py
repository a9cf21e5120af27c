"""What methods accept, and how they refuse the rest."""

import math
from typing import Any

import numpy as np
import pytest

from rapport.kernel.errors import InputError
from rapport.methods.inputs import checked_number, checked_values, effective_n


@pytest.mark.parametrize(
    "values", [(1, 2), range(1, 3), {1: "a", 2: "b"}.keys(), np.array([1, 2]), iter([1.0, 2.0])]
)
def test_any_list_of_numbers_will_do(values: Any) -> None:
    assert checked_values(values, "waits").tolist() == [1.0, 2.0]


@pytest.mark.parametrize("values", [5, None, ["a"], [[1, 2], [3]]])
def test_what_is_no_list_of_numbers_is_refused(values: Any) -> None:
    with pytest.raises(InputError, match="waits must be numbers"):
        checked_values(values, "waits")


def test_a_table_is_not_one_list() -> None:
    with pytest.raises(InputError, match="one list"):
        checked_values([[1, 2], [3, 4]], "waits")


def test_the_refusal_says_what_to_do_next() -> None:
    with pytest.raises(InputError, match="Leave out rows without a value"):
        checked_number(math.nan, "sum")


def test_numbers_too_large_for_a_float_are_refused() -> None:
    with pytest.raises(InputError, match="finite"):
        checked_number(10**400, "sum")


def test_equal_weights_are_worth_their_number() -> None:
    assert effective_n(25.0, 62.5, 10) == pytest.approx(10)


def test_one_weight_among_zeros_is_worth_one_answer() -> None:
    assert effective_n(7.0, 49.0, 10) == 1.0


def test_weights_without_answers_are_refused() -> None:
    with pytest.raises(InputError, match="weights do not fit"):
        effective_n(1.0, 1.0, 0)
