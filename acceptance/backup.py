"""Backs a store up while writers are at work, restores it elsewhere, and compares.

In every round a backup is made under load: everything acknowledged before it began must be in it,
and nothing by halves. Another, made in peace, must give the same rows and the same answers where
it is restored. With `--db postgres` the store lies on a server, its backup is restored into SQLite,
and that one's backup on the server again. At last bits are flipped and the archive is cut.
"""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from acceptance._book import Held, size_of
from acceptance._contents import Digests, answers, digests
from acceptance._shelf import Shelf, shelf
from acceptance._writers import Op, Store, Writer, holds, start
from acceptance.tally import Asked, Tally
from rapport.kernel.errors import StoreError
from rapport.ledger.api import verify
from rapport.web import archive

BUILD = Path(__file__).parents[1] / "tests" / "fixtures" / "stores" / "build.py"
ROUNDS, FLIPS = (1, 20), (10, 200)
# Labels that are acknowledged before a backup under load begins.
_BEFORE = 12
_ROWS = 40
Versions = dict[str, list[int]]


def prove(asked: Asked, tally: Tally) -> None:
    """Rounds of backing up and restoring, then damage."""
    with shelf(asked) as stores:
        run = _Run(stores, random.Random(asked.seed), tally)
        for number in range(ROUNDS[asked.full]):
            run.under_load(number)
            path = run.in_peace(number)
        run.damage(path, FLIPS[asked.full])
        run.report()


@dataclass
class _Times:
    """Seconds that backups and restores took."""

    backing_up: float = 0.0
    restoring: float = 0.0


class _Run:
    """One store that is backed up again and again."""

    def __init__(self, stores: Shelf, dice: random.Random, tally: Tally) -> None:
        self.stores = stores
        self.dice = dice
        self.tally = tally
        self.store = stores.new("store")
        self.times = _Times()
        self._numbers = count(1)
        self.acknowledged = self.lost = 0
        words = [sys.executable, str(BUILD), str(self.store.home)]
        subprocess.run(words, env=self.store.environment(), check=True, capture_output=True)

    # --- under load ------------------------------------------------------------------------

    def under_load(self, number: int) -> None:
        """Back up while a writer is at work; restore, and look what is there."""
        log = self.store.home.with_name(f"writer-{number}.log")
        writer = start(self.store, list(self._ops()), log)
        before = _wait_for(log, writer, _BEFORE)
        path = self.back_up(self.store, f"load-{number}")
        at_work = writer.process.is_alive()
        writer.process.kill()
        writer.end()
        self.tally.check("the writer worked all the while", at_work)
        restored = self.restore(path, self.stores.new(f"load-{number}"))
        self._judge(restored, before, _lines(log, "asked"))

    def _ops(self) -> Iterator[Op]:
        """More than a writer does while a backup is made; every kind of work comes again soon."""
        for turn in range(400):
            label = f"b{next(self._numbers)}x{_ROWS}"
            yield Op(self.dice.choice(["journal", "journal", "bulk"]), label, 1)
            if turn % 3 == 2:
                yield Op("revise", label, 2)
            if turn % 5 == 4:
                yield Op(self.dice.choice(["seal", "compact", "vacuum", "publish"]))

    def _judge(self, store: Store, before: Versions, asked: Versions) -> None:
        ledger = store.open()
        found = holds(ledger)
        wrong = [proof.name for proof in verify(ledger) if not proof.holds]
        ledger.close()
        lost = [
            label
            for label, told in before.items()
            if not _is_one_of(found.get(label), label, [v for v in asked[label] if v >= told[-1]])
        ]
        odd = [one for one in found if one in asked and not _is_one_of(found[one], one, asked[one])]
        self.acknowledged += len(before) * _ROWS
        self.lost += len(lost) * _ROWS
        self.tally.check("everything acknowledged before is there", not lost, lost[:5])
        self.tally.check("nothing is there by halves", not odd, odd[:5])
        self.tally.check("the restored store is whole", not wrong, wrong)

    # --- in peace --------------------------------------------------------------------------

    def in_peace(self, number: int) -> Path:
        """Back up and restore while nobody writes; rows and answers are the same. The archive."""
        self.command(self.store, "ledger", "seal")  # what the killed writer left open
        path = self.back_up(self.store, f"peace-{number}")
        told = _told(self.store)
        other = Store(self.stores.folder / f"peace-{number}")
        self._same(told, self.restore(path, other), "restored")
        if self.stores.url is not None:
            again = self.back_up(other, f"again-{number}")
            there = self.restore(again, self.stores.new(f"again-{number}"))
            self._same(told, there, "restored into the other database and back")
        return path

    def _same(self, told: tuple[Digests, list[str]], store: Store, what: str) -> None:
        rows, said = _told(store)
        differ = [name for name in told[0] if rows.get(name) != told[0][name]]
        self.tally.check(f"{what}: the same rows", not differ, differ)
        other = [one for one, two in zip(told[1], said, strict=True) if one != two]
        self.tally.check(f"{what}: the same answers", not other, other[:1])
        self.tally.figure("questions asked of each", len(said))
        self.tally.figure("tables compared", len(told[0]))

    # --- damage ----------------------------------------------------------------------------

    def damage(self, path: Path, flips: int) -> None:
        """Flip bits and cut the archive; every time the damage is found, and nothing is made."""
        good = path.read_bytes()
        for number in range(flips):
            bad = bytearray(good)
            at = self.dice.randrange(len(good))
            bad[at] ^= 1 << self.dice.randrange(8)
            path.write_bytes(bad if number % 5 else good[:at])
            self.tally.check(f"damage at byte {at} is found", _is_refused(path))
        home = self.stores.folder / "damaged"
        code = _rapport(Store(home), "restore", path).returncode
        self.tally.check("nothing is made of it", code == 2 and not home.exists(), code)

    # --- the command -----------------------------------------------------------------------

    def back_up(self, store: Store, name: str) -> Path:
        """A new backup of a store."""
        path = self.stores.folder / f"{name}.tar"
        began = time.monotonic()
        self.command(store, "backup", path)
        self.times.backing_up += time.monotonic() - began
        self.tally.figure("bytes of a backup", f"{path.stat().st_size:,}")
        return path

    def restore(self, path: Path, store: Store) -> Store:
        """The store of a backup."""
        began = time.monotonic()
        self.command(store, "restore", path)
        self.times.restoring += time.monotonic() - began
        return store

    def command(self, store: Store, *words: object) -> None:
        """Run the command; it must be done."""
        done = _rapport(store, *words)
        self.tally.check(f"rapport {words[0]} is done", done.returncode == 0, done.stderr)

    def report(self) -> None:
        """The figures."""
        self.tally.figure("rows acknowledged before backups", self.acknowledged)
        self.tally.figure("of them lost", self.lost)
        times = f"{self.times.backing_up:.1f} / {self.times.restoring:.1f}"
        self.tally.figure("seconds of backing up / restoring", times)


def _rapport(store: Store, *words: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "rapport", "--home", str(store.home), *map(str, words)]
    return subprocess.run(
        command, env=store.environment(), capture_output=True, text=True, check=False
    )


def _told(store: Store) -> tuple[Digests, list[str]]:
    store.bind()
    found = digests(store.home)
    del found["office_auditline"]  # backing up and restoring add lines
    return found, answers(store.home)


def _wait_for(log: Path, writer: Writer, labels: int) -> Versions:
    """The first labels that were acknowledged, with the last acknowledged version of each."""
    writer.wait_begun()
    while len(found := _lines(log, "told")) < labels:
        assert writer.process.is_alive(), writer.told()
        time.sleep(0.02)
    return found


def _lines(log: Path, word: str) -> Versions:
    """Versions of each label that were asked for or told, in their order."""
    found: Versions = {}
    for line in log.read_text().splitlines() if log.exists() else ():
        what, label, version = line.split()
        if what == word:
            found.setdefault(label, []).append(int(version))
    return found


def _is_one_of(held: Held | None, label: str, versions: list[int]) -> bool:
    """Whether a label is there whole, once, at one of the versions."""
    size = size_of(label)
    return held is not None and any(
        held == Held(size, size, frozenset({version})) for version in versions
    )


def _is_refused(path: Path) -> bool:
    try:
        archive.proved(path, lambda _: None)
    except StoreError:
        return True
    return False
