"""Which of the equal rows of a file is this one? Counts occurrences in bounded memory.

A row without a declared id is identified by its content and by its nth occurrence in the file, so
that real duplicates in a file are told from a file that is sent twice. Only 8 bytes of each row's
hash are kept, in sorted runs, large ones on disk. If two different rows shared those 8 bytes the
later would be called "second": its id stays unique and the same each time the file is read.
"""

import tempfile

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
_ON_DISK = 4_000_000


class Occurrences:
    """Counts how often a hash was seen before, over all chunks of a file."""

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def number(self, hashes: Hashes) -> npt.NDArray[np.int64]:
        """The occurrence number of each hash, from 1, and remember them.

        >>> seen = Occurrences()
        >>> seen.number(np.array([7, 8, 7], dtype=np.uint64)).tolist()
        [1, 1, 2]
        >>> seen.number(np.array([7], dtype=np.uint64)).tolist()
        [3]
        """
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        starts = np.searchsorted(ordered, ordered, side="left")
        within = np.arange(len(ordered)) - starts
        numbers = np.empty(len(hashes), dtype=np.int64)
        numbers[order] = within + 1
        for run in self._runs:
            low = np.searchsorted(run, hashes, side="left")
            numbers += np.searchsorted(run, hashes, side="right") - low
        self._keep(ordered)
        return numbers

    def _keep(self, run: Hashes) -> None:
        """Runs of like length are merged, so that there are few of them."""
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        self._runs.append(_laid_down(run) if len(run) >= _ON_DISK else run)


def _laid_down(run: Hashes) -> Hashes:
    """The run in a file that goes with the process, mapped into memory on demand."""
    with tempfile.TemporaryFile() as file:
        file.write(run.tobytes())
        file.flush()
        return np.memmap(file, dtype=np.uint64, mode="r", shape=run.shape)
