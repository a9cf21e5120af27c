"""A handmade ledger on the real engine, for tests of measures."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from rapport.ledger.schema import SCHEMA
from rapport.ledger.settings import Settings


class HandmadeSnapshot:
    """Interactions held in memory and read by DuckDB, as `ledger.read()` would give them."""

    def __init__(self, tables: Mapping[str, pa.Table], settings: Settings) -> None:
        self.settings = settings
        self.published = frozenset(tables) - {"interactions"}
        self._connection = duckdb.connect()
        for name, table in tables.items():
            self._connection.register(name, table)

    def spelled(self, query: str) -> str:
        return query

    def sql(self, query: str, tables: Mapping[str, pa.Table] | None = None) -> pa.Table:
        for name, table in (tables or {}).items():
            self._connection.register(name, table)
        return self._connection.sql(query).to_arrow_table()


def row(number: int, at: str, kind: str, settings: Settings, **fields: Any) -> dict[str, Any]:
    """One interaction; `at` is ISO, UTC. Properties may be a mapping."""
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    day = (moment.date() - date(1970, 1, 1)).days
    if isinstance(fields.get("properties"), Mapping):
        fields["properties"] = json.dumps(fields["properties"])
    if "amount" in fields:
        fields["amount"] = pa.scalar(str(fields["amount"])).cast(pa.decimal128(18, 4)).as_py()
    return {
        "id": number.to_bytes(16),
        "batch": 1,
        "source": "test",
        "occurred_at": moment,
        "received_at": moment,
        "t": int(moment.timestamp() * 1_000_000),
        "day": day,
        "week": (day + settings.week_offset) // 7,
        "month": (moment.year - 1970) * 12 + moment.month - 1,
        "kind": kind,
        **fields,
    }


def handmade(
    *events: tuple[str, str, dict[str, Any]],
    customers: Mapping[str, Mapping[str, Any]] | None = None,
    week_start: int = 0,
) -> HandmadeSnapshot:
    """A ledger of (at, kind, fields) and, by key, customers' traits."""
    settings = Settings(week_start=week_start)
    rows = [row(n, at, kind, settings, **more) for n, (at, kind, more) in enumerate(events)]
    tables = {"interactions": pa.Table.from_pylist(rows, SCHEMA)}
    if customers is not None:
        people = [
            {"key": key, "account": None, "unit": None, "traits": json.dumps(traits)}
            for key, traits in customers.items()
        ]
        text = [(name, pa.string()) for name in ("key", "account", "unit", "traits")]
        tables["customers"] = pa.Table.from_pylist(people, pa.schema(text))
    return HandmadeSnapshot(tables, settings)
