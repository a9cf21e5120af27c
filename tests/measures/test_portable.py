"""What a definition may say."""

import pytest

from rapport.kernel.errors import InputError
from rapport.measures.portable import parsed


@pytest.mark.parametrize("call", ["quantile_cont", "epoch_us", "time_bucket", "arg_min", "foo"])
def test_functions_that_are_not_portable_are_refused_by_name(call: str) -> None:
    with pytest.raises(InputError, match="not portable"):
        parsed(f"SELECT {call}(x, 1) FROM interactions")


def test_decimal_literals_are_refused_with_the_form_that_is_not() -> None:
    with pytest.raises(InputError, match=r"Write 0\.5e0"):
        parsed("SELECT x * 0.5 FROM interactions")


def test_what_both_engines_read_is_let_in() -> None:
    parsed("SELECT count(*) FILTER (WHERE x > 1), sum(x) OVER (PARTITION BY y) FROM interactions")
