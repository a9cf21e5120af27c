"""The only ways a text of a mapping enters an SQL statement."""

import re

_CELL = "cell:"


def name_sql(name: str) -> str:
    """A name as an SQL identifier.

    >>> print(name_sql('Invoice "No"s'))
    "Invoice ""No""s"
    """
    return '"' + name.replace('"', '""') + '"'


def text_sql(text: str) -> str:
    """A text as an SQL literal.

    >>> text_sql("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def cell_name(column: str) -> str:
    """What a column of a file is called in a statement.

    So that no column is taken for one of ours, nor `id` for `ID`: to the engine case means nothing.

    >>> cell_name("ID"), cell_name("id"), cell_name("line")
    ('cell:^i^d', 'cell:id', 'cell:line')
    """
    return _CELL + re.sub(r"[\^A-Z]", lambda found: "^" + found[0].lower(), column)


def column_name(cell: str) -> str | None:
    """The column of a file that a `cell_name` stands for, None for a column of ours.

    >>> column_name(cell_name("E^Mail")), column_name("line")
    ('E^Mail', None)
    """
    if not cell.startswith(_CELL):
        return None
    return re.sub(r"\^(.)", lambda found: found[1].upper(), cell.removeprefix(_CELL))


def cell_sql(column: str) -> str:
    """A column of a file as an SQL identifier."""
    return name_sql(cell_name(column))
