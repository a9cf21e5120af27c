"""Which engines there are, and opening one for a snapshot."""

from importlib.util import find_spec
from pathlib import Path

from rapport.kernel.errors import InputError, did_you_mean
from rapport.ledger.bench import Bench
from rapport.ledger.engines.duckdb import DuckEngine
from rapport.ledger.engines.engine import Engine
from rapport.ledger.engines.kept import KeptJournal

DUCKDB, SPARK = "duckdb", "spark"
ENGINES = (DUCKDB, SPARK)


def opened(name: str, bench: Bench, kept: KeptJournal, spill_folder: Path) -> Engine:
    """The engine of that name, for one snapshot.

    Args:
        name: one of ENGINES.
        bench: where DuckDB works; a cursor of it is taken.
        kept: the journal there, for all snapshots.
        spill_folder: where Spark may put what does not fit in memory.

    Raises:
        InputError: there is no such engine, or it is not installed; says how to.
        StoreError: Spark does not start.
    """
    if name == DUCKDB:
        return DuckEngine(bench.cursor(), kept)
    if name != SPARK:
        raise InputError(f"There is no engine {name!r}", hint=did_you_mean(name, ENGINES))
    if find_spec("pyspark") is None:
        raise InputError(
            "The engine spark needs PySpark, which is not installed",
            hint="Install it with: pip install 'rapport-cx[spark]'. It needs Java 17 or newer too.",
        )
    from rapport.ledger.engines.spark import SparkEngine  # noqa: PLC0415 - PySpark is optional

    return SparkEngine(spill_folder)
