"""What the store says of itself: counts for people, and proofs that nothing is lost or doubled."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from rapport.ledger import former, ids
from rapport.ledger.disk import checksum
from rapport.ledger.lake import promised_checksum
from rapport.ledger.receipts import Receipt
from rapport.ledger.store import Ledger
from rapport.ledger.upkeep.vacuum import replaced
from rapport.ledger.writes import recover


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the store in numbers.

    Attributes:
        receipt: all batches together: received = stored + duplicate + rejected.
        journal: interactions not sealed yet.
        lake: interactions in the lake.
        files: data files of the lake.
        bytes: their size.
        replaced: files that the newest version does not name; a vacuum removes them.
        replaced_bytes: their size.
        ids: ids kept.
        lake_version: version that readers read.
        open_writes: writes to the lake that a crash left open; the next writer mends them.
        database: name and version of the relational half.
    """

    receipt: Receipt
    journal: int
    lake: int
    files: int
    bytes: int
    replaced: int
    replaced_bytes: int
    ids: int
    lake_version: int
    open_writes: int
    database: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One proof: its name, whether it holds, and what was found."""

    name: str
    holds: bool
    found: str


def status(ledger: Ledger) -> Status:
    """Counts of the store, from its bookkeeping."""
    columns = ", ".join(f"CAST(coalesce(sum({f}), 0) AS BIGINT)" for f in Receipt.__slots__)
    counts = ledger.database.rows(
        f"SELECT {columns} FROM ledger_batch WHERE state IN ('journal', 'lake', 'people')"
    )[0]
    files = ledger.lake.files(ledger.lake_version())
    journal = ledger.database.value("SELECT coalesce(sum(interactions), 0) FROM ledger_journal")
    waiting = replaced(ledger)
    return Status(
        receipt=Receipt(*counts),
        journal=int(journal),
        lake=sum(file.rows for file in files),
        files=len(files),
        bytes=sum(file.size for file in files),
        replaced=len(waiting),
        replaced_bytes=sum(path.stat().st_size for path in waiting if path.exists()),
        ids=ids.count(ledger.database),
        lake_version=ledger.lake_version(),
        open_writes=int(ledger.database.value("SELECT count(*) FROM ledger_write")),
        database=ledger.database.version(),
    )


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What came from one source, and when (microseconds since 1970) something last did."""

    source: str
    receipt: Receipt
    last_at: int


def status_by_source(ledger: Ledger) -> list[SourceStatus]:
    """received = stored + duplicate + rejected of each source, the newest first."""
    columns = ", ".join(f"CAST(coalesce(sum({f}), 0) AS BIGINT)" for f in Receipt.__slots__)
    rows = ledger.database.rows(
        f"SELECT source, max(received_at), {columns} FROM ledger_batch "
        "WHERE state IN ('journal', 'lake', 'people') GROUP BY source ORDER BY 2 DESC"
    )
    return [SourceStatus(source, Receipt(*counts), last) for source, last, *counts in rows]


def verify(ledger: Ledger) -> list[Finding]:
    """Prove the store whole; takes time in proportion to its size.

    The lake's lock is held, so that no write is half-way; readers go on.
    """
    with ledger.hold("lake"):
        whole = _relational(ledger)
        if not whole.holds:
            return [whole]  # nothing else can be asked of a damaged file
        recover(ledger)
        findings = [whole, _foreign_keys(ledger), *_files(ledger)]
        if all(finding.holds for finding in findings):
            findings += [_version(ledger), *_contents(ledger)]
    return findings


def _relational(ledger: Ledger) -> Finding:
    damage = ledger.database.damage()
    return Finding("the relational half is whole", damage is None, damage or "ok")


def _foreign_keys(ledger: Ledger) -> Finding:
    broken = ledger.database.broken_references()
    return Finding("no record points to nothing", not broken, f"{broken} broken references")


def _files(ledger: Ledger) -> list[Finding]:
    """Every data file is there, has the size the log says and can be read to its last row."""
    findings = []
    for file in ledger.lake.files(ledger.lake_version()):
        path = ledger.lake.root / file.path
        problem = None
        if not path.is_file():
            problem = "is gone"
        elif path.stat().st_size != file.size:
            problem = f"has {path.stat().st_size} bytes and not {file.size}"
        elif promised_checksum(file.path) not in (None, checksum(path)):
            problem = "holds other bytes than were written"
        else:
            problem = _unreadable(path, file.rows)
        if problem:
            findings.append(Finding("data files are whole", False, f"{file.path} {problem}"))
    return findings or [Finding("data files are whole", True, "all of them")]


def _unreadable(path: Path, rows: int) -> str | None:
    try:
        found = pq.read_table(path, partitioning=None).num_rows
    except (OSError, ValueError) as error:
        return f"cannot be read: {str(error).splitlines()[0]}"
    return None if found == rows else f"has {found} rows and not {rows}"


def _version(ledger: Ledger) -> Finding:
    recorded, newest = ledger.lake_version(), ledger.lake.version()
    return Finding("readers read the newest lake", recorded == newest, f"{recorded} of {newest}")


def _contents(ledger: Ledger) -> list[Finding]:
    """Batches and ids agree with the rows that are really there."""
    recorded = dict(
        ledger.database.rows(
            "SELECT number, interactions FROM ledger_batch "
            "WHERE state IN ('journal', 'lake') AND interactions > 0"
        )
    )
    with ledger.read() as snapshot:
        rows = snapshot.sql(
            "SELECT batch, count(*) AS n FROM interactions GROUP BY batch"
        ).to_pylist()
        found = {row["batch"]: row["n"] for row in rows}
        twice = snapshot.sql(
            "SELECT count(*) - count(DISTINCT id) AS twice FROM interactions"
        ).to_pylist()[0]["twice"]
    wrong = {n for n in recorded.keys() | found.keys() if recorded.get(n) != found.get(n)}
    stored = sum(recorded.values())
    dead = ids.dead_batches(ledger.database)
    marks = ",".join(str(n) for n in dead) or "-1"
    lost = former.irreparable(ledger.database)
    alive = sum(
        ledger.database.value(f"SELECT count(*) FROM {table} WHERE batch NOT IN ({marks})")
        for table in (ids.BIG, ids.RECENT)
    )
    return [
        Finding("every batch has its rows", not wrong, f"{len(wrong)} batches differ"),
        Finding("no interaction is there twice", not twice, f"{twice} ids twice"),
        Finding("every interaction has its id", alive == stored, f"{alive} ids, {stored} stored"),
        Finding("what was revised can be put back", not lost, f"{lost} former contents are lost"),
    ]
