"""Whole files as lists, for small ones."""

from typing import Any

from rapport.listening.files.rows import Refusal, Rows


def read(rows: Rows) -> tuple[list[tuple[Any, ...]], list[Refusal]]:
    """All rows, each with its line first, and all refusals."""
    good: list[tuple[Any, ...]] = []
    refused: list[Refusal] = []
    for chunk in rows.chunks():
        assert len(chunk.lines) == chunk.table.num_rows
        columns = [column.to_pylist() for column in chunk.table.columns]
        good += list(zip(chunk.lines.to_pylist(), *columns, strict=True))
        refused += chunk.refused
    return good, refused


def records(rows: Rows) -> list[dict[str, Any]]:
    """All rows as dictionaries, for files whose columns come as they please."""
    return [row for chunk in rows.chunks() for row in chunk.table.to_pylist()]


def faults(refused: list[Refusal]) -> list[tuple[int, str, str | None]]:
    """Line, reason and field of each refusal."""
    return [(each.line, each.reason, each.field) for each in refused]
