"""Arrow columns from numpy codes: look words up, join parts, fill gaps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    Column = pa.Array[Any]
else:
    Column = pa.Array
Numbers = npt.NDArray[Any]


def words(values: Sequence[str]) -> Column:
    """A vocabulary to look codes up in."""
    return pa.array(values, pa.string())


def looked_up(vocabulary: Column, codes: Numbers) -> Column:
    """The word of each code; a negative code is null."""
    codes = np.ascontiguousarray(codes)
    indices: Any = pa.array(codes, mask=codes < 0)
    return vocabulary.take(indices)


def joined(*parts: Column | str) -> Column:
    """Texts of the parts one after the other; null where any part is."""
    columns: Any = parts
    found: Column = pc.binary_join_element_wise(*columns, "")
    return found


def sentences(first: Column, second: Column) -> Column:
    """Both sentences with a space between, or the first alone where there is no second."""
    both: Any = (first, second, " ")
    found: Column = pc.binary_join_element_wise(*both, null_handling="skip")
    return found


def padded(numbers: Numbers, width: int) -> Column:
    """Whole numbers as text with leading zeros."""
    text: Any = numbered(numbers)
    found: Column = pc.utf8_lpad(text, width, "0")
    return found


def numbered(numbers: Numbers, gaps: npt.NDArray[np.bool_] | None = None) -> Column:
    """Whole numbers as text; null in the gaps."""
    found: Column = pa.array(np.ascontiguousarray(numbers), mask=gaps).cast(pa.string())
    return found


def spread(values: Column, where: npt.NDArray[np.bool_]) -> Column:
    """Values, in order, for the places where `where` holds; nulls elsewhere."""
    at = np.cumsum(where, dtype=np.int64) - 1
    return looked_up(values, np.where(where, at, -1))
