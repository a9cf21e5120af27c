"""Power loss: nothing is acknowledged before it is synced, and no cut loses what was acknowledged.

A real process works on a ledger under `strace`. First its record is read: each acknowledgement
follows a sync of all that the store's files hold, each new name in the lake follows a sync of what
is named, and the journal is not touched while the lake is unsynced. Then the folder is rebuilt as
it may lie on the disk after a power cut at a random call (`_disk`), and opened.
"""

import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from acceptance import _deeds
from acceptance._disk import Disk
from acceptance._strace import FOREIGN, Call, calls, watched
from acceptance.tally import Asked, Tally
from rapport.kernel.errors import StoreError
from rapport.ledger.api import Ledger, create_ledger, open_ledger, verify

_QUICK, _FULL = (1, 40, 50), (40, 125, 50)
_DEEDS = ("journal", "bulk", "seal", "compact", "revise", "undo", "publish")
_WEIGHTS = (12, 3, 3, 1, 3, 2, 1)
# What SQLite rebuilds, and what holds nothing that must last.
_NEED_NOT_LAST = ("-shm", "/spill", "/locks", ".lock")
# A folder that is not in its place yet: what is named in it is not named for readers.
_DRAFT = ".draft/"


@dataclass(frozen=True, slots=True)
class _Record:
    """What a process did: its calls, and what the ledger held after each acknowledgement."""

    root: Path
    calls: list[Call]
    states: list[str]


def prove(asked: Asked, tally: Tally) -> None:
    """Several processes, many cuts each."""
    runs, deeds, cuts = _FULL if asked.full else _QUICK
    chance = random.Random(asked.seed)
    done = lost = 0
    for run in range(runs):
        record = _recorded(asked.folder / f"run{run}", _chosen(deeds, chance))
        done += len(record.states)
        _check_order(record, tally)
        lost += _cut(record, cuts, chance, tally)
        shutil.rmtree(record.root.parent)
    tally.figure("acknowledgements", f"{done:,}")
    tally.figure("power cuts", f"{runs * cuts:,}")
    tally.figure("cuts that lost or broke something", lost)


def _chosen(count: int, chance: random.Random) -> list[str]:
    return chance.choices(_DEEDS, _WEIGHTS, k=count)


def _recorded(folder: Path, deeds: list[str]) -> _Record:
    """Let a process do the deeds and read the record of its calls."""
    root = folder / "disk"
    root.mkdir(parents=True)
    log = folder / "calls"
    words = watched(log, [sys.executable, "-m", "acceptance._deeds", str(root / "home")])
    lines = "".join(f"{deed} {number}\n" for number, deed in enumerate(deeds, 1))
    done = subprocess.run(words, input=lines, stdout=subprocess.PIPE, text=True, check=True)
    states = [line.split()[2] for line in done.stdout.splitlines() if line.startswith("state")]
    assert len(states) == len(deeds) + 1, done.stdout
    return _Record(root, [call for call in calls(log) if _matters(call, root)], states)


def _matters(call: Call, root: Path) -> bool:
    if _is_answer(call):
        return True
    if call.failed or (call.name == "openat" and "O_RDONLY" in call.text):
        return False
    return any(path.startswith(str(root)) for path in (*call.handles, *_paths(call)))


def _paths(call: Call) -> list[str]:
    return [] if call.name in ("write", "pwrite64", "sendto", "sendmsg") else call.strings


def _is_answer(call: Call) -> bool:
    return call.name == "write" and call.text.startswith("1<") and call.body.startswith(b"told ")


def _need_not_last(path: str) -> bool:
    return any(part in path for part in _NEED_NOT_LAST)


def _check_order(record: _Record, tally: Tally) -> None:
    """Read the record once and check every acknowledgement, every name, every journal write."""
    disk = Disk(record.root, _need_not_last)
    for call in record.calls:
        _check_followed(call, tally)
        if _is_answer(call):
            # Pages on their way from SQLite's log into its file are safe in the log.
            open_ends = [path for path in disk.unsynced() if not path.endswith(".sqlite3")]
            tally.check(f"{call.body!r} after a sync", not open_ends, open_ends)
        elif call.name.startswith(("rename", "link")) and _DRAFT not in call.strings[-1]:
            source = call.strings[0]
            tally.check(f"{source} synced before it is named", disk.is_synced(source), call.text)
        elif call.name == "pwrite64" and call.handles[0].endswith("-wal"):
            beside = [path for path in disk.unsynced() if "/lake" in path or "/published" in path]
            tally.check("the journal waits for the lake", not beside, beside)
        disk.see(call)
    found = {str(path): path for path in record.root.rglob("*") if not _need_not_last(str(path))}
    there = {name: None if path.is_dir() else path.read_bytes() for name, path in found.items()}
    tally.check("the record explains every byte on the disk", disk.whole() == there)


def _check_followed(call: Call, tally: Tally) -> None:
    """A change that the record does not hold would make the rest worthless."""
    if call.name in FOREIGN:
        tally.check("every change is followed", False, call.text[:200])


def _cut(record: _Record, cuts: int, chance: random.Random, tally: Tally) -> int:
    """Cut the power at random calls; how many cuts left a ledger that is not right."""
    wanted = set(chance.sample(range(len(record.calls)), cuts))
    disk = Disk(record.root, _need_not_last)
    told = wrong = 0
    for number, call in enumerate(record.calls):
        if number in wanted:
            home = _rebuilt(disk, record, number, chance)
            fault = _fault(home, record.states[max(0, told - 1) : told + 1], told)
            name = f"cut before call {number} ({call.name}), {told} acknowledged"
            wrong += not tally.check(name, fault is None, fault)
            shutil.rmtree(home.parent)
        told += _is_answer(call)
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


def _fault(home: Path, expected: list[str], told: int) -> str | None:
    """What is wrong with the ledger after a cut, None where nothing is."""
    try:
        ledger = open_ledger(home) if told else create_ledger(home)
    except StoreError as error:
        return f"it does not open: {error}"
    try:
        return _fault_of(ledger, expected)
    except StoreError as error:
        return f"it does not work: {error}"
    finally:
        ledger.close()


def _fault_of(ledger: Ledger, expected: list[str]) -> str | None:
    """Readers see the last acknowledged state or that of the deed under way; work goes on."""
    found = _deeds.digest(ledger)
    if found not in expected:
        return "something acknowledged is not there, or something is there by half"
    for step in ("verify", "journal", "seal", "verify"):
        if step != "verify":
            _deeds.do(ledger, step, 1_000_000)
            continue
        faults = [finding.found for finding in verify(ledger) if not finding.holds]
        if faults:
            return f"{step}: {faults}"
    return None
