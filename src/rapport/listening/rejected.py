"""Rejected rows as a file that can be mended and imported the same way.

The columns of the original stand first, so that the same mapping reads it; ours, which begin with
`rapport_`, say where the row was and what was wrong, and are no part of a row's content.
"""

import csv
import json
import os
from pathlib import Path

from rapport.ledger.api import Ledger, open_new, rejections
from rapport.listening.mapping.apply import OURS

_TOLD = ("line", "reason", "field", "got", "expected")


def write_rejected(ledger: Ledger, import_id: int, to: Path) -> int:
    """Write the rejected rows of an import as CSV; how many there are.

    Raises:
        InputError: the file is there already, or cannot be written.
    """
    columns: dict[str, None] = {}
    for row in rejections(ledger.database, import_id):
        columns.update(dict.fromkeys(json.loads(row.raw)))
    header = [*columns, *(OURS + name for name in _TOLD)]
    count = 0
    with os.fdopen(open_new(to), "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        for row in rejections(ledger.database, import_id):
            told = {OURS + name: getattr(row, name) for name in _TOLD}
            writer.writerow({**json.loads(row.raw), **told})
            count += 1
    return count
