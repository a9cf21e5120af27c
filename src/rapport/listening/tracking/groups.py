"""A group of parcels goes through intake as one batch and into the ledger in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa

from rapport.ledger.api import DRAFT_SCHEMA, Batch, Ledger, Outcome, Place, Prepared, Rejection
from rapport.listening.tracking.gathering import Fate
from rapport.listening.tracking.items import COLUMNS, Row
from rapport.listening.tracking.parcels import Parcel, text_of

_NOT_OURS = ("key", "part")
_SCHEMA = pa.schema(
    [pa.field("entry", pa.string()), *(f for f in DRAFT_SCHEMA if f.name not in _NOT_OURS)]
)


def store_group(ledger: Ledger, parcels: Sequence[Parcel]) -> list[Fate]:
    """Store the parcels at once; what became of the items of each.

    Raises:
        StoreError: the store cannot take them; nothing of them was stored.
    """
    starts = list(accumulate((parcel.count for parcel in parcels), initial=0))
    prepared = ledger.prepare(_batch(parcels, starts))
    waiting = _by_source(prepared, parcels)
    outcomes = ledger.store_together(waiting)
    sources = [place.source for _, place in waiting]
    return [
        _fate(parcel, start, outcomes[sources.index(parcel.source)])
        for parcel, start in zip(parcels, starts, strict=False)
    ]


def _batch(parcels: Sequence[Parcel], starts: Sequence[int]) -> Batch:
    """All parcels as one batch; a row's number, and its line, is its place in the group."""
    raws = [raw for parcel in parcels for raw in parcel.raws]
    rejected = tuple(
        replace(rejection, line=start + rejection.line)
        for parcel, start in zip(parcels, starts, strict=False)
        for rejection in parcel.rejected
    )
    drafts = _drafts(parcels, starts)
    return Batch(drafts, rejected, len(raws), 0, lambda rows: [text_of(raws[row]) for row in rows])


def _drafts(parcels: Sequence[Parcel], starts: Sequence[int]) -> pa.Table:
    rows: list[Row] = [row for parcel in parcels for row in parcel.rows]
    numbers = pa.array(
        np.concatenate(
            [
                np.array(parcel.places, dtype=np.int64) + start
                for parcel, start in zip(parcels, starts, strict=False)
            ]
        )
    )
    sources = [parcel.source for parcel in parcels for _ in parcel.rows]
    columns: dict[str, Any] = (
        dict(zip(COLUMNS, zip(*rows, strict=True), strict=True)) if rows else {}
    )
    given = {"row": numbers, "line": numbers, "source": sources, **columns}
    arrays = [_array(given.get(field.name), field.type, len(rows)) for field in _SCHEMA]
    return pa.Table.from_arrays(arrays, schema=_SCHEMA)


def _array(values: Any, kind: pa.DataType, count: int) -> "pa.Array[Any]":
    if values is None:
        values = [None] * count
    if isinstance(values, pa.Array):
        return values
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.int64()).cast(kind)
    return pa.array(values, kind)


def _by_source(prepared: Prepared, parcels: Sequence[Parcel]) -> list[tuple[Prepared, Place]]:
    """The group as a batch for each source."""
    sources = list(dict.fromkeys(parcel.source for parcel in parcels))
    if len(sources) == 1:
        return [(prepared, Place(None, 0, sources[0]))]
    owner = np.repeat(
        [sources.index(parcel.source) for parcel in parcels], [parcel.count for parcel in parcels]
    )
    return [
        (_only(prepared, owner == number), Place(None, 0, source))
        for number, source in enumerate(sources)
    ]


def _only(prepared: Prepared, mine: Any) -> Prepared:
    """The part of the batch whose rows are marked."""
    batch = prepared.batch
    rejected = tuple(rejection for rejection in batch.rejected if mine[rejection.line])
    drafts = prepared.drafts.filter(pa.array(mine[prepared.drafts["row"].to_numpy()]))
    return Prepared(replace(batch, rejected=rejected, read=int(mine.sum())), drafts)


def _fate(parcel: Parcel, start: int, outcome: Outcome) -> Fate:
    stop = start + parcel.count
    rejected: list[Rejection] = [
        replace(rejection, line=rejection.line - start)
        for rejection in outcome.rejected
        if start <= rejection.line < stop
    ]
    return Fate(
        int(outcome.stored[start:stop].sum()),
        int(outcome.duplicate[start:stop].sum()),
        tuple(sorted(rejected, key=lambda rejection: rejection.line)),
    )
