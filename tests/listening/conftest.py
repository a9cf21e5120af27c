"""A store, files and mappings to import, written on the spot."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from rapport.ledger.api import Ledger, Rejection, Settings, create_ledger, rejections
from rapport.listening.api import Report, import_file, parse_mapping
from rapport.office.api import Actor

OPERATOR = Actor.operator()
Put = Callable[..., Report]


class Store:
    """A ledger with a short way to put a file in and to ask what is there."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger = ledger
        self.folder = folder

    def file(self, content: str | bytes, name: str = "rows.csv") -> Path:
        """A file in the store's folder."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def take(self, content: str | bytes | Path, mapping: str, name: str = "rows.csv") -> Report:
        """Import a file, or text put into one."""
        path = content if isinstance(content, Path) else self.file(content, name)
        return import_file(self.ledger, path, parse_mapping(mapping), actor=OPERATOR)

    def refused(self, report: Report) -> list[Rejection]:
        """The rejected rows of an import."""
        return list(rejections(self.ledger.database, report.import_id))

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Rows of a query over the ledger."""
        with self.ledger.read() as snapshot:
            found: pa.Table = snapshot.sql(query)
        return [tuple(row.values()) for row in found.to_pylist()]


@pytest.fixture
def store(tmp_path: Path, db: None) -> Iterator[Store]:
    """An empty store whose reporting zone is Berlin's."""
    ledger = create_ledger(tmp_path / "store", Settings("Trapperloo", "Europe/Berlin", 0, "EUR"))
    yield Store(ledger, tmp_path)
    ledger.close()
