"""New stores for a proof, on SQLite or on a PostgreSQL server of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from acceptance._writers import Store
from acceptance.servers import postgres
from acceptance.tally import Asked

Shelf = Callable[[str], Store]


@contextmanager
def shelf(asked: Asked) -> Iterator[Shelf]:
    """`shelf(name)` is a place for a new store, with an empty database of its own."""
    if asked.db == "sqlite":
        yield lambda name: Store(asked.folder / name)
        return
    with postgres(asked.folder / "server") as server:
        yield lambda name: Store(asked.folder / name, server.url(name))
