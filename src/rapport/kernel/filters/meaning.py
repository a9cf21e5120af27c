"""What text means where engines differ: letters without case, and numbers written as text.

Engines disagree on lower-casing beyond ASCII (SQLite leaves é alone, Java knows the final sigma,
DuckDB maps character by character). So `contains` is compiled to a regular expression that lists
both cases of each letter, decided here and once: every engine then answers the same.
"""

import re
from typing import Final

# A text that is a number, within what a double holds. Spaces and line ends around it are allowed:
# all engines pass over them when casting.
NUMERIC: Final = r"^[ \t\n]*[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?[ \t\n]*$"
_NUMERIC: Final = re.compile(NUMERIC)


def containing(needle: str) -> str:
    r"""The regular expression of texts that contain the needle, in either case.

    A letter stands for itself, its upper and its lower case, where that is one character. The
    pattern means the same to RE2 (DuckDB), Java (Spark), Python (SQLite) and PostgreSQL.

    >>> containing("10% für")
    '10\\% [Ff][Üü][Rr]'
    """
    return "".join(_either_case(character) for character in needle)


def number_in(text: str) -> float | None:
    """The number a text stands for, None when it stands for none.

    >>> number_in("12.50"), number_in("12,50"), number_in("nan")
    (12.5, None, None)
    """
    return float(text) if _NUMERIC.match(text) else None


def _either_case(character: str) -> str:
    cases = {c for c in (character, character.lower(), character.upper()) if len(c) == 1}
    if len(cases) > 1:
        return f"[{''.join(sorted(cases))}]"
    ascii_mark = character.isascii() and character.isprintable() and not character.isalnum()
    return "\\" + character if ascii_mark and character not in " _" else character
