"""What there is to be read at one moment, taken in one transaction of the database."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from rapport.ledger.engines.kept import as_table
from rapport.ledger.upkeep import leases

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Moment:
    """What there is to be read at one moment: the lake's files, tables, batches of the journal.

    `versions` tells what was in each: two moments at which they are equal read the same.
    """

    files: tuple[Path, ...]
    bodies: dict[int, bytes]
    published: dict[str, Path]
    versions: dict[str, object]

    @property
    def tail(self) -> pa.Table:
        """The rows of the journal."""
        return as_table(self.bodies)


def moment_of(ledger: "Ledger", lease: leases.Lease | None = None) -> Moment:
    """What is there to be read now; its files stay as long as the lease is held."""
    with ledger.database.read() as connection:
        version = ledger.lake_version()
        journal = connection.execute("SELECT batch, body FROM ledger_journal").fetchall()
        published = connection.execute(
            "SELECT name, version, file FROM ledger_published ORDER BY name"
        ).fetchall()
    files = ledger.lake.files(version)
    if lease is not None:
        lease.note(version, [file for _, _, file in published])
    ledger.lake.check(files)
    versions: dict[str, object] = {name: number for name, number, _ in published}
    versions |= {"lake": version, "journal_tail": sorted(number for number, _ in journal)}
    return Moment(
        tuple(ledger.lake.root / file.path for file in files),
        {number: bytes(body) for number, body in journal},
        {name: ledger.home / "published" / file for name, _, file in published},
        versions,
    )
