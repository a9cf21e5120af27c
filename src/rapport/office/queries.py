"""What the office knows, as tables."""

import pyarrow as pa
from django.db import connection

_UNITS = "SELECT key, name, parent_id FROM office_unit ORDER BY key"
_EMPLOYEES = "SELECT key, name, email, unit_id, role FROM office_employee ORDER BY key"
_TOUCHPOINTS = "SELECT key, title, stage, channel, unit_id FROM office_touchpoint ORDER BY key"


def units() -> pa.Table:
    """Business units by key: key, name, parent (none at the top). Empty where none are known."""
    return _table(_UNITS, ("key", "name", "parent"))


def employees() -> pa.Table:
    """Our people by key: key, name, email, unit, role. Empty where none are known."""
    return _table(_EMPLOYEES, ("key", "name", "email", "unit", "role"))


def touchpoints() -> pa.Table:
    """Touchpoints by key: key, title, stage, channel, unit. Empty where none are known."""
    return _table(_TOUCHPOINTS, ("key", "title", "stage", "channel", "unit"))


def _table(query: str, names: tuple[str, ...]) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = cursor.fetchall()
    schema = pa.schema([(name, pa.string()) for name in names])
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)}, schema=schema)
