"""Rows as data frames, for notebooks and scripts, wherever they come from."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pyarrow as pa

from rapport.kernel.errors import InputError
from rapport.kernel.figures import Figure
from rapport.measures.api import figures_table, to_json_rows

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped]
    import polars

Row = TypeVar("Row")


class Frame(Generic[Row]):
    """Rows that can be had as an Arrow table, or as a data frame of pandas or Polars."""

    def __init__(self, table: pa.Table, rows: Sequence[Row] | None = None) -> None:
        self._table = table
        self._rows = rows

    def arrow(self) -> pa.Table:
        """The rows as an Arrow table."""
        return self._table

    def pandas(self) -> "pandas.DataFrame":
        """The rows as a pandas data frame.

        Raises:
            InputError: pandas is not installed; says how to.
        """
        try:
            import pandas  # noqa: PLC0415 - optional, so asked for only here
        except ImportError:
            raise _missing("pandas") from None
        frame: pandas.DataFrame = self._table.to_pandas()
        return frame

    def polars(self) -> "polars.DataFrame":
        """The rows as a Polars data frame.

        Raises:
            InputError: Polars is not installed; says how to.
        """
        try:
            import polars  # noqa: PLC0415 - optional, so asked for only here
        except ImportError:
            raise _missing("polars") from None
        frame = polars.from_arrow(self._table)
        assert isinstance(frame, polars.DataFrame)
        return frame

    def __iter__(self) -> Iterator[Row]:
        rows: Sequence[Any] = self._table.to_pylist() if self._rows is None else self._rows
        return iter(rows)

    def __len__(self) -> int:
        return self._table.num_rows

    def __repr__(self) -> str:
        names = ", ".join(self._table.column_names)
        return f"{len(self)} rows of {names}. As a frame: .pandas(), .polars(), .arrow()"


class Figures(Frame[Figure]):
    """The figures of a measure; iterating gives `rapport.kernel.figures.Figure`."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        super().__init__(figures_table(figures), figures)

    def rows(self) -> list[dict[str, Any]]:
        """As `rapport measure --format json` prints them."""
        return to_json_rows(list(self))


def listed(given: str | Sequence[str]) -> tuple[str, ...]:
    """One field or filter may be given as plain text."""
    return (given,) if isinstance(given, str) else tuple(given)


def _missing(library: str) -> InputError:
    return InputError(
        f"The library {library} is not installed",
        hint="Install it with: pip install 'rapport-cx[notebook]'. Or use .arrow().",
    )
