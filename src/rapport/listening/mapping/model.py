"""A mapping as typed values. `reading` makes them from TOML, `compile` makes SQL of them."""

from collections.abc import Mapping as Table
from dataclasses import dataclass, field

from rapport.kernel.errors import MappingError
from rapport.listening.files.rows import FileOptions

RECORDS = ("interactions", "customers", "employees", "units", "touchpoints")
OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Shift:
    """A span to add to a time: so many units, from a column or a number."""

    column: str | None
    number: float | None
    unit: str
    sign: int


@dataclass(frozen=True, slots=True)
class Value:
    """Where the value of a field comes from, and what is done to it on the way.

    Attributes: see docs/mappings.md; exactly one of column, value, template, first, product, sum
    and difference is set.
    """

    column: str | None = None
    value: str | None = None
    template: str | None = None
    first: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    sum: tuple[str, ...] = ()
    difference: tuple[str, ...] = ()
    null: tuple[str, ...] = ()
    strip: str = ""
    lower: bool = False
    map: Table[str, str] = field(default_factory=dict)
    otherwise: str = "reject"
    default: str | None = None
    namespace: str | None = None
    times: float | None = None
    plus: float | None = None
    format: str | None = None
    zone: str | None = None
    shift: Shift | None = None

    def columns(self) -> set[str]:
        """Columns of the file that it reads."""
        named = {*self.first, *self.product, *self.sum, *self.difference}
        if self.column is not None:
            named.add(self.column)
        if self.template is not None:
            named.update(column for _, column in template_parts(self.template) if column)
        if self.shift is not None and self.shift.column is not None:
            named.add(self.shift.column)
        return named


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a questionnaire: its column and what is particular to it."""

    column: str
    fields: Table[str, Value]


@dataclass(frozen=True, slots=True)
class Rule:
    """One interaction (or one for each answered item) made from each row that fits `when`."""

    when: str | None
    fields: Table[str, Value]
    properties: Table[str, str] | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping.

    Attributes:
        record: what the rows are, one of RECORDS.
        source: the name ids are unique in.
        id: columns whose values together identify a row; empty: its content does.
        revises: whether a row with a known id and other content replaces the stored one.
        skip: filter of rows to leave aside.
        future: whether interactions may lie in the future.
        zone: zone of times that carry none; None: the reporting zone.
        decimal: the decimal sign of the file's numbers.
        file: how to read the file.
        rules: for interactions.
        people: for the other records: field to value (`identifier.email`, `trait.country`).
        text: the TOML as written, kept with the import.
    """

    record: str
    source: str
    id: tuple[str, ...]
    revises: bool
    skip: str | None
    future: bool
    zone: str | None
    decimal: str
    file: FileOptions
    rules: tuple[Rule, ...]
    people: Table[str, Value]
    text: str


def template_parts(template: str) -> list[tuple[str, str | None]]:
    """Literal text and column names of a template, in turn.

    >>> template_parts("{InvoiceNo}/{StockCode}")
    [('', 'InvoiceNo'), ('/', 'StockCode')]
    """
    parts: list[tuple[str, str | None]] = []
    rest = template
    while "{" in rest:
        text, _, tail = rest.partition("{")
        column, closed, rest = tail.partition("}")
        if not closed:
            raise MappingError(
                "A template has an opening brace without a closing one", got=template
            )
        parts.append((text, column))
    if rest:
        parts.append((rest, None))
    return parts
