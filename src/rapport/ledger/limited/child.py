"""The process that answers one question: it can read the ledger's files and nothing else.

It gets no secret of ours in its environment, can write no byte to any file, has a bound on memory
and processor time from the operating system, and is killed when its time is over. Request: a line
of JSON, then the journal's tail as an Arrow stream. Answer: an Arrow stream, or a line of JSON on
standard error.
"""

import json
import resource
import sys
from typing import Any

import duckdb
import pyarrow as pa

FAILED = 3
_BATCH_ROWS = 1_000
# What the engine reserves beside the memory it is allowed to fill.
_BESIDE_BYTES = 3 * 1024**3


def main() -> int:
    """Answer the question on standard input."""
    request = json.loads(sys.stdin.buffer.readline())
    tail = pa.ipc.open_stream(_binary(sys.stdin)).read_all()
    _bind(request)
    try:
        _answer(_opened(request, tail), request)
    except (duckdb.Error, pa.ArrowException, MemoryError) as error:
        lines = str(error).strip().splitlines()
        kind = "memory" if isinstance(error, duckdb.OutOfMemoryException | MemoryError) else "query"
        sys.stderr.write(json.dumps({"kind": kind, "said": lines[0] if lines else ""}))
        return FAILED
    return 0


def _binary(stream: Any) -> Any:
    """The bytes behind a stream of text."""
    return stream.buffer


def _bind(request: dict[str, Any]) -> None:
    bytes_most = request["memory_bytes"] + _BESIDE_BYTES
    for what, most in (
        (resource.RLIMIT_AS, bytes_most),
        (resource.RLIMIT_CPU, request["seconds"] * 4),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _opened(request: dict[str, Any], tail: pa.Table) -> duckdb.DuckDBPyConnection:
    """The engine with the relations laid out, and every door closed behind them."""
    engine = duckdb.connect(":memory:", config={"threads": 2, "python_enable_replacements": False})
    engine.execute("SET TimeZone = 'UTC'")
    engine.execute(f"SET memory_limit = '{request['memory_bytes'] // 1024**2}MB'")
    engine.execute("SET temp_directory = ''")
    engine.execute("SET autoinstall_known_extensions = false")
    engine.execute("SET autoload_known_extensions = false")
    engine.register("handed_in", tail)
    engine.execute(f'CREATE TABLE "{request["tail"]}" AS SELECT * FROM handed_in')
    engine.unregister("handed_in")
    for name, query in request["views"]:
        engine.execute(f'CREATE VIEW "{name}" AS {query}')
    paths = ", ".join("'" + path.replace("'", "''") + "'" for path in request["paths"])
    engine.execute(f"SET allowed_paths = [{paths}]")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine


def _answer(engine: duckdb.DuckDBPyConnection, request: dict[str, Any]) -> None:
    reader = engine.sql(request["query"]).to_arrow_reader(_BATCH_ROWS)
    rows, size = request["rows"], request["bytes"]
    with pa.ipc.new_stream(_binary(sys.stdout), reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch.slice(0, rows))
            rows -= batch.num_rows
            size -= batch.nbytes
            if rows <= 0 or size <= 0:
                break


if __name__ == "__main__":
    # Not by way of the interpreter's end: what the engine still does is of no use to anybody.
    CODE = main()
    sys.stdout.flush()
    sys.exit(CODE)
