"""What one may group by, filter by and weigh by, and how each reads in SQL.

Ledger columns by name; `properties.x`, a key of the interaction's JSON object; `customer.x`, a
trait of the customer from the published relation `customers`; `segment`, from the published
relation `segments`. Inside the relation the composer draws from, `i` is the interaction, `c` the
customer, and `segment_<hex>` a segment that the customer was in when it happened.
"""

from datetime import tzinfo

from sqlglot import exp

from rapport.kernel.errors import InputError
from rapport.kernel.filters import Expression, Field, FieldType, Vocabulary, json_value, to_sql
from rapport.kernel.filters.tokens import path_parts
from rapport.kernel.filters.tree import Among, And, Comparison, Not, Or
from rapport.ledger.api import FIELD_TYPES

TRAITS = "customer"
PROPERTIES = "properties"
CUSTOMERS = "customers"
SEGMENTS = "segments"
_ONE_SEGMENT = "segment_"
# Columns of the relation customers that are no traits.
CUSTOMER_COLUMNS = ("account", "unit")


# Not a field of the interaction: whether its customer was in a segment when it happened.
SEGMENT = "segment"
WORDS = Vocabulary(
    {**FIELD_TYPES, SEGMENT: FieldType.TEXT}, prefixes=frozenset({TRAITS, PROPERTIES})
)


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
    if parts == (SEGMENT,):
        raise InputError(
            "One can be in several segments at once, so they are no groups",
            hint="Ask for each by a filter: segment = 'key'.",
        )
    return found


def condition_of(tree: Expression, zone: tzinfo) -> exp.Expr:
    """A filter as a condition over `i`, `c` and segments; `joined` brings these to a query.

    Raises:
        InputError: `segment` is compared in a way that has no one answer.
    """
    return to_sql(_in_segments(tree), expression_of, zone=zone)


def joined(query: exp.Select) -> exp.Select:
    """A query over `interactions AS i` with the relations that its expressions read beside it."""
    tables = sorted({column.table for column in query.find_all(exp.Column) if column.table})
    for table in tables:
        if table == "c":
            query = query.join("customers AS c", on="c.key = i.customer", join_type="left")
        elif table.startswith(_ONE_SEGMENT):
            key = bytes.fromhex(table.removeprefix(_ONE_SEGMENT)).decode()
            own = exp.select("customer", "from_t", "to_t").from_(SEGMENTS)
            own = own.where(exp.column(SEGMENT).eq(key))
            query = query.join(own.subquery(table), on=_then(table), join_type="left")
    return query


def _then(table: str) -> exp.Expr:
    """Their customer was in it when the interaction happened."""
    return exp.maybe_parse(
        f"{table}.customer = i.customer AND i.t >= {table}.from_t "
        f"AND (i.t < {table}.to_t OR {table}.to_t IS NULL)"
    )


def _in_segments(tree: Expression) -> Expression:
    """The filter with each question about segments as a flag of one segment.

    A customer may be in several at once, so that `segment` has no one value to compare.
    """
    match tree:
        case And(parts):
            return And(tuple(_in_segments(part) for part in parts))
        case Or(parts):
            return Or(tuple(_in_segments(part) for part in parts))
        case Not(part):
            return Not(_in_segments(part))
        case Comparison(Field((name,)), "=", value) if name == SEGMENT:
            return _in_one(str(value))
        case Among(Field((name,)), values) if name == SEGMENT:
            each = tuple(_in_one(str(value)) for value in values)
            return each[0] if len(each) == 1 else Or(each)
    if tree.field.parts == (SEGMENT,):
        raise InputError(
            "One can be in several segments at once",
            got=str(tree),
            expected="segment = 'key', or segment in ('one', 'other')",
        )
    return tree


def _in_one(key: str) -> Comparison:
    return Comparison(Field((SEGMENT, key), FieldType.FLAG), "=", True)


def check_published(fields: frozenset[Field], published: frozenset[str]) -> None:
    """See that customers are there where a trait is asked for.

    Raises:
        InputError: they are not.
    """
    if any(field.parts[0] == SEGMENT for field in fields) and SEGMENTS not in published:
        raise InputError(
            "There are no segments in the store yet",
            hint="Make one under Know, Segments; its customers are there a moment later.",
        )
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
    if head == SEGMENT:
        return _segment(keys)
    if not keys:
        return exp.column(head, table="i")
    if head == PROPERTIES:
        return _inside(exp.column(PROPERTIES, table="i"), keys)
    if len(keys) == 1 and keys[0] in CUSTOMER_COLUMNS:
        return exp.column(keys[0], table="c")
    return _inside(exp.column("traits", table="c"), keys)


def _segment(keys: list[str]) -> exp.Expr:
    own = exp.column("customer", table=_ONE_SEGMENT + keys[0].encode().hex())
    return exp.paren(exp.not_(exp.Is(this=own, expression=exp.Null())))


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
