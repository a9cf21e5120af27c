"""The errors of the house.

RapportError
├── InputError        what was asked for or handed in cannot be used; mend it and try again
│   ├── ChangedError  somebody else changed it meanwhile; look again
│   ├── FilterError   a filter expression that cannot be read
│   └── MappingError  a mapping file that does not fit its schema or its data
├── NotFoundError     no such customer, measure, import ...
├── ForbiddenError    this person may not do this
└── StoreError        the store itself: missing, newer than this program, damaged
    └── BusyError     somebody else is at it; wait or try again

Each message says what was got, what was expected and what to do next; the values travel with
the error so that a page or an API can lay them out.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class RapportError(Exception):
    """Something went wrong that a person can understand and mend.

    Args:
        message: one sentence: what happened.
        got: what was handed in, where that helps.
        expected: what would have been right.
        hint: what to do next, as an imperative sentence.
    """

    def __init__(
        self, message: str, *, got: Any = None, expected: Any = None, hint: str | None = None
    ) -> None:
        self.message = message
        self.got = got
        self.expected = expected
        self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        parts = [self.message.rstrip(".") + "."]
        if self.got is not None:
            parts.append(f"Got: {self.got}.")
        if self.expected is not None:
            parts.append(f"Expected: {self.expected}.")
        if self.hint:
            parts.append(self.hint)
        return " ".join(parts)


class InputError(RapportError):
    """What was asked for or handed in cannot be used."""


class ChangedError(InputError):
    """Somebody else changed it since it was looked at."""


class FilterError(InputError):
    """A filter expression that cannot be read."""


class MappingError(InputError):
    """A mapping that does not fit its schema or its data."""


class NotFoundError(RapportError):
    """There is no such thing."""


class ForbiddenError(RapportError):
    """This person may not do this."""


class StoreError(RapportError):
    """The store is missing, newer than this program, or damaged."""


class BusyError(StoreError):
    """It cannot be done just now: somebody else is at it, or the database is away."""


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the nearest known words, or lists them all when none is near.

    >>> did_you_mean("chanel", ["channel", "kind"])
    'Did you mean channel?'
    >>> did_you_mean("xyz", ["channel", "kind"])
    'There are: channel, kind.'
    """
    names = sorted(known)
    near = get_close_matches(word, names, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    if not names:
        return None
    shown = ", ".join(names[:40])
    if len(names) > 40:
        return f"There are: {shown} and {len(names) - 40} more."
    return f"There are: {shown}."
