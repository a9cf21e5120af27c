"""A disk that forgets what was not synced, rebuilt from the system calls of a real process.

The rules are the strictest that a file system may have: a file's bytes are safe when the file was
synced after they were written; that it exists, or has another name, is safe when its folder was
synced after that. Whatever else there is may be lost, each write and each name by itself, and a
write may be there in some of its sectors only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from acceptance._strace import Call

_SECTOR = 512
_TORN = 0.25
_DELETED = " (deleted)"


@dataclass(frozen=True, slots=True)
class _Change:
    """Bytes written at an offset, or the file's new end where there are none."""

    moment: int
    offset: int
    body: bytes | None


@dataclass(eq=False)
class _Node:
    """A file or a folder: the bytes that are safe, and the changes that are not yet."""

    folder: bool = False
    safe: bytes = b""
    changes: list[_Change] = field(default_factory=list)
    position: int = 0

    def end(self) -> int:
        return len(_applied(self.safe, self.changes))


@dataclass(frozen=True, slots=True)
class _Step:
    """Names that change together in a folder: to a node, or to nothing."""

    moment: int
    folder: str
    names: tuple[tuple[str, _Node | None], ...]


class Disk:
    """What lies below a folder, as the calls so far have left it.

    Args:
        root: the folder; it is safe from the beginning, nothing in it is.
        aside: tells of paths that need not survive.
    """

    def __init__(self, root: Path, aside: Callable[[str], bool]) -> None:
        self._root = str(root)
        self._aside = aside
        self._safe: dict[str, _Node] = {}
        self._now: dict[str, _Node] = {}
        self._steps: list[_Step] = []

    def keep(self, copy: Path) -> None:
        """Take for safe what a copy of the folder holds."""
        for path in copy.rglob("*"):
            node = _Node(path.is_dir(), b"" if path.is_dir() else path.read_bytes())
            name = f"{self._root}/{path.relative_to(copy)}"
            self._safe[name] = self._now[name] = node

    def see(self, call: Call) -> None:
        """Take over what a call did."""
        if call.failed:
            return
        seen = getattr(self, f"_{call.name}", None)
        if seen is not None:
            seen(call)

    def unsynced(self) -> list[str]:
        """Paths whose bytes or whose names a power cut may still take."""
        bytes_of = [path for path, node in self._now.items() if node.changes]
        names = [
            path
            for step in self._steps
            for path, node in step.names
            if node is not None and self._now.get(path) is node
        ]
        return sorted(path for path in {*bytes_of, *names} if not self._aside(path))

    def is_synced(self, path: str) -> bool:
        """Whether the bytes of a file are safe; of a folder, whether all that is in it is."""
        below = path + "/"
        bytes_of = [p for p, node in self._now.items() if p == path or p.startswith(below)]
        names = [step for step in self._steps if (step.folder + "/").startswith(below)]
        return not names and not any(self._now[p].changes for p in bytes_of)

    def whole(self) -> dict[str, bytes | None]:
        """Everything as the processes see it: bytes by path, None for a folder."""
        return {
            path: None if node.folder else _applied(node.safe, node.changes)
            for path, node in self._now.items()
            if not self._aside(path)
        }

    def after_cut(self, chance: Random) -> dict[str, bytes | None]:
        """One of the states in which a power cut at this moment may leave the disk."""
        share = chance.choice([0.0, 0.5, 1.0, chance.random()])
        names = dict(self._safe)
        for step in self._steps:
            if chance.random() < share:
                _rename(names, step)
        return {
            path: None if node.folder else _left(node, share, chance)
            for path, node in sorted(names.items())
            if not self._aside(path) and self._stands(path, names)
        }

    def _stands(self, path: str, names: dict[str, _Node]) -> bool:
        above = str(Path(path).parent)
        return above == self._root or (above in names and self._stands(above, names))

    def _step(self, call: Call, *names: tuple[str, _Node | None]) -> None:
        step = _Step(call.ended, str(Path(names[-1][0]).parent), names)
        self._steps.append(step)
        _rename(self._now, step)

    def _inside(self, path: str) -> bool:
        return path.startswith(self._root + "/") and not path.endswith(_DELETED)

    def _openat(self, call: Call) -> None:
        path = call.strings[0]
        if not self._inside(path) or "O_DIRECTORY" in call.text:
            return
        if "O_CREAT" in call.text and path not in self._now:
            self._step(call, (path, _Node()))
        node = self._now.get(path)
        if node is None:
            return
        if "O_TRUNC" in call.text and node.end():
            node.changes.append(_Change(call.ended, 0, None))
        node.position = node.end() if "O_APPEND" in call.text else 0

    def _write(self, call: Call) -> None:
        node = self._node(call)
        if node:
            self._put(node, call, node.position)
            node.position += call.result

    def _pwrite64(self, call: Call) -> None:
        node = self._node(call)
        if node:
            self._put(node, call, int(call.words[-1]))

    def _put(self, node: _Node, call: Call, offset: int) -> None:
        node.changes.append(_Change(call.ended, offset, call.body[: call.result]))

    def _ftruncate(self, call: Call) -> None:
        node = self._node(call)
        if node:
            node.changes.append(_Change(call.ended, int(call.words[-1]), None))

    def _node(self, call: Call) -> _Node | None:
        path = call.handles[0]
        return self._now.get(path) if self._inside(path) else None

    def _mkdir(self, call: Call) -> None:
        if self._inside(call.strings[0]):
            self._step(call, (call.strings[0], _Node(folder=True)))

    _mkdirat = _mkdir

    def _unlink(self, call: Call) -> None:
        if call.strings[0] in self._now:
            self._step(call, (call.strings[0], None))

    _unlinkat = _rmdir = _unlink

    def _rename(self, call: Call) -> None:
        source, target = call.strings[:2]
        below = source + "/"
        moved = sorted(p for p in self._now if p == source or p.startswith(below))
        pairs = [(path, target + path[len(source) :], self._now[path]) for path in moved]
        if pairs:
            gone = tuple((old, None) for old, _, _ in pairs)
            self._step(call, *gone, *reversed([(new, node) for _, new, node in pairs]))

    _renameat = _renameat2 = _rename

    def _link(self, call: Call) -> None:
        source, target = call.strings[:2]
        if source in self._now:
            self._step(call, (target, self._now[source]))

    _linkat = _link

    def _fsync(self, call: Call) -> None:
        path = call.handles[0]
        node = self._now.get(path)
        if node is not None and not node.folder:
            done = [change for change in node.changes if change.moment < call.began]
            node.safe = _applied(node.safe, done)
            node.changes = [change for change in node.changes if change.moment >= call.began]
        elif path == self._root or (node is not None and node.folder):
            self._keep_names(path, call.began)

    _fdatasync = _fsync

    def _keep_names(self, folder: str, began: int) -> None:
        left = []
        for step in self._steps:
            if step.folder == folder and step.moment < began:
                _rename(self._safe, step)
            else:
                left.append(step)
        self._steps = left


def _rename(names: dict[str, _Node], step: _Step) -> None:
    for path, node in step.names:
        if node is None:
            names.pop(path, None)
        else:
            names[path] = node


def _applied(safe: bytes, changes: list[_Change]) -> bytes:
    found = bytearray(safe)
    for change in changes:
        end = change.offset + len(change.body or b"")
        if change.body is None:
            del found[change.offset :]
        if len(found) < end:
            found.extend(bytes(end - len(found)))
        if change.body is not None:
            found[change.offset : end] = change.body
    return bytes(found)


def _left(node: _Node, share: float, chance: Random) -> bytes:
    kept: list[_Change] = []
    for change in node.changes:
        if chance.random() < share:
            torn = change.body is not None and share < 1 and chance.random() < _TORN
            kept += _sectors(change, chance) if torn else [change]
    return _applied(node.safe, kept)


def _sectors(change: _Change, chance: Random) -> Iterator[_Change]:
    """About half of the sectors of a write."""
    body = change.body or b""
    start = 0
    while start < len(body):
        stop = start + _SECTOR - (change.offset + start) % _SECTOR
        if chance.random() < 0.5:
            yield _Change(change.moment, change.offset + start, body[start:stop])
        start = stop
