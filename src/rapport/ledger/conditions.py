"""The fields of an interaction in the one filter language, and conditions over them.

Columns by name, and `properties.x` for a key of the interaction's JSON object. What a customer
has beside their interactions (traits, segments) is for the rooms that know of it.
"""

from collections.abc import Sequence

import pyarrow as pa
from sqlglot import exp

from rapport.kernel.filters import Field, FieldType, Vocabulary, all_of, json_value, parse, to_sql
from rapport.kernel.zones import zone_named
from rapport.ledger.schema import FIELDS

PROPERTIES = "properties"


def _type_of(name: str, arrow: pa.DataType) -> FieldType:
    if name == "day":
        return FieldType.DAY
    if pa.types.is_string(arrow):
        return FieldType.TEXT
    if pa.types.is_timestamp(arrow):
        return FieldType.MOMENT
    return FieldType.FLAG if pa.types.is_boolean(arrow) else FieldType.NUMBER


# The id is bytes, which nobody types into a filter.
FIELD_TYPES: dict[str, FieldType] = {
    field.name: _type_of(field.name, field.type) for field in FIELDS if field.name != "id"
}
INTERACTION_WORDS = Vocabulary(FIELD_TYPES, prefixes=frozenset({PROPERTIES}))


def condition(where: Sequence[str], zone: str) -> exp.Expr | None:
    """All of these filters as one condition over a relation of interactions; None for none.

    Args:
        where: expressions of the filter language.
        zone: in which days are meant.

    Raises:
        InputError: an unknown field, or a filter that cannot be read.
    """
    tree = all_of([parse(text, INTERACTION_WORDS) for text in where])
    return None if tree is None else to_sql(tree, _column, zone=zone_named(zone))


def _column(field: Field) -> exp.Expr:
    head, *keys = field.parts
    if not keys:
        return exp.column(head)
    # Arrows bind looser than comparisons in DuckDB, hence the brackets.
    return exp.paren(json_value(exp.column(PROPERTIES), keys))
