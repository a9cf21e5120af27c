"""What a cell about a customer says: an identifier, a trait or a consent."""

import re
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any

from rapport.office.api import CellError, read_email, read_text

_LONGEST_TRAIT = 10_000
_FEWEST_DIGITS = 5
_NO_DIGIT = re.compile("[^0-9]")
_LETTER = re.compile(r"[^\W\d_]")
_PHONES = ("mobile", "phone", "tel", "telephone")
_WORDS = {
    "granted": ("1", "agreed", "given", "granted", "opt-in", "optin", "true", "y", "yes"),
    "denied": ("0", "denied", "false", "n", "no", "opt-out", "optout", "refused"),
    "revoked": ("revoked", "withdrawn"),
}
_STATUS = {word: status for status, words in _WORDS.items() for word in words}

Trait = str | int | float | bool


def read_identifier(namespace: str, value: Any) -> str | None:
    """The identifier in its one spelling; None for an empty cell.

    >>> read_identifier("email", " Ana@X.example"), read_identifier("phone", "+49 (0)30 / 123-456")
    ('ana@x.example', '+49030123456')
    """
    if namespace in ("email", "e-mail"):
        return read_email(value)
    text = read_text(value)
    if text is None or namespace not in _PHONES:
        return text
    digits = _NO_DIGIT.sub("", text)
    if len(digits) < _FEWEST_DIGITS or _LETTER.search(text):
        raise CellError("malformed", text, f"a phone number of {_FEWEST_DIGITS} digits or more")
    return "+" + digits if text.startswith("+") else digits


def spoken(namespace: str, value: str) -> str:
    """How an interaction would say this identifier.

    >>> spoken("email", "ana@x.example"), spoken("", "C-17")
    ('email:ana@x.example', 'C-17')
    """
    return f"{namespace}:{value}" if namespace else value


def read_consent(value: Any) -> str | None:
    """granted, denied or revoked; None for an empty cell.

    >>> read_consent("Yes"), read_consent(False), read_consent("withdrawn"), read_consent("")
    ('granted', 'denied', 'revoked', None)
    """
    text = read_text(value)
    if text is None:
        return None
    try:
        return _STATUS[text.lower()]
    except KeyError:
        raise CellError("malformed", text, "yes, no, granted, denied or revoked") from None


def read_trait(value: Any) -> Trait | None:
    """A trait as JSON can keep it (days and moments as ISO text); None for an empty cell.

    >>> read_trait(3), read_trait("  gold "), read_trait(float("nan")), read_trait(Decimal("2.50"))
    (3, 'gold', None, 2.5)
    """
    if isinstance(value, str):
        return read_text(value, _LONGEST_TRAIT)
    if value is None or value != value:
        return None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float | Decimal):
        number = float(value)
        if not isfinite(number):
            raise CellError("malformed", value, "a finite number")
        return number
    if isinstance(value, date):
        return value.isoformat()
    return read_text(value, _LONGEST_TRAIT)
