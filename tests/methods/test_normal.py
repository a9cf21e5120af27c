"""The normal distribution, as far as intervals need it."""

import pytest

from rapport.kernel.errors import InputError
from rapport.methods.normal import z_of


def test_z_of_a_table_of_the_normal_distribution() -> None:
    assert z_of(0.99) == pytest.approx(2.5758293)


@pytest.mark.parametrize("confidence", [0, 1, 0.9999999999999999, float("nan")])
def test_a_confidence_that_has_no_z_is_refused(confidence: float) -> None:
    with pytest.raises(InputError):
        z_of(confidence)
