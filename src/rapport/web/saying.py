"""Sentences of the rooms below in the reader's language.

Those rooms know no language: they say an error, a note or a reason in English, with names and
numbers filled in, and some of it lies in a table or a file until a page shows it. The catalogue
holds each such sentence as it stands in the source, with `{name}` where something is filled in.
A sentence is recognised by it, translated, and filled in again. What the catalogue does not know
stays as it is.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from babel.messages.mofile import read_mo
from babel.numbers import format_decimal
from django.utils.translation import get_language, gettext

from rapport.kernel.errors import RapportError

_LOCALE = Path(__file__).parent / "locale"
_PLACE = re.compile(r"\{(\w+)\}")
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_COUNT = re.compile(r"\d[\d,.:T+-]*")
_BRIEF = re.compile(r"\{\w+\}:? ?[a-zA-Z]*( ?\{\w+\})?\.?")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")
# What is filled in is somebody's data and stays as it is, but for words of ours.
_OURS = frozenset(
    {
        *("fault", "high", "hint", "limit", "low", "many", "observation", "off", "own", "problem"),
        *("reason", "record", "spread", "why", "verb", "what", "where", "words"),
    }
)


def said(text: object) -> str:
    """A sentence of ours in the reader's language, or as it is."""
    return _whole(str(text)) or str(text)


def said_word(word: str) -> str:
    """A word of a closed list, such as a verb of the audit or a reason of rejection.

    >>> said_word("not_a_number")
    'not a number'
    """
    return said(word.replace("_", " "))


def said_all(text: object) -> str:
    """As `said`, for several sentences that were put into one text."""
    left, told = _SENTENCES.split(str(text)), list[str]()
    while left:
        # What belongs together in the catalogue, the most first.
        for count in range(len(left), 0, -1):
            found = _whole(" ".join(left[:count]), count)
            if found or count == 1:
                told.append(found or left[0])
                del left[:count]
                break
    return " ".join(told)


def said_error(error: RapportError) -> str:
    """What `str(error)` says, in the reader's language."""
    parts = [said(error.message).rstrip(".") + "."]
    if error.got is not None:
        parts.append(gettext("Got: {got}.").format(got=counted(error.got)))
    if error.expected is not None:
        parts.append(gettext("Expected: {expected}.").format(expected=said(error.expected)))
    if error.hint:
        parts.append(said(error.hint))
    return " ".join(parts)


def counted(text: object) -> str:
    """What was got, which is somebody's own unless we count or date it ("12,000 characters")."""
    for source, parts in _recognised(str(text)):
        if all(map(_COUNT.fullmatch, parts.values())):
            return _filled(gettext(source), parts)
    return str(text)


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _whole(text: str, sentences: int | None = None) -> str | None:
    """The translation; None where there is none, or it would not be of so many sentences."""
    if not text or _language() == "en":
        return None
    for bare, ending in ((text, ""), (text.removesuffix("."), ".")):
        if bare and (translated := gettext(bare)) != bare:
            return translated + ending
    for source, parts in _recognised(text):
        if sentences in (None, len(_SENTENCES.split(source))):
            # An error's sentence has its full stop only where it is told with others.
            ending = "." if text.endswith(".") and not source.endswith(".") else ""
            return _filled(gettext(source), parts) + ending
    return None


def _recognised(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """What the catalogue knows like it, with what is filled in; what says most of it first."""
    yield from sorted(_alike(text), key=lambda one: _unsaid(one[1]))


def _alike(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for pattern, source in _templates(_language()) if " " in text else ():
        told = text if source.endswith(".") else text.removesuffix(".")
        if (found := pattern.fullmatch(told)) and _is_sure(source, found.groupdict()):
            yield source, found.groupdict()


def _unsaid(parts: Mapping[str, str]) -> int:
    """How many characters are not words of ours."""
    return sum(_length(part) if name in _OURS else len(part) for name, part in parts.items())


def _length(part: str) -> int:
    if gettext(part) != part:
        return 0
    return min((_unsaid(parts) for _, parts in _alike(part)), default=len(part))


def _is_sure(source: str, parts: Mapping[str, str]) -> bool:
    """Of a single word of ours anybody's text may have the form: more must be known of it."""
    foreign = [part for name, part in parts.items() if name not in _OURS or not _whole(part)]
    known = len(foreign) < len(parts) or all(map(_COUNT.fullmatch, foreign))
    return known or not _BRIEF.fullmatch(source)


def _filled(template: str, parts: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: _part(place[1], parts[place[1]]), template)


def _part(name: str, part: str) -> str:
    if name in _OURS:
        return said(part)
    if name.endswith("_or"):
        return part.replace(" or ", f" {gettext('or')} ")
    if _THOUSANDS.fullmatch(part):
        return format_decimal(int(part.replace(",", "")), locale=_language())
    return part


@cache
def _templates(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sentences with something filled in, and what they look like."""
    path = _LOCALE / language / "LC_MESSAGES" / "django.mo"
    if not path.exists():
        return ()
    with path.open("rb") as file:
        known = [one.id for one in read_mo(file) if isinstance(one.id, str)]
    return tuple((pattern_of(one), one) for one in known if _PLACE.search(one))


def pattern_of(source: str) -> re.Pattern[str]:
    """What sentences made of the source look like."""
    parts = re.split(_PLACE, source)
    words = [
        f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)
    ]
    return re.compile("".join(words), re.DOTALL)
