"""Deeds in processes that have imported everything, so that a system call of theirs can fail.

`python -m acceptance._victims` reads lines `HOME DEED NUMBER`. For each it forks a child, says the
child's process number, and lets it go on when a line has come, so that `strace` can be attached in
between. The child's last word is `told`, or `refused` with the error's text as a person reads it.
"""

import ctypes
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from acceptance import _deeds
from rapport.kernel.errors import RapportError
from rapport.ledger.api import open_ledger

_TOLD, _REFUSED, _FAULT = 0, 2, 3
_LONGEST_SECONDS = 60
_SET_PTRACER, _ANY = 0x59616D61, -1


@dataclass(frozen=True, slots=True)
class End:
    """How a deed ended.

    Attributes:
        code: 0 told, 2 refused with an error of the house, else a fault.
        text: the error as people read it, or the traceback of a fault.
        seen: what the one who watched wrote down.
    """

    code: int
    text: str
    seen: str


class Ward:
    """Where victims come from."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process = process
        self._folder = folder

    def do(self, home: Path, deed: str, number: int, watch: list[str]) -> End:
        """Do a deed in a child that `strace` watches with these options; how it ended."""
        said, log = self._folder / "said", self._folder / "watched"
        child = int(self._ask(f"{home} {deed} {number} {said}"))
        words = ["strace", "-f", "-y", "-o", str(log), *watch, "-p", str(child)]
        with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as strace:
            assert strace.stderr
            while "attached" not in (line := strace.stderr.readline()):
                assert line, "strace is not there"
            code = int(self._ask("go"))
        return End(code, said.read_text(), log.read_text(errors="replace"))

    def _ask(self, line: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def ward(folder: Path) -> Iterator[Ward]:
    """A process that makes victims; it ends with the block."""
    words = [sys.executable, "-m", "acceptance._victims"]
    with subprocess.Popen(
        words, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield Ward(process, folder)


def _serve() -> None:
    for line in iter(sys.stdin.readline, ""):
        home, deed, number, said = line.split()
        child = os.fork()
        if not child:
            os._exit(_suffer(Path(home), deed, int(number), Path(said)))
        _answer(child)
        _, status = os.waitpid(child, 0)
        _answer(os.waitstatus_to_exitcode(status))


def _suffer(home: Path, deed: str, number: int, said: Path) -> int:
    """Wait until somebody watches, do the deed, note what is said of it."""
    # Where only parents may watch their children, let whoever asked for us watch.
    ctypes.CDLL(None).prctl(_SET_PTRACER, _ANY)
    signal.alarm(_LONGEST_SECONDS)
    said_to = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.read(0, 3)
    try:
        ledger = open_ledger(home)
        _deeds.do(ledger, deed, number)
    except RapportError as error:
        os.write(said_to, str(error).encode())
        return _REFUSED
    except BaseException:  # noqa: BLE001 - whatever it is, it is told to whoever watches
        os.write(said_to, traceback.format_exc().encode())
        return _FAULT
    return _TOLD


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _serve()
