"""The door in this process: a store, a key, and a way to send."""

import gzip
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from rapport.ledger.api import Ledger, Settings, create_ledger
from rapport.listening.api import Tracking, add_tracking_key
from rapport.office.api import Actor

OPERATOR = Actor.operator()


@dataclass
class Answer:
    """What the door answered."""

    status: int
    headers: dict[str, str]
    told: dict[str, Any]


class Shop:
    """A system of ours that sends events, and what the store then holds."""

    def __init__(self, ledger: Ledger, key: str) -> None:
        self.ledger = ledger
        self.key = key
        self.open_again()

    def open_again(self) -> None:
        """A door that has asked for no keys yet."""
        self.tracking = Tracking(self.ledger.home)
        self.door = self.tracking.before(behind)

    def post(self, body: bytes, **environ: str) -> Answer:
        """Send these bytes, with the key unless `environ` says otherwise."""
        given: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/v1/batch",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": f"Bearer {self.key}",
            "wsgi.input": io.BytesIO(body),
            **environ,
        }
        said: list[Any] = []
        parts = self.door(given, lambda status, headers: said.extend((status, headers)))
        return Answer(int(said[0][:3]), dict(said[1]), json.loads(b"".join(parts)))

    def send(self, *items: object, **head: object) -> Answer:
        """Send items as a batch."""
        return self.post(json.dumps({"batch": items, **head}).encode())

    def zipped(self, body: bytes) -> Answer:
        """Send these bytes compressed."""
        return self.post(gzip.compress(body), HTTP_CONTENT_ENCODING="gzip")

    def rows(self, columns: str = "*") -> list[dict[str, Any]]:
        """What the ledger holds, in the order of time."""
        with self.ledger.read() as snapshot:
            return snapshot.sql(f"SELECT {columns} FROM interactions ORDER BY t").to_pylist()


def behind(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """The pages behind the door."""
    start("204 No Content", [])
    return [b'"pages"']


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = create_ledger(tmp_path / "store", Settings("Trapperloo", "Europe/Berlin", 0, "EUR"))
    yield made
    made.close()


@pytest.fixture
def shop(ledger: Ledger, db: None) -> Iterator[Shop]:
    key = add_tracking_key("shop", actor=OPERATOR)
    made = Shop(ledger, key)
    yield made
    made.tracking.close()


def rows_of(body: bytes) -> dict[str, list[Any]]:
    """The columns of rejected rows as they lie in the store."""
    return dict(pa.ipc.open_stream(body).read_all().to_pydict())
