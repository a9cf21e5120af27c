"""The only two ways a text of a mapping enters an SQL statement."""


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
