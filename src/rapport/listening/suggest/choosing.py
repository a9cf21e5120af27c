"""A mapping changed by choosing, field by field; what a person wrote around it stays as it is.

Only the lines of `[fields]` are read and written, each by itself: text in, text out, so that
reasons, rules and items keep their place.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rapport.kernel.errors import InputError, MappingError
from rapport.ledger.api import MAPPED_FIELDS
from rapport.listening.files.opening import open_rows
from rapport.listening.files.rows import FileOptions
from rapport.listening.mapping.reading import parse_mapping
from rapport.listening.suggest.columns import columns_of
from rapport.listening.suggest.suggestion import PEOPLE_FIELDS, SAMPLE_ROWS, quoted, sample
from rapport.listening.suggest.times import times_of

_LINE = re.compile(r"\s*([a-z_]+)\s*=")
_MOMENTS = ("occurred_at", "first_known", "hired", "left")
_PEEKED_ROWS = 200
_EXAMPLES = 3
_BY_HAND = "  # chosen by hand"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a mapping says of one field.

    Attributes:
        field: its name.
        column: of the file; "" where none is named alone.
        value: what it always is; "" where that is not said.
        said: as the text says it, "" where it says nothing.
        reason: why, as the proposal says.
    """

    field: str
    column: str = ""
    value: str = ""
    said: str = ""
    reason: str = ""

    @property
    def is_special(self) -> bool:
        """Whether the text says something that a choice cannot."""
        return bool(self.said) and not self.column and not self.value

    @property
    def is_doubtful(self) -> bool:
        """Whether the proposal asks a person to look."""
        return self.reason.startswith(("NOT FOUND", "AMBIGUOUS"))


@dataclass(frozen=True, slots=True)
class Peek:
    """A column of a file and some of what is in it."""

    name: str
    examples: tuple[str, ...]


def peek(path: Path, options: FileOptions | None = None) -> list[Peek]:
    """The columns of a file with examples from its first rows.

    Raises:
        InputError: the file cannot be read.
    """
    rows = open_rows(path, options or FileOptions(), chunk_rows=_PEEKED_ROWS)
    columns = columns_of(sample(rows, _PEEKED_ROWS))
    return [Peek(one.name, tuple(islice(one.counts, _EXAMPLES))) for one in columns]


def choices(text: str) -> list[Choice]:
    """What a mapping says of each field that can be chosen, in the order of the schema.

    Fields that its rules say are left out: there is more than one answer.

    Raises:
        MappingError: it is no mapping.
    """
    mapping = parse_mapping(text)
    rules = tomllib.loads(text).get("rule", [])
    elsewhere = {name for rule in rules for name in rule}
    said = {field: _choice(line) for field, line in _lines(text)}
    names = PEOPLE_FIELDS.get(mapping.record, _OF_INTERACTIONS)
    return [said.get(name, Choice(name)) for name in names if name not in elsewhere]


def choose(path: Path, text: str, wanted: Mapping[str, tuple[str, str]]) -> str:
    """The mapping with other columns or values for some fields; empty ones leave a field out.

    Args:
        path: the file, which tells how the times of a column are written.
        text: the mapping.
        wanted: field to (column, value); what it says already is left as it is.

    Raises:
        MappingError: the text cannot be changed like this, or is no mapping afterwards.
    """
    now = {choice.field: choice for choice in choices(text)}
    changed = {
        field: asked
        for field, asked in wanted.items()
        if field in now and (now[field].column, now[field].value) != asked
    }
    anew = {field: _said(path, field, *asked) for field, asked in changed.items()}
    made = _with_lines(text, anew) if anew else text
    parse_mapping(made)
    after = {choice.field: (choice.column, choice.value) for choice in choices(made)}
    for field, asked in changed.items():
        if after.get(field) != asked and asked[0] != after.get(field, ("", ""))[0]:
            raise MappingError(f"{field} cannot be chosen here", hint="Change it in the text.")
    return made


_OF_INTERACTIONS = tuple(name for name in MAPPED_FIELDS if name not in ("source", "properties"))


def _said(path: Path, field: str, column: str, value: str) -> str:
    """A line for the text; none where the field is left out."""
    if value:
        return f"{field} = {{ value = {quoted(value)} }}{_BY_HAND}"
    if not column:
        return ""
    how = _format_of(path, column) if field in _MOMENTS else None
    if how is None:
        return f"{field} = {quoted(column)}{_BY_HAND}"
    return f"{field} = {{ column = {quoted(column)}, format = {quoted(how)} }}{_BY_HAND}"


def _format_of(path: Path, name: str) -> str | None:
    columns = columns_of(sample(open_rows(path, chunk_rows=SAMPLE_ROWS)))
    found = next((column for column in columns if column.name == name), None)
    if found is None:
        raise InputError(f"There is no column {name!r} in the file")
    times = times_of(found)
    return times.format if times else None


def _with_lines(text: str, anew: dict[str, str]) -> str:
    made, inside, left = [], False, dict(anew)
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            made += _added(left) if inside else []
            inside = line.split("#")[0].strip() == "[fields]"
        found = _LINE.match(line) if inside else None
        if found and found[1] in anew:
            made += [left.pop(found[1])] if anew[found[1]] else []
            continue
        made.append(line)
    made += _added(left) if inside else []
    return "\n".join(made) + "\n"


def _added(left: dict[str, str]) -> list[str]:
    lines = [line for line in left.values() if line]
    left.clear()
    return lines


def _lines(text: str) -> Iterator[tuple[str, str]]:
    inside = False
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            inside = line.split("#")[0].strip() == "[fields]"
        found = _LINE.match(line) if inside else None
        if found:
            yield found[1], line


def _choice(line: str) -> Choice:
    code, comment, reason = line.rpartition("  # ")
    given = _read(code) if comment else None
    if given is None:
        code, reason, given = line, "", _read(line)
    name = code.split("=")[0].strip()
    said = code.partition("=")[2].strip()
    value = (given or {}).get(name)
    if isinstance(value, str):
        return Choice(name, column=value, said=said, reason=reason)
    table = value if isinstance(value, dict) else {}
    column, constant = table.get("column", ""), table.get("value", "")
    return Choice(name, column, str(constant), said, reason)


def _read(code: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(code)
    except tomllib.TOMLDecodeError:
        return None
