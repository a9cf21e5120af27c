"""A short cut through CSV: blocks of lines about which there can be no two opinions.

Arrow's reader is several times as fast as Python's, but knows no strictness: a quote gone astray
or bytes behind a closed one go unnoticed. So it only gets lines whose quotes are checked here,
and any doubt sends the block the long way, where each bad row is found with its line.
"""

import io
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from pyarrow import csv

from rapport.listening.files import limits
from rapport.listening.files.dialect import Dialect
from rapport.listening.files.text import Block

_BREAK, _RETURN = ord("\n"), ord("\r")


class Quick:
    """Reads whole blocks of a file with those columns, or says that it cannot."""

    def __init__(self, columns: Sequence[str], dialect: Dialect, null: Sequence[str]) -> None:
        marks = (dialect.delimiter + dialect.quote).encode()
        self._can = dialect.escape is None and len(marks) == 1 + len(dialect.quote)
        self._delimiter, self._quote = marks[0], marks[1] if len(marks) == 2 else None
        self._read = csv.ReadOptions(
            use_threads=False, block_size=4 * limits.LINE_BYTES_MAX, column_names=list(columns)
        )
        self._parse = csv.ParseOptions(
            delimiter=dialect.delimiter if self._can else ",",
            quote_char=dialect.quote if self._can and dialect.quote else False,
        )
        self._convert = csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()),
            null_values=list({"", *null}),
            strings_can_be_null=True,
        )

    def table(self, block: Block) -> pa.Table | None:
        """The rows of a block, one for each of its lines; None if that is not certain."""
        if not self._can or not block.clean:
            return None
        data = block.text.encode()
        if data.startswith(b"\xef\xbb\xbf") or data.count(b"\r") != data.count(b"\r\n"):
            return None
        if self._quote is not None and self._quote in data and not self._is_regular(data):
            return None
        try:
            table = csv.read_csv(io.BytesIO(data), self._read, self._parse, self._convert)
        except pa.ArrowInvalid:
            return None
        return table if table.num_rows == block.count else None

    def _is_regular(self, data: bytes) -> bool:
        """Whether each quote opens or closes a cell on one line, or is doubled within one."""
        letters = np.frombuffer(data, np.uint8)
        quotes = np.flatnonzero(letters == self._quote)
        if len(quotes) % 2:
            return False
        opening, closing = quotes[0::2], quotes[1::2]
        doubled = opening[1:] == closing[:-1] + 1
        # A quote at the very start or end has a line's border beside it.
        before = letters[opening - 1]
        after = letters[np.minimum(closing + 1, len(letters) - 1)]
        opens = (before == self._delimiter) | (before == _BREAK) | (opening == 0)
        closes = (after == self._delimiter) | (after == _BREAK) | (after == _RETURN)
        closes |= closing == len(letters) - 1
        opens[1:] |= doubled
        closes[:-1] |= doubled
        breaks = np.flatnonzero(letters == _BREAK)
        one_line = np.searchsorted(breaks, opening) == np.searchsorted(breaks, closing)
        return bool(opens.all() and closes.all() and one_line.all())
