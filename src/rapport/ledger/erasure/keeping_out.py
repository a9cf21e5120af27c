"""The step of intake that keeps erased people out; inside the transaction that stores the batch.

A row that names an erased customer, or that was erased itself, is rejected with the reason
`erased`, and nothing of it is kept. Where it names an erased employee only that name goes: the rest
is about the customer. A row that is rejected for another reason loses its raw text if a cell of it
is the name of somebody erased.
"""

import binascii
import json
import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rapport.ledger import ids
from rapport.ledger.erasure.suppression import CUSTOMER, EMPLOYEE, Suppression
from rapport.ledger.intake import Batch, without_rows
from rapport.ledger.reasons import Reason, Rejection

EXPECTED = "nobody who was erased"
NOTHING = "{}"
REMOVED = "[erased]"
_WORD = re.compile(r"[\w:@.+%-]*\w")
# A shorter cell is a number or a word by chance more often than a name.
_SHORTEST = 5


def packed(drafts: pa.Table) -> npt.NDArray[np.void]:
    """The column `entry` as packed entries, in the order of the rows."""
    if not drafts.num_rows:
        return np.array([], dtype=ids.ENTRY)
    column = drafts["entry"].combine_chunks()
    digits = column.buffers()[2]
    assert digits is not None
    first = 2 * ids.ENTRY.itemsize * column.offset
    text = memoryview(digits)[first : first + 2 * ids.ENTRY.itemsize * len(column)]
    return np.frombuffer(binascii.unhexlify(text), ids.ENTRY)


def keep_out(suppression: Suppression, batch: Batch, drafts: pa.Table) -> tuple[Batch, pa.Table]:
    """The batch and its identified drafts without what was erased; the same where nothing was."""
    if not suppression.any():
        return batch, drafts
    batch = replace(batch, rejected=without_names(suppression, batch.rejected))
    gone = dict.fromkeys(_naming(suppression, drafts), "customer")
    entries = packed(drafts)
    row_ids = [entry.tobytes()[:16] for entry in entries]
    gone |= dict.fromkeys(suppression.rows(row_ids), "id")
    if gone:
        batch, drafts = _without(batch, drafts, gone)
    return batch, _without_employees(suppression, drafts)


def _naming(suppression: Suppression, drafts: pa.Table) -> list[int]:
    """Places of the drafts that name an erased customer."""
    names = _names(suppression, CUSTOMER, drafts)
    if not names:
        return []
    found = pc.is_in(drafts["customer"], pa.array(sorted(names), pa.string()))
    return np.flatnonzero(found.to_numpy()).tolist()


def _names(suppression: Suppression, what: str, drafts: pa.Table) -> set[str]:
    present = pc.unique(drafts[what]).to_pylist()
    return suppression.suppressed(what, [name for name in present if name is not None])


def _without(batch: Batch, drafts: pa.Table, gone: dict[int, str]) -> tuple[Batch, pa.Table]:
    """A row of which one draft is erased is left out whole."""
    rows, lines = drafts["row"].to_numpy(), drafts["line"].to_numpy()
    told = {int(rows[place]): (int(lines[place]), field) for place, field in sorted(gone.items())}
    rejected = [erased_row(line, field) for line, field in told.values()]
    numbers = np.array(list(told), dtype=np.int64)
    return (
        replace(
            batch,
            drafts=without_rows(batch.drafts, numbers),
            rejected=(*batch.rejected, *rejected),
        ),
        without_rows(drafts, numbers),
    )


def erased_row(line: int, field: str) -> Rejection:
    """The rejection of a row about somebody who was erased: nothing of it is kept."""
    return Rejection(line, Reason.ERASED, field, "", EXPECTED, NOTHING)


def _without_employees(suppression: Suppression, drafts: pa.Table) -> pa.Table:
    names = _names(suppression, EMPLOYEE, drafts)
    if not names:
        return drafts
    found = pc.is_in(drafts["employee"], pa.array(sorted(names), pa.string()))
    emptied = pc.if_else(found, pa.scalar(None, pa.string()), drafts["employee"])
    return drafts.set_column(drafts.column_names.index("employee"), "employee", emptied)


def without_names(suppression: Suppression, rejected: Iterable[Rejection]) -> tuple[Rejection, ...]:
    """Rejected rows; those that name somebody erased lose what they said."""
    if not suppression.any():
        return tuple(rejected)
    return tuple(
        replace(one, got="", raw=NOTHING) if _names_somebody(suppression, one) else one
        for one in rejected
    )


def _names_somebody(suppression: Suppression, one: Rejection) -> bool:
    cells = [cell for cell in (one.got, *cells_of(one.raw)) if len(cell) >= _SHORTEST]
    return bool(suppression.suppressed(CUSTOMER, cells) or suppression.suppressed(EMPLOYEE, cells))


def without_words(suppression: Suppression, text: str) -> str:
    """The text with every word that is the name of somebody erased replaced: of files, mappings."""
    if not suppression.any():
        return text

    def shown(found: re.Match[str]) -> str:
        word = found[0]
        # The end of a file's name is no part of an address.
        for part in (word, word.rpartition(".")[0]):
            if suppression.suppressed(CUSTOMER, [part]) or suppression.suppressed(EMPLOYEE, [part]):
                return REMOVED + word[len(part) :]
        return word

    return _WORD.sub(shown, text)


def cells_of(raw: str) -> list[str]:
    """The texts in a raw row, at any depth; the row itself where it is no JSON.

    >>> cells_of('{"who": "Ana", "mark": null}'), cells_of("half a row")
    (['Ana'], ['half a row'])
    """
    try:
        waiting = [json.loads(raw)]
    except (ValueError, RecursionError):
        return [raw]
    found = []
    while waiting:
        cell = waiting.pop()
        if isinstance(cell, dict | list):
            waiting += cell.values() if isinstance(cell, dict) else cell
        elif cell is not None:
            found.append(str(cell))
    return found
