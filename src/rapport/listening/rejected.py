"""Rejected rows as a file that can be mended and imported the same way.

The columns of the original stand first, so that the same mapping reads it; ours, which begin with
`rapport_`, say where the row was and what was wrong, and are no part of a row's content.
"""

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

from rapport.ledger.api import Ledger, open_new, rejections
from rapport.listening.mapping.apply import OURS

_TOLD = ("line", "reason", "field", "got", "expected")


def write_rejected(ledger: Ledger, import_id: int, to: Path) -> int:
    """Write the rejected rows of an import as CSV; how many there are.

    Raises:
        InputError: the file is there already, or cannot be written.
    """
    count = -1
    with os.fdopen(open_new(to), "w", encoding="utf-8", newline="") as file:
        for count, line in enumerate(rejected_lines(ledger, import_id)):  # noqa: B007 - the last
            file.write(line)
    return count


def rejected_lines(ledger: Ledger, import_id: int) -> Iterator[str]:
    """The lines of that CSV, the header first."""
    columns: dict[str, None] = {}
    for row in rejections(ledger.database, import_id):
        columns.update(dict.fromkeys(json.loads(row.raw)))
    line = io.StringIO()
    writer = csv.DictWriter(line, [*columns, *(OURS + name for name in _TOLD)])
    writer.writeheader()
    yield _taken(line)
    for row in rejections(ledger.database, import_id):
        told = {OURS + name: getattr(row, name) for name in _TOLD}
        writer.writerow({**json.loads(row.raw), **told})
        yield _taken(line)


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text
