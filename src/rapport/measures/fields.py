"""What one may group by, filter by and weigh by, and how each reads in SQL.

Ledger columns by name; `properties.x`, a key of the interaction's JSON object; `customer.x`, a
trait of the customer from the published relation `customers`. Inside the relation the composer
draws from, `i` is the interaction and `c` the customer.
"""

from sqlglot import exp

from rapport.kernel.errors import InputError
from rapport.kernel.filters import Field, Vocabulary, json_value
from rapport.kernel.filters.tokens import path_parts
from rapport.ledger.api import FIELD_TYPES

TRAITS = "customer"
PROPERTIES = "properties"
CUSTOMERS = "customers"
# Columns of the relation customers that are no traits.
CUSTOMER_COLUMNS = ("account", "unit")


WORDS = Vocabulary(FIELD_TYPES, prefixes=frozenset({TRAITS, PROPERTIES}))


def field_named(name: str) -> Field:
    """The field as grouped by or weighed by.

    Raises:
        InputError: there is no such field; names the nearest.

    >>> field_named("properties.seat").parts
    ('properties', 'seat')
    """
    parts = path_parts(name) if name.strip() else ()
    found = WORDS.field(parts)
    if found is None:
        raise InputError(f"There is no field {name!r}", hint=WORDS.hint(parts))
    return found


def check_published(fields: frozenset[Field], published: frozenset[str]) -> None:
    """See that customers are there where a trait is asked for.

    Raises:
        InputError: they are not.
    """
    traits = sorted(field.name for field in fields if field.parts[0] == TRAITS and field.parts[1:])
    if traits and CUSTOMERS not in published:
        raise InputError(
            f"The trait {traits[0]} cannot be read: no customers are in the store yet",
            expected="a published table of customers with their traits",
            hint="Import people first, or use a field of the interaction.",
        )


def expression_of(field: Field) -> exp.Expr:
    """The field as an expression over `i` and `c`; JSON values come as text.

    >>> expression_of(field_named("channel")).sql()
    'i.channel'
    >>> expression_of(field_named("properties.seat")).sql("duckdb")
    "(i.properties ->> '$.seat')"
    """
    head, *keys = field.parts
    if not keys:
        return exp.column(head, table="i")
    if head == PROPERTIES:
        return _inside(exp.column(PROPERTIES, table="i"), keys)
    if len(keys) == 1 and keys[0] in CUSTOMER_COLUMNS:
        return exp.column(keys[0], table="c")
    return _inside(exp.column("traits", table="c"), keys)


def reads_customers(tree: exp.Expr) -> bool:
    """Whether an expression made here reads the relation `customers`."""
    return any(column.table == "c" for column in tree.find_all(exp.Column))


def weight_of(field: Field) -> exp.Expr:
    """The field as a weight: a finite number, zero or more; null where it is not."""
    number = exp.TryCast(this=expression_of(field), to=exp.DataType.build("DOUBLE"), safe=True)
    usable = exp.and_(
        exp.GTE(this=number, expression=exp.Literal.number(0)),
        # NaN is above every number on both engines, so this leaves it out too.
        exp.LT(this=number.copy(), expression=exp.Literal.number("1e300")),
    )
    return exp.Case(ifs=[exp.If(this=usable, true=number.copy())])


def _inside(document: exp.Expr, keys: list[str]) -> exp.Expr:
    # Arrows bind looser than comparisons in DuckDB, hence the brackets.
    return exp.paren(json_value(document, keys))
