"""A short cut through XES: events of a shape seen before are read by one regular expression.

Most events of a log differ in their values only. The first of a shape becomes a pattern of its own
text with holes for the values; whatever fits it is well-formed because the first was. All else,
and all text between the events, goes to the XML parser. This halves the time of reading a log.
"""

import re
from collections.abc import Callable

EVENT, EVENT_END = "<event>", "</event>"
_SHAPES_MAX = 24
# No markup, no entity, no break or control character: such a value stands for itself.
_VALUE = '[^"<&\x00-\x1f\ufffe\uffff]*'
_KINDS = "string|date|int|float|boolean|id"
_ATTRIBUTE = rf'\s*<(?:{_KINDS})\s+key="({_VALUE})"\s+value="({_VALUE})"\s*/>'
_SIMPLE = re.compile(rf"{EVENT}(?:{_ATTRIBUTE})+\s*{EVENT_END}")
_ATTRIBUTES = re.compile(_ATTRIBUTE)

Shape = tuple[Callable[[str, int], re.Match[str] | None], tuple[str, ...], int]


def learn(event: str) -> Shape | None:
    r"""The shape of an event, from `<event>` to `</event>`; None when it is no simple one.

    Returns: a match function, the keys of the values it captures, and the line breaks in it.

    >>> match, keys, breaks = learn('<event><int key="a" value="1"/>\n</event>')
    >>> keys, match('<event><int key="a" value="2"/>\n</event>', 0).groups(), breaks
    (('a',), ('2',), 1)
    """
    if _SIMPLE.fullmatch(event) is None:
        return None
    pattern, keys, last = [], [], 0
    for found in _ATTRIBUTES.finditer(event):
        pattern += [re.escape(event[last : found.start(2)]), f"({_VALUE})"]
        keys.append(found[1])
        last = found.end(2)
    if len(set(keys)) < len(keys):
        return None
    pattern.append(re.escape(event[last:]))
    return re.compile("".join(pattern)).match, tuple(keys), event.count("\n")


class Shapes:
    """The shapes of a log. What followed a shape the last time is tried first the next time."""

    def __init__(self) -> None:
        self._known: list[Shape] = []
        self._latest: Shape | None = None
        self._followed: dict[Shape | None, Shape] = {}

    def fit(self, text: str, start: int) -> tuple[re.Match[str], tuple[str, ...], int] | None:
        """The event that starts there, by a known shape or a new one; None when not simple.

        Returns: the match with the values, their keys, the line breaks in the event.
        """
        guess = self._followed.get(self._latest)
        if guess is not None and (found := guess[0](text, start)):
            self._latest = guess
            return found, guess[1], guess[2]
        for shape in self._known:
            if found := shape[0](text, start):
                self._followed[self._latest] = shape
                self._latest = shape
                return found, shape[1], shape[2]
        return self.fit(text, start) if self._learn(text, start) else None

    def _learn(self, text: str, start: int) -> bool:
        if len(self._known) >= _SHAPES_MAX:
            return False
        shape = learn(text[start : text.find(EVENT_END, start) + len(EVENT_END)])
        if shape is not None:
            self._known.append(shape)
        return shape is not None


def leaves_open(piece: str) -> bool:
    """Whether a comment, CDATA or processing instruction may go on behind this text."""
    if "<!" not in piece and "<?" not in piece:
        return False
    return (
        "<![" in piece
        or piece.rfind("<!--") > piece.rfind("-->")
        or piece.rfind("<?") > piece.rfind("?>")
    )
