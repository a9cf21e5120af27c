"""New stores for a proof, on SQLite or on a PostgreSQL server of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from acceptance._writers import Store
from acceptance.servers import Postgres, postgres
from acceptance.tally import Asked


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the stores of a proof stand.

    Attributes:
        server: keeps their relational half; None where that is SQLite.
    """

    folder: Path
    server: Postgres | None
    url: str | None

    def new(self, name: str) -> Store:
        """A place for a new store."""
        return Store(self.folder / name, self.url)


@contextmanager
def shelf(asked: Asked) -> Iterator[Shelf]:
    """A shelf in the folder of the proof; its server is gone afterwards."""
    if asked.db == "sqlite":
        yield Shelf(asked.folder, None, None)
        return
    with postgres(asked.folder / "server") as server:
        # One database is enough: each store has a schema of its own in it.
        yield Shelf(asked.folder, server, server.url("proof"))
