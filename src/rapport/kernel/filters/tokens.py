"""From characters to tokens, and the error that points at a character."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from rapport.kernel.errors import FilterError
from rapport.kernel.filters.tree import WORD

LONGEST = 10_000
_WINDOW = 60  # characters shown on each side of the caret


class FilterTextError(FilterError):
    """A filter that cannot be read, with the place where reading stopped.

    Attributes:
        text: the whole filter.
        position: of the first character that does not fit, from 0.
    """

    def __init__(
        self,
        message: str,
        *,
        text: str,
        position: int,
        got: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, got=got, expected=expected, hint=hint)
        self.text = text
        self.position = position

    @property
    def place(self) -> str:
        """The filter around the place, and under it a caret."""
        start = max(0, self.position - _WINDOW)
        shown = self.text[start : self.position + _WINDOW]
        # One character each, so that the caret stands under the right one.
        line = "".join(c if c.isprintable() else " " for c in shown)
        return f"  {line}\n  {' ' * (self.position - start)}^"

    def __str__(self) -> str:
        return f"{super().__str__()}\n{self.place}"


class Kind(Enum):
    """The kinds of tokens; PATH is a field, a keyword or a bare word."""

    PATH = auto()
    TEXT = auto()
    NUMBER = auto()
    DATE = auto()
    MOMENT = auto()
    OPERATOR = auto()
    MARK = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the filter as it was written, and where it starts."""

    kind: Kind
    text: str
    position: int

    @property
    def keyword(self) -> str:
        """The word without regard to case; empty for what cannot be a keyword."""
        return self.text.casefold() if self.kind is Kind.PATH else ""

    @property
    def shown(self) -> str:
        """For error messages."""
        if self.kind is Kind.END:
            return "the end"
        return self.text if len(self.text) <= _WINDOW else self.text[:_WINDOW] + "…"


_PART = r"`(?:[^`]|``)+`"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TOKEN = re.compile(
    rf"""
    (?P<TEXT>'(?:[^']|'')*' | "(?:[^"]|"")*")
  | (?P<MOMENT>{_DATE}[Tt][0-9]{{2}}:[0-9]{{2}}(?: :[0-9]{{2}}(?:\.[0-9]{{1,6}})?)?
      (?:[Zz]|[+-][0-9]{{2}}:[0-9]{{2}})?)(?![\w.:+-])
  | (?P<DATE>{_DATE})(?![\w.:+-])
  | (?P<NUMBER>[+-]?[0-9]+(?:\.[0-9]+)?)(?![\w.:-])
  | (?P<PATH>(?:{WORD}|{_PART})(?:\.(?:[\w-]+|{_PART}))*)
  | (?P<OPERATOR><=|>=|!=|<>|==|=|<|>)
  | (?P<MARK>[(),])
    """,
    re.VERBOSE,
)
_SPACE = re.compile(r"\s*")
_PATH_PART = re.compile(rf"{_PART}|[^`.]+")


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a filter, the last one being the END.

    Raises:
        FilterTextError: too long, not text, or something that is no token.
    """
    _check_characters(text)
    position = _space_end(text, 0)
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _unreadable(text, position)
        assert found.lastgroup is not None
        yield Token(Kind[found.lastgroup], found.group(), position)
        position = _space_end(text, found.end())
    yield Token(Kind.END, "", len(text))


def path_parts(path: str) -> tuple[str, ...]:
    """The parts of a path, without backquotes.

    >>> path_parts("properties.`utm.source`")
    ('properties', 'utm.source')
    """
    return tuple(
        part[1:-1].replace("``", "`") if part.startswith("`") else part
        for part in _PATH_PART.findall(path)
    )


def unquoted(text: str) -> str:
    """The characters of a quoted text.

    >>> unquoted("'it''s'")
    "it's"
    """
    quote = text[0]
    return text[1:-1].replace(quote * 2, quote)


def _space_end(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    assert found is not None
    return found.end()


def _check_characters(text: str) -> None:
    if len(text) > LONGEST:
        raise FilterTextError(
            "The filter is too long",
            text=text,
            position=LONGEST,
            got=f"{len(text):,} characters",
            expected=f"at most {LONGEST:,}",
            hint="Put the values in a segment, or ask in several steps.",
        )
    for position, character in enumerate(text):
        # Neither can be stored as text by any engine.
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise FilterTextError(
                "The filter holds a character that is no text",
                text=text,
                position=position,
                got=f"U+{ord(character):04X}",
            )


def _unreadable(text: str, position: int) -> FilterTextError:
    character = text[position]
    if character in "'\"`":
        return FilterTextError(
            "The quote is not closed",
            text=text,
            position=position,
            expected=f"a closing {character}",
            hint=f"A {character} inside is written twice: {character * 2}",
        )
    word = text[position:].split(maxsplit=1)[0][:_WINDOW]
    return FilterTextError(
        "This is neither a field nor a value",
        text=text,
        position=position,
        got=word,
        expected="a name, a number like 9.5, a date like 2025-01-31, or a text in quotes",
        hint="Put text in quotes: 'like this'; a name with spaces in backquotes: `Invoice No`.",
    )
