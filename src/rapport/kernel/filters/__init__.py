"""The one filter expression: what people type to say which rows they mean.

    channel = email and score <= 6 and not text is empty
    customer.segment in ('gold', 'silver') and occurred_at >= 2025-01-31

Pages, API, `--where`, exports, segments, rules and mappings (`when`) read the same language, and
three compilers (SQL, a function over one row, Django's Q in `filters.orm`) give the same answer.

An answer is yes or no, never "unknown": a condition about an absent value is false, and `not` of
it is true. So `channel != 'email'` keeps rows without a channel. NaN counts as absent; a text
without characters is empty but not absent. `contains` has no regard to case, all else has. A date
compared with a moment means that whole day in the reader's zone.
"""

from rapport.kernel.filters.parser import parse
from rapport.kernel.filters.predicate import Predicate, Row, read_field, to_predicate
from rapport.kernel.filters.sql import json_value, to_sql
from rapport.kernel.filters.tokens import FilterTextError
from rapport.kernel.filters.tree import Expression, Field, FieldType, all_of, fields
from rapport.kernel.filters.vocabulary import Vocabulary

__all__ = [
    "Expression",
    "Field",
    "FieldType",
    "FilterTextError",
    "Predicate",
    "Row",
    "Vocabulary",
    "all_of",
    "fields",
    "json_value",
    "parse",
    "read_field",
    "to_predicate",
    "to_sql",
]
