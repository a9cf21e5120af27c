"""Errors: they teach, and they travel with their values."""

import pytest

from rapport.kernel import errors
from rapport.kernel.errors import InputError, RapportError, did_you_mean


def test_an_error_says_what_was_got_what_was_expected_and_what_to_do() -> None:
    error = InputError("This is no day", got="'soon'", expected="2025-01-31", hint="Write a date.")
    assert str(error) == "This is no day. Got: 'soon'. Expected: 2025-01-31. Write a date."


def test_an_error_says_nothing_of_what_it_does_not_know() -> None:
    assert str(RapportError("The store is damaged.")) == "The store is damaged."


def test_the_values_of_an_error_travel_with_it() -> None:
    error = InputError("No", got=0, expected=[1], hint="Try 1.")
    assert (error.message, error.got, error.expected, error.hint) == ("No", 0, [1], "Try 1.")
    assert "Got: 0." in str(error)


def test_every_error_of_the_house_is_caught_by_one_name() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    ours = [kind for kind in kinds if issubclass(kind, Exception)]
    assert len(ours) >= 8
    assert all(issubclass(kind, RapportError) for kind in ours)


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("chanel", ["channel", "kind"], "Did you mean channel?"),
        ("score", ["kind", "scores", "scored"], "Did you mean scores or scored?"),
        ("xyz", ["b", "a"], "There are: a, b."),
        ("xyz", [], None),
    ],
)
def test_the_nearest_names_are_offered(word: str, known: list[str], hint: str | None) -> None:
    assert did_you_mean(word, known) == hint


def test_a_long_list_of_names_is_cut_short() -> None:
    hint = did_you_mean("xyz", [f"{n:03}" for n in range(50)])
    assert hint is not None
    assert hint.endswith("039 and 10 more.")
