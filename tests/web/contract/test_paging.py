"""Cursors."""

import pytest
from django.test import RequestFactory

from rapport.kernel.errors import InputError
from rapport.web.contract.paging import cursor_of, read_cursor
from rapport.web.contract.tables import Place

ASK = RequestFactory().get
PLACE = [5, "0" * 32]


def test_a_cursor_brings_back_its_place() -> None:
    request = ASK("/x", {"where": "a = 1"})
    assert read_cursor(request, cursor_of(request, PLACE), Place) == Place(5, "0" * 32)


def test_a_page_may_have_another_size() -> None:
    cursor = cursor_of(ASK("/x", {"limit": "5"}), PLACE)
    again = ASK("/x", {"limit": "9", "cursor": cursor})
    assert read_cursor(again, cursor, Place).t == 5


@pytest.mark.parametrize("other", [ASK("/x", {"where": "b = 1"}), ASK("/y", {"where": "a = 1"})])
def test_a_cursor_of_another_question_is_refused(other) -> None:
    cursor = cursor_of(ASK("/x", {"where": "a = 1"}), PLACE)
    with pytest.raises(InputError, match="another question"):
        read_cursor(other, cursor, Place)


@pytest.mark.parametrize(
    "cursor", ["", "abc", "é", "W10", "bnVsbA", "e30", "\x00", "W1tbW1tbW1tbW1tb", "=" * 9]
)
def test_what_is_no_cursor_is_refused(cursor) -> None:
    with pytest.raises(InputError, match="This is no cursor"):
        read_cursor(ASK("/x"), cursor, Place)


@pytest.mark.parametrize("place", [[2**63, "0" * 32], ["5", "0" * 32], [5, "x"], [5], [5, "0", 1]])
def test_a_place_that_cannot_be_is_refused(place) -> None:
    request = ASK("/x")
    with pytest.raises(InputError, match="This is no cursor"):
        read_cursor(request, cursor_of(request, place), Place)
