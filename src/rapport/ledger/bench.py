"""DuckDB as the workbench of the ledger: capped memory, capped spill, UTC.

DuckDB stays below version 2 and its spill is always capped: 2.0.0 filled a disk with 66 GB on a
query that 1.5 does in 5 (decision 0003).
"""

import os
from pathlib import Path

import duckdb

from rapport.kernel.errors import InputError

Bench = duckdb.DuckDBPyConnection
_SPILL_SHARE = "40GB"


def open_bench(
    spill_folder: Path | None = None, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A new in-memory DuckDB with the settings every query of ours runs under.

    Args:
        spill_folder: where large queries may put intermediate results; without it none may.
        threads: how many work on a query; all cores when None.
    """
    # A misspelt table must not be answered from a variable of ours that happens to be named so.
    connection = duckdb.connect(
        ":memory:", config={"threads": threads or cores(), "python_enable_replacements": False}
    )
    # GLOBAL: otherwise cursors would fall back to the zone of the machine.
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute(f"SET memory_limit = '{memory_limit()}'")
    connection.execute("SET preserve_insertion_order = true")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET GLOBAL parquet_metadata_cache = true")
    if spill_folder is None:
        connection.execute("SET temp_directory = ''")
    else:
        connection.execute("SET temp_directory = $folder", {"folder": str(spill_folder)})
        connection.execute(f"SET max_temp_directory_size = '{_SPILL_SHARE}'")
    return connection


def memory_limit() -> str:
    """What a query may hold in memory: RAPPORT_MEMORY, else 3.5 GB or half of a smaller machine.

    A process holds a few hundred megabytes besides, and stays below four gigabytes with them.
    """
    named = os.environ.get("RAPPORT_MEMORY")
    if named:
        if not named[0].isdigit():
            raise InputError("RAPPORT_MEMORY is not a size", got=named, expected="such as 4GB")
        return named
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{min(7 * 1024**3 // 2, installed // 2) // 1024**2}MB"


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
