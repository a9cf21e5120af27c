"""The ledger and its measures as data frames, for notebooks and scripts.

    import rapport
    shop = rapport.open("var")
    shop.measure("nps", by="channel", every="month").pandas()

Nothing here waits on an event loop, so it works inside Jupyter's as well. Each call reads the
ledger as it is at that moment.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pyarrow as pa

from rapport.customers.api import timeline
from rapport.kernel.errors import InputError
from rapport.kernel.figures import Figure
from rapport.ledger.api import Ledger, open_ledger
from rapport.measures.api import (
    all_measures,
    compute,
    explain,
    figures_table,
    interactions,
    to_json_rows,
)

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


class Rapport:
    """One store, open for reading."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @property
    def home(self) -> Path:
        """The folder of the store."""
        return self._ledger.home

    def measures(self) -> Frame[dict[str, Any]]:
        """Which measures there are: name, question, unit, direction, minimum_n."""
        names = ("name", "question", "unit", "direction", "minimum_n")
        rows = [{name: getattr(m, name) for name in names} for m in all_measures().values()]
        return Frame(pa.Table.from_pylist(rows))

    def measure(
        self,
        name: str,
        *,
        by: str | Sequence[str] = (),
        every: str | None = None,
        first_day: date | str | None = None,
        last_day: date | str | None = None,
        where: str | Sequence[str] = (),
        weight: str | None = None,
        parameters: Mapping[str, str | int | float | bool] | None = None,
        confidence: float = 0.95,
        mix: bool = False,
        engine: str = "duckdb",
    ) -> Figures:
        """The figures of a measure; one field or filter may be given as plain text.

        Arguments and errors are those of `rapport.measures.api.compute` and, for the engine
        ("duckdb" or "spark", which give the same figures), of `Ledger.read`.
        """
        with self._ledger.read(engine) as snapshot:
            return Figures(
                compute(
                    snapshot,
                    name,
                    by=_listed(by),
                    every=every,
                    first_day=first_day,
                    last_day=last_day,
                    where=_listed(where),
                    weight=weight,
                    parameters=parameters,
                    confidence=confidence,
                    mix=mix,
                )
            )

    def explain(self, name: str, **asked: Any) -> str:
        """How a figure comes about: definition, SQL, interval, source. Arguments as `measure`."""
        listed: dict[str, Any] = {
            k: _listed(v) if k in ("by", "where") else v for k, v in asked.items()
        }
        with self._ledger.read() as snapshot:
            return explain(snapshot, name, **listed)

    def interactions(
        self,
        where: str | Sequence[str] = (),
        columns: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> Frame[dict[str, Any]]:
        """Interactions that fit the filter, oldest first.

        `columns` are fields of the ledger, `properties.x` and `customer.x`; all fields where left
        out.
        """
        with self._ledger.read() as snapshot:
            return Frame(interactions(snapshot, where=_listed(where), columns=columns, limit=limit))

    def customer(self, key: str, limit: int | None = None) -> Frame[dict[str, Any]]:
        """The interactions of one customer, newest first; no rows where nobody is called so."""
        with self._ledger.read() as snapshot:
            return Frame(timeline(snapshot, key, limit=limit))

    def sql(
        self, query: str, tables: Mapping[str, pa.Table] | None = None
    ) -> Frame[dict[str, Any]]:
        """What a query of one's own gives, over `interactions` and the published tables.

        Raises:
            InputError: the engine cannot run the query.
        """
        with self._ledger.read() as snapshot:
            return Frame(snapshot.sql(query, tables))


def open(home: str | Path) -> Rapport:  # noqa: A001  # Read as `rapport.open`.
    """The store at `home`.

    Raises:
        StoreError: there is none, or it was made by a newer version.
    """
    return Rapport(open_ledger(Path(home).expanduser().absolute()))


def _listed(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _missing(library: str) -> InputError:
    return InputError(
        f"The library {library} is not installed",
        hint="Install it with: pip install 'rapport-cx[notebook]'. Or use .arrow().",
    )
