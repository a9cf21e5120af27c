"""A disk with little room: a file system in memory, and a ballast file that fills it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_SIZE = 48 * 1024**2
_PIECE = 64 * 1024


class NotPermittedError(Exception):
    """We may not mount a file system here."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """A mounted file system of its own.

    Attributes:
        root: where it is mounted.
    """

    root: Path

    def fill(self, left: int) -> None:
        """Take all room but about so many bytes."""
        with self._ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(_PIECE))
        size = self._ballast.stat().st_size
        with self._ballast.open("r+b") as file:
            file.truncate(max(0, size - left))

    def free(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)

    @property
    def _ballast(self) -> Path:
        return self.root / "ballast"


@contextmanager
def narrow(root: Path) -> Iterator[Narrow]:
    """A narrow disk at a folder, unmounted after the block.

    Raises:
        NotPermittedError: mounting needs root, and in containers a permission.
    """
    root.mkdir(parents=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "rapport", str(root)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPermittedError(done.stderr.strip())
    try:
        yield Narrow(root)
    finally:
        subprocess.run(["umount", "--lazy", str(root)], check=True)
