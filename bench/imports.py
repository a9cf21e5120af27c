"""How fast a CSV comes in by `rapport import`, and a second time when all of it is known."""

import csv
import shutil
import tempfile
from itertools import islice
from pathlib import Path
from statistics import median

from bench.answers import write_answers
from bench.processes import Ran, StepError, rapport, step
from bench.results import Row, Section, count, growth

MAPPING = Path(__file__).with_name("answers.toml")
LEAST_PER_SECOND = 60_000
MOST_MEMORY = 1024.0
LARGE = 4
_CHUNK = 65_536


def measure(home: Path, rows: int, runs: int, *, large: bool) -> Section:
    """Import the file into fresh stores, and compare with a bare loop in Python."""
    section = Section("import")
    took = _measured(section, home, rows, runs)
    if large:
        more = _measured(section, home, LARGE * rows, 1)
        section.rows.append(growth("import of a CSV", (rows, took), (LARGE * rows, more), 1.15))
    section.remarks.append(
        "The times are those of the whole command, starting Python included. The peer is a bare "
        "loop that reads the same file with csv.reader and writes it as text columns with pyarrow "
        "into one zstd Parquet file: no types, no checks, no ids, nothing synced to the disk."
    )
    return section


def _measured(section: Section, home: Path, rows: int, runs: int) -> float:
    file = home / f"answers-{rows}.csv"
    write_answers(file, rows)
    # The first run warms up the disk's cache and is not counted, unless it is the only one.
    timed = [_one(home, file, rows) for _ in range(runs + 1 if runs > 1 else 1)][-runs:]
    first = median(new.seconds for new, _, _ in timed)
    again = median(known.seconds for _, known, _ in timed)
    peer = median(bare for _, _, bare in timed)
    size = count(rows)
    for what, seconds, memory in (
        ("import of a CSV", first, max(new.memory for new, _, _ in timed)),
        ("the same file again", again, max(known.memory for _, known, _ in timed)),
    ):
        speed = rows / seconds
        section.rows.append(
            Row(
                what,
                size,
                seconds,
                peer,
                f"{speed:,.0f} rows/s",
                f"≥ {LEAST_PER_SECOND:,} rows/s, < {MOST_MEMORY:,.0f} MB",
                speed >= LEAST_PER_SECOND and memory < MOST_MEMORY,
                memory,
            )
        )
    return first


def _one(home: Path, file: Path, rows: int) -> tuple[Ran, Ran, float]:
    """Import, import again, and the peer's seconds."""
    store = Path(tempfile.mkdtemp(prefix="import-", dir=home))
    try:
        rapport(store, "init")
        new = rapport(store, "import", str(file), "--as", str(MAPPING))
        _check(new, f"stored {rows:,} ")
        known = rapport(store, "import", str(file), "--as", str(MAPPING))
        _check(known, f"duplicate {rows:,} ")
        bare = step("imports:bare_loop", file=str(file), target=str(store / "bare.parquet"))
    finally:
        shutil.rmtree(store)
    return new, known, float(bare["process_seconds"])


def _check(ran: Ran, expected: str) -> None:
    if expected not in ran.told:
        raise StepError(f"the import told {ran.told.strip()!r}, expected {expected!r}")


def bare_loop(file: str, target: str) -> dict[str, int]:
    """The peer: csv.reader to zstd Parquet, everything as text."""
    import pyarrow as pa  # noqa: PLC0415 - the process that starts this one stays small
    import pyarrow.parquet as pq  # noqa: PLC0415

    written = 0
    with Path(file).open(encoding="utf-8", newline="") as source:
        reader = csv.reader(source)
        head = next(reader)
        schema = pa.schema([(name, pa.string()) for name in head])
        with pq.ParquetWriter(target, schema, compression="zstd") as writer:
            while rows := list(islice(reader, _CHUNK)):
                columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
                written += len(rows)
    return {"rows": written}
