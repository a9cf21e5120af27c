"""Erases people who are everywhere, and searches every byte of the store for them.

Each has canaries in every field and every door: orders under all their names, revised ones, rows
that cannot be stored, a profile with merges, traits and consents, events at the door of a running
server, answers without a name, the name of a file. Half of them are anonymised, half deleted, some
erasures are killed on the way and finished by the worker. Then no canary may lie in any file of
the home, as it is or expanded, in any table, or in a backup that was made before and is restored;
the same files and events again bring nobody back; and what is counted is as before.
"""

import http.client
import random
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from acceptance._canaries import Canaries, found_in, found_in_tables
from acceptance._people import FORMS, ORDERS, PEOPLE, STAFF, Company, Somebody, body_of, lay
from acceptance._programs import Server, command, rapport
from acceptance._shelf import Shelf, shelf
from acceptance._writers import Store
from acceptance.tally import Asked, Tally
from rapport.ledger.api import verify

PEOPLE_COUNT = (3, 200)
KILLS = (
    *("erasure.begun", "erasure.suppressed", "erase.recorded", "erase.file", "lake.logged"),
    *("erase.committed", "erasure.place:3", "erasure.place:6", "erasure.forgotten"),
)
# Where the search must find somebody beforehand, or it would prove nothing.
_FILES = {"lake", "published"}
_TABLES = {
    *("ledger_journal", "ledger_rejected", "ledger_revised_rows", "ledger_import"),
    *("customers_customer", "customers_identifier", "customers_consent", "customers_account"),
    *("customers_merge", "office_employee", "office_personchange"),
}
_WAIT_SECONDS = 120.0
_COUNTS = (
    "SELECT month, day, kind, channel, score, amount, count(*) AS n FROM interactions "
    "GROUP BY ALL ORDER BY ALL"
)


def prove(asked: Asked, tally: Tally) -> None:
    """Fill, erase, search; then bring back and search again."""
    with shelf(asked) as stores:
        run = _Run(stores, asked, tally)
        run.fill()
        run.erase()
        run.searched("after the erasure")
        run.late()
        run.restored()


class _Run:
    """One store."""

    def __init__(self, stores: Shelf, asked: Asked, tally: Tally) -> None:
        self.stores = stores
        self.tally = tally
        self.dice = random.Random(asked.seed)
        self.canaries = Canaries(self.dice)
        self.company = Company(self.canaries)
        count = PEOPLE_COUNT[asked.full]
        self.company.fill(count, max(1, count // 10), max(2, count // 10))
        self.files = asked.folder / "files"
        self.files.mkdir()
        self.backup = asked.folder / "before.tar"
        self.store = stores.new("store")
        self.laid: list[tuple[str, str]] = []
        self.events = body_of(self.company.events())
        self.pattern = self.canaries.pattern()

    def fill(self) -> None:
        """Everything everywhere; and the search must find it there, or it proves nothing."""
        rapport(self.store, "init", "--zone", "Europe/Berlin")
        orders, mail = self.company.orders("first"), self.company.people[0].mail
        for name, rows, mapping in (
            ("people", self.company.profiles(), PEOPLE),
            ("staff", self.company.employed(), STAFF),
            (f"orders of {mail}", orders, ORDERS),
            ("forms", self.company.forms(), FORMS),
        ):
            self.laid.append(lay(self.files, name, rows, mapping))
        # Half of the orders are corrected later: what they said before is kept for undoing.
        changed = [{**row, "text": f"again {row['text']}"} for row in orders[::2]]
        self.laid.append(lay(self.files, "corrected", changed, ORDERS))
        for file, mapping in self.laid:
            self._imported(file, mapping)
        for one in self.company.people[::2]:
            rapport(self.store, "customer", "merge", one.key, one.other)
        rapport(self.store, "ledger", "compact")
        self.key = rapport(self.store, "key", "add", "app").strip()
        server = Server(self.store)
        self._sent(server)
        server.stop()
        rapport(self.store, "backup", str(self.backup))
        files = {
            Path(hit.split(" (")[0]).parts[0] for hit in found_in(self.store.home, self.pattern)
        }
        tables = set(found_in_tables(self.store, self.pattern))
        self.tally.check("the search finds them in files", files >= _FILES, files)
        self.tally.check("the search finds them in tables", tables >= _TABLES, tables)
        self.before = self._counts()

    def erase(self) -> None:
        """Everybody, by turns anonymised and deleted; some erasures are killed."""
        began = time.monotonic()
        for number, one in enumerate(self.company.people):
            self._erased(one, *(("--delete",) if number % 2 else ()))
        for key, mail in self.company.staff:
            rapport(self.store, "employee", "erase", self.dice.choice([key, mail]), "--yes")
        threads = [word for one in self.company.answers for word in ("--thread", one)]
        rapport(self.store, "interaction", "erase", *threads, "--yes")
        self.tally.figure("seconds for each erasure", f"{self._each(began):.1f}")
        self._compare_counts()

    def _each(self, began: float) -> float:
        erasures = len(self.company.people) + len(self.company.staff) + 1
        return (time.monotonic() - began) / erasures

    def _erased(self, one: Somebody, *how: str) -> None:
        name = self.dice.choice([one.key, f"email:{one.mail}", f"card:{one.card}"])
        words = ("customer", "erase", name, "--yes", *how)
        if one not in self.company.people[::2]:
            # Their second record was never said to be theirs.
            rapport(self.store, "customer", "erase", one.other, "--yes", *how)
        if self.dice.random() < 0.5:
            rapport(self.store, *words)
            return
        place = self.dice.choice(KILLS)
        done = subprocess.run(
            command(self.store, *words),
            env={**self.store.environment(), "FAILPOINT": place},
            capture_output=True,
            check=False,
        )
        self.tally.check(f"killed at {place}", done.returncode == -9, done.stderr[-500:])
        self._finished()
        # Killed while it was still looking, before anything was asked for, it is asked for again.
        again = subprocess.run(
            command(self.store, *words),
            env=self.store.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        known = "There is no customer" not in again.stderr
        self.tally.check("asked again, it is done", not known or not again.returncode, again.stderr)

    def _finished(self) -> None:
        """The worker finishes what a kill left open."""
        worker = subprocess.Popen(
            command(self.store, "worker"), env=self.store.environment(), stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _WAIT_SECONDS
        while self._open() and time.monotonic() < deadline:
            time.sleep(0.2)
        worker.terminate()
        worker.wait()
        self.tally.check("the worker finished it", not self._open(), self._open())

    def _open(self) -> int:
        ledger = self.store.open()
        count = ledger.database.value("SELECT count(*) FROM ledger_erasure WHERE state <> 'done'")
        ledger.close()
        return int(count)

    def searched(self, when: str, store: Store | None = None) -> None:
        """No canary in any file, in any table; nothing broken."""
        here = store or self.store
        hits = [*found_in(here.home, self.pattern), *found_in_tables(here, self.pattern)]
        self.tally.check(f"nobody is found {when}", not hits, "\n".join(hits[:10]))
        self.tally.figure(f"hits {when}", len(hits))
        if self.stores.server is not None:
            self._checkpoint(here)
            hits = found_in(self.stores.server.data / "base", self.pattern)
            self.tally.check(f"nor in the server's tables {when}", not hits, "\n".join(hits[:10]))
        ledger = here.open()
        wrong = [f"{one.name}: {one.found}" for one in verify(ledger) if not one.holds]
        ledger.close()
        self.tally.check(f"the store is whole {when}", not wrong, wrong)

    def _checkpoint(self, store: Store) -> None:
        """The files of replaced tables go with the server's next checkpoint."""
        ledger = store.open()
        ledger.database.connection.execute("CHECKPOINT")
        ledger.close()

    def late(self) -> None:
        """The same files again and the same events, through the door of a running server."""
        for file, mapping in self.laid:
            self._imported(file, mapping)
        server = Server(self.store)
        told = self._sent(server)
        server.stop()
        self.tally.check("the door takes nobody in", b'"stored":0' in told.replace(b" ", b""), told)
        self.searched("after late events")

    def restored(self) -> None:
        """A backup from before everything, restored elsewhere with the log of erasures."""
        other = self.stores.new("restored")
        rapport(other, "restore", str(self.backup), "--erased", str(self.store.home))
        self.searched("in a restored backup", other)

    def _imported(self, file: str, mapping: str) -> None:
        words = command(self.store, "import", file, "--as", mapping)
        done = subprocess.run(
            words, env=self.store.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode in (0, 1), done.stderr

    def _sent(self, server: Server) -> bytes:
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                asked = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
                asked.request(
                    "POST", "/v1/batch", self.events, {"Authorization": f"Bearer {self.key}"}
                )
                return asked.getresponse().read()
            except OSError:
                assert time.monotonic() < deadline, server.log.read_text()
                time.sleep(0.2)

    def _counts(self) -> dict[Sequence[object], int]:
        ledger = self.store.open()
        with ledger.read() as snapshot:
            rows = snapshot.sql(_COUNTS).to_pylist()
        ledger.close()
        return {tuple(row.values())[:-1]: row["n"] for row in rows}

    def _compare_counts(self) -> None:
        """Nothing is counted that was not; what is missing is what was deleted."""
        after = self._counts()
        more = {key for key, n in after.items() if n > self.before.get(key, 0)}
        self.tally.check("nothing is counted that was not before", not more, sorted(map(str, more)))
        gone = sum(self.before.values()) - sum(after.values())
        deleted = len(self.company.people) // 2 * self._rows_of_one()
        self.tally.check("only what was deleted is missing", gone == deleted, (gone, deleted))

    def _rows_of_one(self) -> int:
        # Four names, one order of nobody in the same thread, one event.
        return 6
