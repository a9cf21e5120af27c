"""Rows in the format that was asked for: JSON, CSV, Parquet or an Arrow stream, by `Accept`.

JSON says a moment as ISO text, an id as hexadecimal digits, an amount as a number; CSV likewise.
Parquet and Arrow keep the types.
"""

import hashlib
import io
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
from django.http import HttpRequest, HttpResponse

from rapport.web.contract.problems import ProblemError

JSON = "application/json"
FILE = "application/octet-stream"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.stream"

# What an operation that gives rows says of its further formats.
MORE_FORMATS: dict[str, Any] = {
    "responses": {
        200: {
            "content": {
                CSV: {"schema": {"type": "string"}},
                PARQUET: {"schema": {"type": "string", "format": "binary"}},
                ARROW: {"schema": {"type": "string", "format": "binary"}},
            }
        }
    }
}

# The same, of an answer that may be known already.
WITH_TAG: dict[str, Any] = {
    "responses": {
        **MORE_FORMATS["responses"],
        304: {"description": "What you have is as it is here."},
    }
}


def wanted_format(request: HttpRequest) -> str:
    """The format to answer in.

    Raises:
        ProblemError: none of ours is accepted.
    """
    found = request.get_preferred_type([JSON, CSV, PARQUET, ARROW])
    if found is None:
        raise ProblemError(
            "format",
            got=request.headers.get("Accept"),
            expected=f"{JSON}, {CSV}, {PARQUET}, {ARROW}",
        )
    return found


def as_rows(table: pa.Table) -> list[dict[str, Any]]:
    """The rows as JSON knows them; `properties` as an object."""
    rows: list[dict[str, Any]] = [
        {name: _plain(value) for name, value in row.items()} for row in table.to_pylist()
    ]
    for row in rows:
        if isinstance(row.get("properties"), str):
            row["properties"] = msgspec.json.decode(row["properties"])
    return rows


def as_file(table: pa.Table, form: str) -> HttpResponse:
    """The rows in a format that is not JSON."""
    buffer = io.BytesIO()
    _WRITERS[form](table, buffer)
    return HttpResponse(buffer.getvalue(), content_type=form)


def unchanged(request: HttpRequest, *parts: object) -> tuple[str, bool]:
    """The tag of an answer made of these parts, and whether whoever asks has it already."""
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
    tag = f'W/"{digest}"'
    known = [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]
    return tag, tag in known


def tagged(response: HttpResponse, tag: str) -> HttpResponse:
    """The answer with its tag; whoever keeps it asks each time whether it still holds."""
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value.isoformat() if isinstance(value, date | datetime) else value


def _write_csv(table: pa.Table, file: io.BytesIO) -> None:
    columns = {name: _as_text(table.column(name)) for name in table.column_names}
    pc.write_csv(pa.table(columns), file)


def _as_text(column: Any) -> Any:
    """The column as CSV can hold it."""
    if pa.types.is_binary(column.type):
        return pa.array([None if v is None else v.hex() for v in column.to_pylist()], pa.string())
    return column.cast(pa.string()) if pa.types.is_null(column.type) else column


def _write_parquet(table: pa.Table, file: io.BytesIO) -> None:
    pq.write_table(table, file)


def _write_arrow(table: pa.Table, file: io.BytesIO) -> None:
    with pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)


_WRITERS: Mapping[str, Callable[[pa.Table, io.BytesIO], None]] = {
    CSV: _write_csv,
    PARQUET: _write_parquet,
    ARROW: _write_arrow,
}
