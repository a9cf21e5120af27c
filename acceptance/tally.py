"""What a proof is asked, and what it found."""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """How a proof is to be run.

    Attributes:
        seed: of everything random; the same seed does the same.
        full: the size for which figures are published; otherwise the quick one.
        db: "sqlite" or "postgres": what the relational half of the store is kept in.
        folder: scratch space of this run, empty.
    """

    seed: int
    full: bool
    db: str
    folder: Path


@dataclass
class Tally:
    """Counts what held and what did not, and keeps the figures of the report."""

    passed: int = 0
    failed: int = 0
    figures: dict[str, str] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)

    def check(self, name: str, holds: bool, found: object = "") -> bool:
        """Count one proof; what does not hold is said at once. Gives `holds` back."""
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            self.say(f"FAILED {name}: {found}")
        return holds

    def figure(self, name: str, value: object) -> None:
        """Keep a figure for the report: the last value under a name counts."""
        self.figures[name] = str(value)

    def say(self, line: str) -> None:
        """One line for whoever watches, with the seconds since the beginning."""
        sys.stderr.write(f"{time.monotonic() - self._began:7.1f} s  {line}\n")

    def report(self) -> str:
        """The figures, one on a line, and last `N passed, M failed`."""
        lines = [f"{name:44}{value:>24}" for name, value in self.figures.items()]
        return "\n".join([*lines, f"{self.passed} passed, {self.failed} failed"])
