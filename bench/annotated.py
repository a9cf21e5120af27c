"""Annotations for the texts of a store, as two versions of a model would leave them.

They are drawn from the interactions' ids: the same store gets the same ones, and no model has read
anything. The store of a benchmark gets them when a measure that reads them is first timed on it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapport.ledger.api import Ledger

Row = tuple[bytes, str, float, str, str]


def of_store(folder: str) -> dict[str, int]:
    """A step: annotate the texts of the store there."""
    from rapport.ledger.api import open_ledger  # noqa: PLC0415

    return {"added": annotate_texts(open_ledger(Path(folder)))}


def annotate_texts(ledger: "Ledger") -> int:
    """Annotate the texts of a store that has no annotations; how many annotations were laid."""
    import pyarrow as pa  # noqa: PLC0415

    from rapport.ledger.api import (  # noqa: PLC0415
        ANNOTATION_SCHEMA,
        ANNOTATIONS,
        annotate,
    )

    with ledger.read() as snapshot:
        if ANNOTATIONS in snapshot.published:
            return 0
        ids = snapshot.sql("SELECT id FROM interactions WHERE text IS NOT NULL")["id"].to_pylist()
    columns = zip(*(row for one in ids for row in _of_one(one)), strict=True)
    given = pa.table([list(column) for column in columns], schema=ANNOTATION_SCHEMA)
    return annotate(ledger, given).added


def _of_one(id_: bytes) -> Iterator[Row]:
    """What is said of one text: nothing of a quarter, by the older version of another quarter."""
    first, second, _, quarter = (part - 128 for part in id_[-4:])
    yield (id_, "urgency", second / 128, "demo", "1")
    if quarter >= -64:
        yield (id_, "sentiment", first / 128, "demo", "1")
    if quarter >= 0:
        yield (id_, "sentiment", second / 128, "demo", "2")
