"""Opens a store of every older version, kills that at every step and at random moments.

Each store under tests/fixtures/stores is brought to this version by the real command. Whatever
died on the way, in the end it means what it meant, is whole, and has the tables of a new store. A
store of a newer version is refused and left as it is. With `--db postgres` the older store is laid
into a server table by table first, since the first version knew no server.
"""

import json
import random
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from acceptance._contents import Digests, digests_of
from acceptance._shelf import Shelf, shelf
from acceptance._writers import Store
from acceptance.tally import Asked, Tally
from rapport.ledger.api import Ledger, frozen, verify
from rapport.ledger.relational.home import database_of
from tests.fixtures.stores.contents import contents

STORES = Path(__file__).parents[1] / "tests" / "fixtures" / "stores"
LAY = Path(__file__).with_name("_laying.py")
KILLS = (2, 50)
_SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
_OPEN = ("import", "--list")
_INDEXES = {
    False: "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name",
    True: "SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1",
}
NEWER = {
    "ledger": "UPDATE ledger_meta SET value = '99' WHERE name = 'schema'",
    "other rooms": "INSERT INTO django_migrations (app, name, applied) "
    "VALUES ('office', '0999_later', '2030-01-01 00:00:00')",
}


def prove(asked: Asked, tally: Tally) -> None:
    """All stores that are kept."""
    with shelf(asked) as stores:
        for packed in sorted(STORES.glob("*.tar.gz")):
            _Run(stores, packed, random.Random(asked.seed), tally).go(KILLS[asked.full])


@dataclass
class _Run:
    """One older store, of which every kill gets a copy."""

    stores: Shelf
    packed: Path
    dice: random.Random
    tally: Tally

    def go(self, kills: int) -> None:
        """Open it in peace, kill the opening, refuse it as a newer one."""
        name = self.packed.name.removesuffix(".tar.gz")
        self.meaning = json.loads(self.packed.with_name(f"{name}.json").read_text("utf-8"))
        self.copies = self._copies(name)
        self.fresh = self._structure(self._new(f"{name}-fresh"))
        first = next(self.copies)
        began = time.monotonic()
        self._open(first)
        seconds = time.monotonic() - began
        self._whole(first, "in peace")
        steps = self._at_every_step()
        for _ in range(kills):
            self._at_random(seconds)
        for what, change in NEWER.items():
            self._newer(what, change)
        self.tally.figure(f"{name}: kills at a step, at random", f"{steps}, {kills}")

    # --- kills -----------------------------------------------------------------------------

    def _at_every_step(self) -> int:
        """Kill at the first, the second ... step until there is no further one; how many."""
        for number in count(1):
            store = next(self.copies)
            code = self._open(store, FAILPOINT=f"*:{number}")
            if code == 0:
                return number - 1
            self._open(store)
            self._whole(store, f"killed at step {number}")
        raise AssertionError

    def _at_random(self, seconds: float) -> None:
        store = next(self.copies)
        wait = self.dice.uniform(0.2, 1.1) * seconds
        process = subprocess.Popen(_words(store), env=store.environment(), **_SILENT)
        time.sleep(wait)
        process.kill()
        process.wait()
        self._open(store)
        self._whole(store, f"killed after {wait:.2f} s")

    # --- what must hold --------------------------------------------------------------------

    def _whole(self, store: Store, when: str) -> None:
        store.bind()
        found = json.loads(json.dumps(contents(store.home)))
        other = [name for name in self.meaning if found.get(name) != self.meaning[name]]
        self.tally.check(f"{when}: it means what it meant", not other, other)
        ledger = store.open()
        wrong = [proof.name for proof in verify(ledger) if not proof.holds]
        ledger.close()
        self.tally.check(f"{when}: it is whole", not wrong, wrong)
        found = self._structure(store)
        self.tally.check(f"{when}: as a new store's", found == self.fresh, found)

    def _structure(self, store: Store) -> str:
        """Tables with their columns and references, and the names of indexes."""
        ledger = store.open()
        indexes = ledger.database.rows(_INDEXES[store.url is not None])
        tables = {table.name: table for table in ledger.database.tables()}
        ledger.close()
        return repr((sorted(tables.items()), indexes))

    def _newer(self, what: str, change: str) -> None:
        """A store of a newer version is refused, and nothing in it is changed."""
        store = next(self.copies)
        self._open(store)
        ledger = store.open()
        with ledger.database.write() as connection:
            connection.execute(change)
        before = _rows(store)
        ledger.close()
        done = subprocess.run(
            _words(store), env=store.environment(), capture_output=True, text=True, check=False
        )
        told = "newer version of Rapport" in done.stderr
        self.tally.check(f"newer ({what}): refused clearly", done.returncode == 2 and told, done)
        self.tally.check(f"newer ({what}): left alone", _rows(store) == before)

    # --- stores ----------------------------------------------------------------------------

    def _new(self, name: str) -> Store:
        store = self.stores.new(name)
        subprocess.run(_words(store, "init"), env=store.environment(), check=True, **_SILENT)
        return store

    def _copies(self, name: str) -> Iterator[Store]:
        """The older store, again and again."""
        for number in count(1):
            home = self.stores.folder / f"{name}-{number}"
            with tarfile.open(self.packed) as archive:
                archive.extractall(home, filter="data")
            yield self._laid(home) if self.stores.url is not None else Store(home)
            shutil.rmtree(home)

    def _laid(self, home: Path) -> Store:
        """The store with its tables, as they are, on the server."""
        store = self.stores.new(f"{home.name}-laid")
        shutil.rmtree(store.home, ignore_errors=True)
        words = [sys.executable, str(LAY), str(home), str(store.home)]
        subprocess.run(words, env=store.environment(), check=True, capture_output=True)
        return store

    def _open(self, store: Store, **environment: str) -> int:
        env = {**store.environment(), **environment}
        done = subprocess.run(_words(store), env=env, check=False, **_SILENT)
        return done.returncode


def _words(store: Store, *words: str) -> list[str]:
    return [sys.executable, "-m", "rapport", "--home", str(store.home), *(words or _OPEN)]


def _rows(store: Store) -> Digests:
    """All rows, read past the door that refuses it."""
    store.bind()
    ledger = Ledger(store.home, database_of(store.home))
    try:
        with frozen(ledger) as all_of_it:
            return digests_of(all_of_it)
    finally:
        ledger.close()
