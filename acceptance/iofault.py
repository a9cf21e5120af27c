"""I/O errors: whichever system call on the store fails, the caller is told and nothing is broken.

`strace` makes the n-th call of a kind fail in a real process that works on a ledger, for every n
that touches the store, once as a broken disk (EIO) and once as a full one (ENOSPC). The deed must
end in an error of the house, or be done; the store then holds what it held before or all of what
was asked; and the same deed again succeeds.
"""

import random
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from acceptance import _deeds
from acceptance._victims import End, Ward, ward
from acceptance.tally import Asked, Tally
from rapport.ledger.api import Ledger, create_ledger, open_ledger, verify

_QUICK = 30
_STOCK = ("bulk", "journal", "revise", "publish", "seal", "bulk", "journal")
_DEEDS = ("journal", "bulk", "seal", "compact", "revise", "undo:1", "undo:3", "publish")
_NUMBER = 50
_READING = ("read", "pread64", "unlink", "unlinkat")
_WRITING = (
    *("openat", "write", "pwrite64", "ftruncate", "mkdir", "rename", "renameat", "renameat2"),
    *("link", "linkat", "fsync", "fdatasync"),
)
_LINE = re.compile(r"^(\d+) +(\w+)\(")


@dataclass(frozen=True, slots=True)
class _Point:
    """The n-th call of a kind on the store during a deed, and the error it ends in."""

    deed: str
    call: str
    nth: int
    error: str
    paths: frozenset[str]

    def __str__(self) -> str:
        return f"{self.deed}: {self.call} {self.nth} {self.error}"

    def options(self) -> list[str]:
        """What makes `strace` do it; other calls of that kind are neither counted nor touched."""
        inject = f"inject={self.call}:error={self.error}:when={self.nth}"
        paths = [word for path in sorted(self.paths) for word in ("-P", path)]
        return [*paths, "-e", f"trace={self.call}", "-e", inject]


def prove(asked: Asked, tally: Tally) -> None:
    """Find the points, then try them: all of them, or a sample."""
    stocked = _stocked(asked.folder / "stocked")
    ends: Counter[str] = Counter()
    with ward(asked.folder) as victims:
        points = [point for deed in _DEEDS for point in _points(victims, stocked, deed)]
        tally.figure("points there are", f"{len(points):,}")
        before = _held(stocked)
        after = {deed: _after(stocked, deed) for deed in _DEEDS}
        if not asked.full:
            points = random.Random(asked.seed).sample(points, _QUICK)
        for number, point in enumerate(points):
            end = _suffered(victims, stocked, point.deed, point.options())
            # What lies at a path is remembered: each store is looked at in a path of its own.
            home = _victim(stocked).rename(asked.folder / f"judged-{number}")
            ends[_judged(point, end, home, (before, after[point.deed]), tally)] += 1
            shutil.rmtree(home)
    for name, count in sorted(ends.items()):
        tally.figure(f"points {name}", f"{count:,}")


def _stocked(home: Path) -> Path:
    """A ledger with files of three months, old contents, a journal and a published table."""
    ledger = create_ledger(home)
    for number, deed in enumerate(_STOCK, 1):
        _deeds.do(ledger, deed, number)
    ledger.close()
    return home


def _victim(stocked: Path) -> Path:
    return stocked.with_name("victim")


def _suffered(victims: Ward, stocked: Path, deed: str, options: list[str]) -> End:
    home = Path(shutil.copytree(stocked, _victim(stocked)))
    return victims.do(home, deed, _NUMBER, options)


def _points(victims: Ward, stocked: Path, deed: str) -> list[_Point]:
    """Every call on the store in an undisturbed run of the deed."""
    watch = ["-e", "trace=" + ",".join((*_READING, *_WRITING))]
    end = _suffered(victims, stocked, deed, watch)
    assert end.code == 0, end.text
    home = _victim(stocked)
    paths = frozenset(re.findall(rf'[<"]({home}(?:/[^>"]*)?)[>"]', end.seen))
    shutil.rmtree(home)
    return [
        _Point(deed, call, nth, error, paths)
        for call, nth in sorted(_touching(end.seen, str(home)))
        for error in (("EIO", "ENOSPC") if call in _WRITING else ("EIO",))
    ]


def _touching(seen: str, home: str) -> set[tuple[str, int]]:
    """Kind and number, counted in each thread as `strace` does, of calls that name the store."""
    counts: Counter[tuple[str, str]] = Counter()
    found = set()
    for line in seen.splitlines():
        match = _LINE.match(line)
        if match and home in line:
            thread, call = match.groups()
            counts[thread, call] += 1
            found.add((call, counts[thread, call]))
    return found


def _after(stocked: Path, deed: str) -> str:
    """What the store holds when the deed is done."""
    home = Path(shutil.copytree(stocked, stocked.with_name(f"done-{deed}")))
    ledger = open_ledger(home)
    _deeds.do(ledger, deed, _NUMBER)
    ledger.close()
    found = _held(home)
    shutil.rmtree(home)
    return found


def _held(home: Path) -> str:
    ledger = open_ledger(home)
    found = _deeds.digest(ledger)
    ledger.close()
    return found


def _faults(ledger: Ledger) -> list[str]:
    return [finding.found for finding in verify(ledger) if not finding.holds]


def _judged(point: _Point, end: End, home: Path, states: tuple[str, str], tally: Tally) -> str:
    """Check one point; how the deed ended, in a word."""
    hit = any("(INJECTED)" in line for line in end.seen.splitlines())
    told = end.code in (0, 2)
    tally.check(f"{point} is told in one line", told and "\n" not in end.text, end.text)
    ledger = open_ledger(home)
    found = _deeds.digest(ledger)
    before, after = states
    expected = {after} if end.code == 0 else {before, after}
    tally.check(f"{point} leaves the old or the new", found in expected, end.text)
    _deeds.do(ledger, point.deed, _NUMBER)
    tally.check(f"{point} goes well again", _deeds.digest(ledger) == after)
    faults = _faults(ledger)
    tally.check(f"{point} breaks nothing", not faults, faults)
    ledger.close()
    return {0: "done all the same", 2: "refused clearly"}.get(end.code, "broken") if hit else "past"
