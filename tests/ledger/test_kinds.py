"""The closed vocabulary of what can happen."""

import pytest

from rapport.kernel.errors import InputError
from rapport.ledger.api import Kind, declare, known_kinds


def test_declaring_a_kind_again_changes_nothing() -> None:
    before = known_kinds()
    declare(*before.values())
    assert known_kinds() == before
    assert list(before) == sorted(before)


def test_a_kind_keeps_its_meaning() -> None:
    with pytest.raises(InputError, match="the customer bought something"):
        declare(Kind("order.completed", "something else"))


@pytest.mark.parametrize("name", ["order", "order.was.eaten", "order.eaten!", ".", "order. eaten"])
def test_a_kind_is_a_noun_and_a_verb(name: str) -> None:
    with pytest.raises(InputError, match=r"noun\.verb"):
        declare(Kind(name, "no kind"))
    assert name not in known_kinds()
