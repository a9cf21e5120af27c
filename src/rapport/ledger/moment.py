"""What there is to be read at one moment, taken in one transaction of the database."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from rapport.ledger import frames
from rapport.ledger.schema import EMPTY
from rapport.ledger.upkeep import leases

if TYPE_CHECKING:
    from rapport.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Moment:
    """What there is to be read at one moment: files of the lake, the journal, published tables.

    `versions` tells what was in each: two moments at which they are equal read the same.
    """

    files: tuple[Path, ...]
    tail: pa.Table
    published: dict[str, Path]
    versions: dict[str, object]


def moment_of(ledger: "Ledger", lease: leases.Lease | None = None) -> Moment:
    """What is there to be read now; its files stay as long as the lease is held."""
    with ledger.database.read() as connection:
        version = ledger.lake_version()
        bodies = connection.execute(
            "SELECT batch, body FROM ledger_journal ORDER BY batch"
        ).fetchall()
        published = connection.execute(
            "SELECT name, version, file FROM ledger_published ORDER BY name"
        ).fetchall()
    tail = pa.concat_tables([EMPTY, *(frames.from_bytes(body) for _, body in bodies)])
    files = ledger.lake.files(version)
    if lease is not None:
        lease.note(version, [file for _, _, file in published])
    ledger.lake.check(files)
    versions: dict[str, object] = {name: number for name, number, _ in published}
    versions |= {"lake": version, "journal_tail": [number for number, _ in bodies]}
    return Moment(
        tuple(ledger.lake.root / file.path for file in files),
        tail,
        {name: ledger.home / "published" / file for name, _, file in published},
        versions,
    )
