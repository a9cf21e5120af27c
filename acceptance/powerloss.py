"""Power loss: nothing is acknowledged before it is synced, and no cut loses what was acknowledged.

A real process works on a ledger under `strace`; a real server takes events there. First the record
is read: each acknowledgement follows a sync of all that the store's files hold, each new name in
the lake follows a sync of what is named, and the journal is not touched while the lake is unsynced.
Then the folder is rebuilt as it may lie on the disk after a power cut at a random call (`_disk`),
and opened.
"""

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from acceptance import _deeds, _door
from acceptance._disk import Disk
from acceptance._strace import FOREIGN, Call, calls, watched
from acceptance.tally import Asked, Tally
from rapport.kernel.errors import StoreError
from rapport.ledger.api import Ledger, create_ledger, open_ledger, verify

# Processes, deeds of each, cuts of each; then the same for servers and events.
_QUICK, _FULL = ((1, 25, 20), (1, 25, 5)), ((38, 125, 50), (2, 500, 50))
_DEEDS = ("journal", "bulk", "seal", "compact", "revise", "undo", "publish")
_WEIGHTS = (12, 3, 3, 1, 3, 2, 1)
# What SQLite rebuilds, and what holds nothing that must last.
_NEED_NOT_LAST = ("-shm", "/spill", "/locks", ".lock", "/figures")
# Their arguments hold bytes, not paths.
_WITH_BYTES = ("write", "pwrite64", "writev", "sendto", "sendmsg")
# A folder that is not in its place yet: what is named in it is not named for readers.
_DRAFT = ".draft/"


@dataclass(frozen=True, slots=True)
class _Record:
    """What processes did to a folder.

    Attributes:
        root: the folder.
        before: a copy of it from before the first call.
        calls: of the processes, as far as they concern it.
        answers: tells which of the calls are acknowledgements.
        fault: says what is wrong with a store, given how many acknowledgements had been sent.
    """

    root: Path
    before: Path
    calls: list[Call]
    answers: Callable[[Call], bool]
    fault: Callable[[Path, int], str | None]

    def disk(self) -> Disk:
        """The disk before the first call."""
        disk = Disk(self.root, _need_not_last)
        disk.keep(self.before)
        return disk


def prove(asked: Asked, tally: Tally) -> None:
    """Several processes, many cuts each."""
    chance = random.Random(asked.seed)
    works = zip((_deeds_done, _events_sent), _FULL if asked.full else _QUICK, strict=True)
    acknowledged = cuts = lost = 0
    for record_one, (runs, count, cuts_each) in works:
        for run in range(runs):
            record = record_one(asked.folder / f"{record_one.__name__}{run}", count, chance)
            acknowledged += sum(map(record.answers, record.calls))
            _check_order(record, tally)
            lost += _cut(record, cuts_each, chance, tally)
            cuts += cuts_each
            shutil.rmtree(record.root.parent)
    tally.figure("acknowledgements", f"{acknowledged:,}")
    tally.figure("power cuts", f"{cuts:,}")
    tally.figure("cuts that lost or broke something", lost)


def _deeds_done(folder: Path, count: int, chance: random.Random) -> _Record:
    """Let a process make a ledger and do deeds."""
    root, before = _folders(folder)
    deeds = chance.choices(_DEEDS, _WEIGHTS, k=count)
    words = watched(
        folder / "calls", [sys.executable, "-m", "acceptance._deeds", str(root / "home")]
    )
    lines = "".join(f"{deed} {number}\n" for number, deed in enumerate(deeds, 1))
    done = subprocess.run(words, input=lines, stdout=subprocess.PIPE, text=True, check=True)
    states = [line.split()[2] for line in done.stdout.splitlines() if line.startswith("state")]
    assert len(states) == count + 1, done.stdout

    def fault(home: Path, told: int) -> str | None:
        expected = states[max(0, told - 1) : told + 1]
        return _fault(home, told, lambda ledger: _deeds.digest(ledger) in expected)

    return _Record(root, before, _calls(folder, _says_told), _says_told, fault)


def _events_sent(folder: Path, count: int, _chance: random.Random) -> _Record:
    """Let a server take events through the tracking door, one after another."""
    root, before = _folders(folder)
    key = _door.make(root / "home")
    shutil.copytree(root, before, dirs_exist_ok=True)
    _door.send(root / "home", key, folder / "calls", count)

    def fault(home: Path, told: int) -> str | None:
        # The one that was under way may be there as well.
        return _fault(home, 1, lambda ledger: _stored(ledger) in (told, told + 1))

    answers = _door.is_acknowledgement
    return _Record(root, before, _calls(folder, answers), answers, fault)


def _stored(ledger: Ledger) -> int:
    with ledger.read() as snapshot:
        query = "SELECT count(*) AS n FROM interactions"
        return int(snapshot.sql(query).to_pylist()[0]["n"])


def _folders(folder: Path) -> tuple[Path, Path]:
    root, before = folder / "disk", folder / "before"
    root.mkdir(parents=True)
    before.mkdir()
    return root, before


def _calls(folder: Path, answers: Callable[[Call], bool]) -> list[Call]:
    """The calls that change or sync something below the folder, and the acknowledgements."""
    root = str(folder / "disk")
    return [call for call in calls(folder / "calls") if answers(call) or _matters(call, root)]


def _matters(call: Call, root: str) -> bool:
    if call.failed or (call.name == "openat" and "O_RDONLY" in call.text):
        return False
    return any(path.startswith(root) for path in (*call.handles, *_paths(call)))


def _paths(call: Call) -> list[str]:
    return [] if call.name in _WITH_BYTES else call.strings


def _says_told(call: Call) -> bool:
    return call.name == "write" and call.text.startswith("1<") and call.body.startswith(b"told ")


def _is_in_place(path: str) -> bool:
    return _DRAFT not in path and not _need_not_last(path)


def _need_not_last(path: str) -> bool:
    return any(part in path for part in _NEED_NOT_LAST)


def _check_order(record: _Record, tally: Tally) -> None:
    """Read the record once and check every acknowledgement, every name, every journal write."""
    disk = record.disk()
    for call in record.calls:
        if record.answers(call):
            # Pages on their way from SQLite's log into its file are safe in the log.
            open_ends = [path for path in disk.unsynced() if not path.endswith(".sqlite3")]
            tally.check(f"{call.body!r} after a sync", not open_ends, open_ends)
        elif call.name.startswith(("rename", "link")) and _is_in_place(call.strings[-1]):
            source = call.strings[0]
            tally.check(f"{source} synced before it is named", disk.is_synced(source), call.text)
        elif call.name == "pwrite64" and call.handles[0].endswith("-wal"):
            beside = [path for path in disk.unsynced() if "/lake" in path or "/published" in path]
            tally.check("the journal waits for the lake", not beside, beside)
        elif call.name in FOREIGN:
            tally.check("every change is followed", False, call.text[:200])
        disk.see(call)
    found = {str(path): path for path in record.root.rglob("*") if not _need_not_last(str(path))}
    there = {name: None if path.is_dir() else path.read_bytes() for name, path in found.items()}
    tally.check("the record explains every byte on the disk", disk.whole() == there)


def _cut(record: _Record, cuts: int, chance: random.Random, tally: Tally) -> int:
    """Cut the power at random calls; how many cuts left a ledger that is not right."""
    wanted = set(chance.sample(range(len(record.calls)), cuts))
    disk = record.disk()
    told = wrong = 0
    for number, call in enumerate(record.calls):
        if number in wanted:
            home = _rebuilt(disk, record, number, chance)
            fault = record.fault(home, told)
            name = f"cut before call {number} ({call.name}), {told} acknowledged"
            wrong += not tally.check(name, fault is None, fault)
            shutil.rmtree(home.parent)
        told += record.answers(call)
        disk.see(call)
    return wrong


def _rebuilt(disk: Disk, record: _Record, number: int, chance: random.Random) -> Path:
    """The folder as it lies there when the power is back."""
    root = record.root.with_name(f"cut{number}")
    root.mkdir()
    for name, body in disk.after_cut(chance).items():
        path = root / Path(name).relative_to(record.root)
        if body is None:
            path.mkdir()
        else:
            path.write_bytes(body)
    return root / "home"


def _fault(home: Path, told: int, is_expected: Callable[[Ledger], bool]) -> str | None:
    """What is wrong with the ledger after a cut, None where nothing is."""
    try:
        ledger = open_ledger(home) if told else create_ledger(home)
    except StoreError as error:
        return f"it does not open: {error}"
    try:
        return _fault_of(ledger, is_expected)
    except StoreError as error:
        return f"it does not work: {error}"
    finally:
        ledger.close()


def _fault_of(ledger: Ledger, is_expected: Callable[[Ledger], bool]) -> str | None:
    """Readers see the last acknowledged state or that of the work under way; work goes on."""
    if not is_expected(ledger):
        return "something acknowledged is not there, or something is there by half"
    for step in ("verify", "journal", "seal", "verify"):
        if step != "verify":
            _deeds.do(ledger, step, 1_000_000)
            continue
        faults = [finding.found for finding in verify(ledger) if not finding.holds]
        if faults:
            return f"{step}: {faults}"
    return None
