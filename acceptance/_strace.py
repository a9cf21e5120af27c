"""System calls of a real process and its threads, as `strace` writes them down."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

# Calls that change files or names, sync them, or send an answer.
CALLS = (
    *("openat", "write", "pwrite64", "ftruncate", "mkdir", "mkdirat", "unlink", "unlinkat"),
    *("rmdir", "rename", "renameat", "renameat2", "link", "linkat", "fsync", "fdatasync"),
    *("sendto", "sendmsg"),
)
# Where a file is changed in a way that is not followed, the proof must not go on as if nothing was.
FOREIGN = ("writev", "pwritev", "pwritev2", "truncate", "fallocate", "copy_file_range", "sendfile")
_LINE = re.compile(r"^(\d+) +(.*)$")
_CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+|\?)")
_HEX = r"((?:\\x[0-9a-f]{2})*)"
_STRING = re.compile(f'"{_HEX}"')
_HANDLE = re.compile(rf"\b\d+<{_HEX}>")
_LONGEST = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Call:
    """One system call that has come to its end.

    Attributes:
        began, ended: lines of the record, so that calls of several threads can be ordered.
        name, text, result: as the record has them; the text is that of the arguments.
    """

    began: int
    ended: int
    name: str
    text: str
    result: int

    @property
    def failed(self) -> bool:
        """Whether it did nothing."""
        return self.result < 0

    @property
    def strings(self) -> list[str]:
        """The paths handed in."""
        return [_bytes(found).decode() for found in _STRING.findall(self.text)]

    @property
    def body(self) -> bytes:
        """The bytes handed in."""
        return _bytes(_STRING.findall(self.text)[0])

    @property
    def handles(self) -> list[str]:
        """What the open files handed in are."""
        return [_bytes(found).decode() for found in _HANDLE.findall(self.text)]

    @property
    def words(self) -> list[str]:
        """The arguments one by one."""
        return self.text.split(", ")


def watched(log: Path, command: Sequence[str]) -> list[str]:
    """The command that runs another one and writes its calls to a file."""
    calls = ",".join((*CALLS, *FOREIGN))
    return [
        *("strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", str(_LONGEST)),
        *("-e", f"trace={calls}", "-o", str(log), *command),
    ]


def calls(log: Path) -> Iterator[Call]:
    """The calls of a record in the order in which they ended."""
    begun: dict[str, tuple[int, str]] = {}
    with log.open(encoding="ascii") as lines:
        for number, line in enumerate(lines):
            match = _LINE.match(line)
            assert match, line
            process, text = match.groups()
            if text.endswith("<unfinished ...>"):
                begun[process] = (number, text.removesuffix("<unfinished ...>").rstrip())
                continue
            began = number
            if text.startswith("<... "):
                began, start = begun.pop(process)
                text = start + text.partition(" resumed>")[2]
            found = _CALL.match(text)
            if found and found[3] != "?":
                yield Call(began, number, found[1], found[2], int(found[3]))


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))
