"""Retention and churn: two sides of one share."""

from typing import Any

import pytest

from rapport.kernel.errors import InputError
from rapport.methods.retention import churn, retention


def test_churn_has_wilsons_interval() -> None:
    found = churn(81, 263)  # Newcombe (1998), Table I
    assert found.low == pytest.approx(0.2553, abs=5e-5)
    assert found.high == pytest.approx(0.3662, abs=5e-5)


def test_retention_and_churn_mirror() -> None:
    kept: Any = retention(182, 263)
    lost: Any = churn(81, 263)
    assert (kept.value, kept.low, kept.high) == pytest.approx(
        (1 - lost.value, 1 - lost.high, 1 - lost.low)
    )


def test_nobody_at_the_start_gives_neither() -> None:
    assert retention(0, 0).value is None
    assert churn(0, 0).value is None


def test_everybody_kept_still_leaves_doubt() -> None:
    found: Any = retention(20, 20)  # the mirror of Newcombe's 0 of 20
    assert found.value == found.high == 1.0
    assert found.low == pytest.approx(1 - 0.1611, abs=5e-5)


def test_more_kept_than_there_were_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be larger"):
        retention(11, 10)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(InputError, match="negative"):
        churn(-1, 10)
