"""Which drafts surely pass the checks of `intake`, found with cheap means.

A shortcut and never a second opinion: what is not surely sound goes through the checks, which
alone say what is wrong. So this may call a sound draft doubtful, but never a faulty one sound;
`tests/ledger/test_screening.py` holds it to that.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rapport.kernel.scales import SCALES
from rapport.ledger.kinds import known_kinds
from rapport.ledger.schema import DIRECTIONS, FIELDS

Mask = npt.NDArray[np.bool_]
_CURRENCY = re.compile("[A-Z]{3}")
_JSON = msgspec.json.Decoder(msgspec.Raw)
_OLDEST = -2_208_988_800_000_000


def doubtful(drafts: pa.Table, latest: int | None) -> Mask:
    """Whether each draft may be at fault.

    Args:
        drafts: fields as columns; one without any value costs nothing.
        latest: the last moment that may come in, µs, None for any.
    """
    found = np.zeros(drafts.num_rows, dtype=bool)
    columns = {
        name: column
        for name in drafts.column_names
        if (column := drafts[name]).null_count < len(column)
    }
    for field in FIELDS:
        if field.mapped and field.longest and field.name in columns:
            # Bytes: there are never fewer than characters.
            lengths = pc.binary_length(columns[field.name])
            if pc.max(lengths).as_py() > field.longest:
                found |= _numbers(lengths, 0) > field.longest
    found |= _moments(drafts["occurred_at"], latest)
    found |= _empty(drafts["kind"])
    for name, known in _KNOWN.items():
        if name in columns:
            found |= _unknown(columns[name], known)
    for name, companion in (("score", "scale"), ("amount", "currency")):
        if name in columns:
            found |= ~_empty(columns[name]) & _empty(drafts[companion])
    if "score" in columns and "scale" in columns:
        found |= _off_scale(columns["score"], columns["scale"])
    if "properties" in columns:
        found |= np.fromiter(map(_no_object, columns["properties"].to_pylist()), bool, len(found))
    return found


_KNOWN: dict[str, Callable[[str], bool]] = {
    "kind": lambda word: word in known_kinds(),
    "direction": DIRECTIONS.__contains__,
    "scale": SCALES.__contains__,
    "currency": lambda word: _CURRENCY.fullmatch(word) is not None,
}


def _unknown(column: "pa.ChunkedArray[Any]", known: Callable[[str], bool]) -> Mask:
    """Where a word stands that is not known; there are few different ones."""
    wrong = [word for word in _words(column) if not known(word)]
    if not wrong:
        return np.zeros(len(column), dtype=bool)
    return _flags(pc.is_in(column, pa.array(wrong, pa.string())))


def _off_scale(scores: "pa.ChunkedArray[Any]", scales: "pa.ChunkedArray[Any]") -> Mask:
    values = _numbers(scores, np.nan)
    sound = np.isnan(values) & _empty(scores)
    for name in _words(scales):
        scale = SCALES.get(name)
        if scale is not None:
            fits = (values >= scale.low) & (values <= scale.high)
            if scale.whole:
                fits &= values == np.floor(values)
            sound |= fits & _flags(pc.is_in(scales, pa.array([name])))
    doubted: Mask = ~sound
    return doubted


def _moments(column: "pa.ChunkedArray[Any]", latest: int | None) -> Mask:
    moments = _numbers(column.cast(pa.int64()), _OLDEST - 1)
    found = moments < _OLDEST
    return found if latest is None else found | (moments > latest)


def _no_object(text: str | None) -> bool:
    """Whether this is not surely a JSON object: the decoder is stricter than the engine."""
    if text is None:
        return False
    try:
        _JSON.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return True
    return not text.startswith("{")


def _words(column: "pa.ChunkedArray[Any]") -> Iterable[str]:
    return (word for word in pc.unique(column).to_pylist() if word is not None)


def _empty(column: "pa.ChunkedArray[Any]") -> Mask:
    if not column.null_count:
        return np.zeros(len(column), dtype=bool)
    return _flags(column.is_null())


def _flags(column: Any) -> Mask:
    found: Mask = column.fill_null(False).to_numpy()
    return found


def _numbers(column: Any, empty: float) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = column.fill_null(empty).to_numpy()
    return found
