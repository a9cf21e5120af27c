"""The ledger and its measures as data frames, for notebooks and scripts.

    import rapport
    shop = rapport.open("var")
    shop.measure("nps", by="channel", every="month").pandas()

Nothing here waits on an event loop, so it works inside Jupyter's as well. Each call reads the
ledger as it is at that moment.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from rapport.customers.api import timeline
from rapport.ledger.api import Ledger, open_ledger
from rapport.measures.api import (
    all_measures,
    compute,
    explain,
    interactions,
)
from rapport.web.frames import Figures, Frame, listed


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
                    by=listed(by),
                    every=every,
                    first_day=first_day,
                    last_day=last_day,
                    where=listed(where),
                    weight=weight,
                    parameters=parameters,
                    confidence=confidence,
                    mix=mix,
                )
            )

    def explain(self, name: str, **asked: Any) -> str:
        """How a figure comes about: definition, SQL, interval, source. Arguments as `measure`."""
        question: dict[str, Any] = {
            k: listed(v) if k in ("by", "where") else v for k, v in asked.items()
        }
        with self._ledger.read() as snapshot:
            return explain(snapshot, name, **question)

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
            return Frame(interactions(snapshot, where=listed(where), columns=columns, limit=limit))

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
