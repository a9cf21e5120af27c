"""A large store made of a smaller one: the same company several times, under other names.

For growth only. Interactions go straight to the lake, as a seal writes them; their ids are unknown
to the store, which reading does not ask. The last rows of the smaller store go through the journal.
"""

import json
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.processes import step
from bench.store import RECIPE, prepared

if TYPE_CHECKING:
    from rapport.ledger.api import Ledger

# From here on a store is multiplied: taking in 50 million rows takes the better part of an hour.
MOST_TAKEN_IN = 10_000_000
_MARKER = "multiplied.json"


def store(home: Path, interactions: int) -> tuple[Path, int]:
    """The store of about that size, built where it is missing; its folder and true size."""
    if interactions <= MOST_TAKEN_IN:
        return prepared(home, interactions)
    base, rows = prepared(home, MOST_TAKEN_IN)
    times = round(interactions / rows)
    folder = home / f"store-{times}-times-{MOST_TAKEN_IN}"
    marker = folder / _MARKER
    if not marker.exists() or json.loads(marker.read_text())["recipe"] != RECIPE:
        step("multiply:build", folder=str(folder), base=str(base), times=times)
    return folder, int(json.loads(marker.read_text())["interactions"])


def build(folder: str, base: str, times: int) -> dict[str, Any]:
    """Make the store anew; what it holds."""
    import pyarrow as pa  # noqa: PLC0415

    from rapport.ledger.api import create_ledger, open_ledger  # noqa: PLC0415
    from rapport.ledger.schema import MAPPED_FIELDS  # noqa: PLC0415

    home, started = Path(folder), time.perf_counter()
    if home.exists():
        shutil.rmtree(home)
    smaller = open_ledger(Path(base))
    larger = create_ledger(home, smaller.settings)
    rows = sum(
        _write(larger, _several(smaller, files, times)) for files in _files_of_months(smaller)
    )
    with smaller.read() as snapshot:
        tail = snapshot.sql(f"SELECT {', '.join(MAPPED_FIELDS)} FROM journal_tail")
        identity = snapshot.sql("SELECT key, customer FROM identity").to_pylist()
    rows += larger.load([tail], "demo").stored
    named = [
        {name: _called(row[name], n) for name in row} for row in identity for n in range(times)
    ]
    larger.publish("identity", pa.Table.from_pylist(named))
    larger.close()
    seconds = round(time.perf_counter() - started, 1)
    told = {"recipe": RECIPE, "interactions": rows, "build_seconds": seconds}
    (home / _MARKER).write_text(json.dumps(told))
    return told


def _called(name: str, number: int) -> str:
    return name if number == 0 else f"{name}~{number}"


def _files_of_months(ledger: "Ledger") -> list[list[str]]:
    found: dict[str, list[str]] = {}
    for file in ledger.lake.files(ledger.lake_version()):
        found.setdefault(file.month, []).append(str(ledger.lake.root / file.path))
    return list(found.values())


def _several(ledger: "Ledger", files: list[str], times: int) -> Any:
    """The rows of a month, several times: own ids, and customers and threads of other names."""
    from rapport.ledger.schema import SCHEMA  # noqa: PLC0415

    other = "CASE WHEN n = 0 THEN {0} ELSE {0} || '~' || n END AS {0}"
    bench = ledger.bench.cursor()
    rows = bench.sql(
        "SELECT s.* REPLACE (unhex(md5(hex(s.id) || n)) AS id, "
        f"{other.format('customer')}, {other.format('thread')}) "
        f"FROM read_parquet({files!r}, hive_partitioning = false) AS s, range({times}) AS c(n)"
    ).to_arrow_table()
    bench.close()
    return rows.cast(SCHEMA)


def _write(ledger: "Ledger", rows: Any) -> int:
    """One month as one commit of the lake, recorded as every write is."""
    from rapport.ledger import writes  # noqa: PLC0415

    with ledger.hold("lake"):
        with ledger.database.write() as connection:
            write = writes.begin(connection, "compact", [])
        version = ledger.lake.commit(write, ledger.lake.write_files(rows, write))
        writes.finish(ledger.database, write, version)
    return int(rows.num_rows)
