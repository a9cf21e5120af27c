"""How the cells of a CSV file are kept apart."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rapport.listening.files import limits
from rapport.listening.files.rows import FileOptions

_DELIMITERS = {",": ",", ";": ";", "\t": "tab", "|": "|"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """Delimiter, quote ("" for none) and escape of a file."""

    delimiter: str
    quote: str
    escape: str | None

    def reader(self, lines: Iterable[str], *, strict: bool = True) -> Any:
        """A csv.reader over lines that keep their line breaks."""
        return csv.reader(lines, strict=strict, **self._settings())

    def line(self, row: Iterable[str]) -> str:
        """A row as it could have stood in the file."""
        out = io.StringIO()
        try:
            csv.writer(out, lineterminator="\n", **self._settings()).writerow(row)
        except csv.Error:  # without quote and escape not every text can be written
            return self.delimiter.join(row)
        return out.getvalue()

    def _settings(self) -> dict[str, Any]:
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote or None,
            "quoting": csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            "escapechar": self.escape,
        }

    def shown(self) -> str:
        """The delimiter, by name where it has no sign one sees."""
        return _DELIMITERS.get(self.delimiter, self.delimiter)


def find_dialect(text: str, options: FileOptions, suffix: str) -> Dialect:
    """The dialect of a file by its beginning, header first.

    The delimiter is the one by which most of the first 100 records have as many cells as the
    header, and the header more than one; among equals the one with more cells, then the comma
    (in .tsv the tab).

    >>> find_dialect("a;b\\n1,5;2\\n", FileOptions(), ".csv").shown()
    ';'
    """
    if options.delimiter is not None:
        return Dialect(options.delimiter, options.quote, options.escape)
    candidates = sorted(_DELIMITERS, key=lambda mark: (mark == "\t") == (suffix != ".tsv"))
    dialects = [Dialect(mark, options.quote, options.escape) for mark in candidates]
    lines = io.StringIO(text[: limits.MIB // 4], newline="").readlines()
    return max(dialects, key=lambda dialect: _fit(dialect, lines))


def _fit(dialect: Dialect, lines: list[str]) -> tuple[float, int]:
    rows = list(islice(_tolerant(dialect, lines), limits.SNIFF_RECORDS))
    width = len(rows[0]) if rows else 0
    if width < 2:
        return 0.0, 0
    # The last record may be cut off by the end of the sample.
    body = rows[1:-1] or rows[1:]
    alike = sum(len(row) == width for row in body)
    return (alike / len(body) if body else 0.5), width


def _tolerant(dialect: Dialect, lines: list[str]) -> Iterator[list[str]]:
    reader = dialect.reader(lines, strict=False)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
        if row:
            yield row
