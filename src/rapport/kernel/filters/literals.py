"""From a token to the value that a field can be compared with."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from rapport.kernel.filters.tokens import FilterTextError, Kind, Token, path_parts, unquoted
from rapport.kernel.filters.tree import KEYWORDS, Field, FieldType, Literal
from rapport.kernel.filters.vocabulary import ACCEPTED, EXAMPLES, Vocabulary

# Up to here each whole number is a double, so all engines see the same number.
LARGEST: Final = 2**53
MOST_DECIMALS: Final = 15
# Older years have no agreed calendar, later ones no room for a day's end.
FIRST_YEAR: Final = 1000

_TIME_TYPES: Final = frozenset({FieldType.MOMENT, FieldType.DAY})
_DATE_ONLY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


_KINDS: Final = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "a number",
    FieldType.MOMENT: "a moment",
    FieldType.DAY: "a day",
    FieldType.FLAG: "true or false",
    FieldType.ANY: "text or a number",
}


def read_literal(text: str, token: Token, field: Field, vocabulary: Vocabulary) -> Literal:
    """The value a token stands for, fit for the field.

    Raises:
        FilterTextError: no value, or not one the field can be compared with.
    """
    value = _value(text, token, field, vocabulary)
    if type(value) in ACCEPTED[field.type]:
        return value
    raise FilterTextError(
        f"{field} holds {_KINDS[field.type]} and cannot be compared with this",
        text=text,
        position=token.position,
        got=token.shown,
        expected=EXAMPLES[field.type],
        hint=_quoting_hint(token, field),
    )


def _quoting_hint(token: Token, field: Field) -> str | None:
    if field.type in (FieldType.TEXT, FieldType.ANY):
        return f"To compare it as text, write '{token.shown}'."
    if field.type is FieldType.NUMBER and token.kind is Kind.TEXT:
        return "Write numbers without quotes."
    return None


def _value(text: str, token: Token, field: Field, vocabulary: Vocabulary) -> Literal:
    match token.kind:
        case Kind.TEXT:
            return _quoted(text, token, field)
        case Kind.NUMBER:
            return _number(text, token)
        case Kind.DATE | Kind.MOMENT:
            return _time(text, token, token.text)
        case Kind.PATH:
            return _bare_word(text, token, field, vocabulary)
        case _:
            raise FilterTextError(
                "Here a value should stand",
                text=text,
                position=token.position,
                got=token.shown,
                expected=EXAMPLES[field.type],
            )


def _quoted(text: str, token: Token, field: Field) -> Literal:
    content = unquoted(token.text)
    if field.type in _TIME_TYPES and (_DATE_ONLY.fullmatch(content) or _MOMENT.fullmatch(content)):
        return _time(text, token, content)
    return content


def _number(text: str, token: Token) -> Decimal:
    number = Decimal(token.text)
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    unscaled = int("".join(map(str, digits)))
    if unscaled > LARGEST or -exponent > MOST_DECIMALS:
        raise FilterTextError(
            "The number has too many digits",
            text=text,
            position=token.position,
            got=token.shown,
            expected=f"at most {MOST_DECIMALS} digits",
        )
    # One number, one form: 1.50 is 1.5, 7.0 and +7 are 7, -0 is 0.
    return Decimal(int(number)) if number == int(number) else number.normalize()


def _time(text: str, token: Token, content: str) -> date | datetime:
    try:
        if _DATE_ONLY.fullmatch(content):
            found: date = date.fromisoformat(content)
        else:
            found = datetime.fromisoformat(content.upper())
    except ValueError as reason:
        raise _no_such_time(text, token, str(reason)) from None
    if found.year < FIRST_YEAR:
        raise _no_such_time(text, token, f"year must be {FIRST_YEAR} or later")
    if isinstance(found, datetime) and found.tzinfo is not None and not found.utcoffset():
        found = found.replace(tzinfo=UTC)
    return found


def _no_such_time(text: str, token: Token, reason: str) -> FilterTextError:
    return FilterTextError(
        "There is no such day or moment",
        text=text,
        position=token.position,
        got=f"{token.shown} ({reason})",
        expected=EXAMPLES[FieldType.MOMENT],
    )


def _bare_word(text: str, token: Token, field: Field, vocabulary: Vocabulary) -> Literal:
    word = token.keyword
    if word in ("true", "false") and field.type is not FieldType.TEXT:
        return word == "true"
    why = None
    if word in KEYWORDS:
        why = f"{token.text} is a word of the filter language"
    elif "`" in token.text:
        why = "A name in backquotes is a field, and fields are compared with values only"
    elif vocabulary.field(path_parts(token.text)) is not None:
        why = f"{token.text} is a field, and fields are compared with values only"
    if why is None:
        return token.text
    raise FilterTextError(
        why,
        text=text,
        position=token.position,
        got=token.shown,
        expected=EXAMPLES[field.type],
        hint=f"If you mean the text, write '{token.text.replace('`', '')}'.",
    )
