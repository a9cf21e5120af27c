"""Apache Spark over the same files: for a lake that outgrows one machine, never the default.

Beside Spark stands an empty twin on DuckDB with the same relations. It judges a query first, so
that what is wrong with it is said in the same words, and names the types of the answer: a sum that
is BIGINT on Spark and HUGEINT on DuckDB comes back as the same Arrow column.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql.pandas.types import from_arrow_schema

from rapport.kernel.errors import InputError, StoreError
from rapport.ledger.bench import open_bench
from rapport.ledger.engines.duckdb import DuckEngine
from rapport.ledger.engines.kept import as_table
from rapport.ledger.engines.session import session
from rapport.ledger.engines.spelling import for_spark

_OF_FILES = ("FAILED_READ_FILE", "PATH_NOT_FOUND", "CANNOT_READ_FILE")


class SparkEngine:
    """An `Engine` in a session of its own on the Spark of this process.

    Args:
        spill_folder: where it may put what does not fit in memory.

    Raises:
        InputError, StoreError: as `session.session`.
    """

    def __init__(self, spill_folder: Path) -> None:
        self._session = session(spill_folder)
        self._twin = DuckEngine(open_bench(threads=1))

    def scan(self, name: str, files: Sequence[Path]) -> None:
        """A view over the files, whose columns are those of the first."""
        with _told():
            schema = pq.read_schema(files[0]).remove_metadata()
            reader = self._session.read.schema(from_arrow_schema(schema))
            # Each is one file, also where its name looks like a pattern.
            rows = reader.option("__globPaths__", "false").parquet(*(f"file://{f}" for f in files))
            # The folder's name gives a column more, which is none of the files'.
            rows.select(*schema.names).createOrReplaceTempView(name)
        self._twin.lay(name, schema.empty_table())

    def journal(self, name: str, bodies: Mapping[int, bytes]) -> None:
        """Hand the rows over to Spark."""
        self.lay(name, as_table(bodies))

    def lay(self, name: str, table: pa.Table) -> None:
        """Hand the rows over to Spark."""
        with _told():
            self._session.createDataFrame(table).createOrReplaceTempView(name)
        self._twin.lay(name, table.schema.empty_table())

    def drop(self, name: str) -> None:
        """Forget the view."""
        self._session.catalog.dropTempView(name)
        self._twin.drop(name)

    def define(self, name: str, query: str) -> None:
        """A view."""
        self._twin.define(name, query)
        with _told():
            self._session.sql(for_spark(query)).createOrReplaceTempView(name)

    def run(self, query: str) -> pa.Table:
        """The answer as an Arrow table, in the types of DuckDB.

        Raises:
            InputError: also where the query says something that Spark would answer otherwise.
        """
        schema = self._twin.run(query).schema
        with _told():
            answer = self._session.sql(for_spark(query)).toArrow()
        columns = [column.cast(of.type) for column, of in zip(answer.columns, schema, strict=True)]
        return pa.table(columns, schema=schema)

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """The whole answer, cut; one batch at least, which tells the columns."""
        table = self.run(query)
        yield pa.RecordBatch.from_pylist([], table.schema)
        yield from table.to_batches()

    def spelled(self, query: str) -> str:
        """The query printed for Spark, on several lines."""
        return for_spark(query, pretty=True)

    def close(self) -> None:
        """Forget the views; Spark itself runs on for the next snapshot."""
        for view in self._session.catalog.listTables():
            self._session.catalog.dropTempView(view.name)
        self._twin.close()


@contextmanager
def _told() -> Iterator[None]:
    """Turns what Spark says into an error of ours: of the store, or of the query."""
    try:
        yield
    except OSError as error:
        raise _of_store(str(error)) from error
    except (PySparkException, Py4JError) as error:
        said = str(error)
        if any(word in said for word in _OF_FILES):
            raise _of_store(said) from error
        raise InputError("The query cannot be run on Spark", got=_first_line(said)) from error


def _of_store(said: str) -> StoreError:
    return StoreError(
        "A data file of the lake cannot be read",
        got=_first_line(said),
        hint="`rapport ledger verify` tells which files are damaged.",
    )


def _first_line(said: str) -> str:
    return said.strip().splitlines()[0]
