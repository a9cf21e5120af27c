"""A ledger in plain dictionaries: what a real one must hold after the same operations.

A source row has a key and one or more drafts, each a part and a version of its content. Of every
identity (key and part) the model keeps who brought which version; the last one is present.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Identity = tuple[int, int]


class SourceRow(NamedTuple):
    """A row of a file: its key, its drafts as (part, version), and what is wrong with it."""

    key: int
    drafts: tuple[tuple[int, int], ...]
    fault: str = ""


class File(NamedTuple):
    """A file: its name, and its rows batch by batch."""

    name: str
    batches: tuple[tuple[SourceRow, ...], ...]


class Brought(NamedTuple):
    """Who brought a version: the place of the import in the history, the batch's position."""

    entry: int
    position: int
    version: int


class Counts(NamedTuple):
    """Ends of the rows of a batch."""

    stored: int
    duplicate: int
    rejected: int


@dataclass
class Entry:
    """One import of the history."""

    file: File
    state: str = "running"
    counts: dict[int, Counts] = field(default_factory=dict)


@dataclass
class Model:
    """All that a ledger holds.

    Attributes:
        stacks: of each identity who brought it, the present version last; never empty.
        entries: the history of imports.
        merges: (merged, kept, stands) in the order of their numbers.
        colour: what the published table `colours` says.
    """

    stacks: dict[Identity, list[Brought]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    merges: list[tuple[str, str, bool]] = field(default_factory=list)
    colour: str | None = None

    def copy(self) -> "Model":
        """A model that can go another way."""
        return copy.deepcopy(self)

    def begin(self, file: File) -> int:
        """Begin an import, or go on with the one of that file that is running; its place."""
        for place in reversed(range(len(self.entries))):
            if self.entries[place].file == file and self.entries[place].state == "running":
                return place
        self.entries.append(Entry(file))
        return len(self.entries) - 1

    def take(self, place: int, position: int, *, revises: bool) -> Counts:
        """Take a batch; one that stands already changes nothing."""
        entry = self.entries[place]
        if position not in entry.counts:
            rows = entry.file.batches[position]
            sound = [row for row in rows if not row.fault]
            way = self._revise if revises else self._add
            stored, duplicate = way(sound, place, position)
            entry.counts[position] = Counts(stored, duplicate, len(rows) - stored - duplicate)
        return entry.counts[position]

    def _add(self, rows: Sequence[SourceRow], place: int, position: int) -> tuple[int, int]:
        """A row with a part that is known with other content is left out whole."""
        stored = duplicate = 0
        seen: dict[Identity, int] = {}
        before = {identity: stack[-1].version for identity, stack in self.stacks.items()}
        for row in rows:
            mine: dict[Identity, int] = {}
            known = {**seen, **before}
            changed = False
            new = False
            for part, version in row.drafts:
                identity = (row.key, part)
                other = known.get(identity, mine.get(identity))
                changed |= other not in (None, version)
                new |= other is None
                mine[identity] = version
            if changed:
                continue
            for identity, version in mine.items():
                if identity not in known:
                    self.stacks[identity] = [Brought(place, position, version)]
            seen |= mine
            stored, duplicate = stored + new, duplicate + (not new)
        return stored, duplicate

    def _revise(self, rows: Sequence[SourceRow], place: int, position: int) -> tuple[int, int]:
        """Of each identity the last draft counts; what is other than before replaces it."""
        last = {
            (row.key, part): (number, version)
            for number, row in enumerate(rows)
            for part, version in row.drafts
        }
        storing = set()
        for identity, (number, version) in last.items():
            stack = self.stacks.setdefault(identity, [])
            if not stack or stack[-1].version != version:
                stack.append(Brought(place, position, version))
                storing.add(number)
        return len(storing), len(rows) - len(storing)

    def end(self, place: int) -> None:
        """The import has come to its end."""
        self.entries[place].state = "done"

    def undo(self, place: int) -> int:
        """Take out what an import brought; how many present interactions that were."""
        gone = sum(stack[-1].entry == place for stack in self.stacks.values())
        for identity, stack in list(self.stacks.items()):
            stack[:] = [brought for brought in stack if brought.entry != place]
            if not stack:
                del self.stacks[identity]
        self.entries[place].counts.clear()
        self.entries[place].state = "undone"
        return gone

    def interactions(self, place: int) -> int:
        """How many present interactions an import brought."""
        return sum(stack[-1].entry == place for stack in self.stacks.values())

    def final(self, customer: str) -> str:
        """Who a customer is, after all merges that stand."""
        kept = {merged: into for merged, into, stands in self.merges if stands}
        while customer in kept:
            customer = kept[customer]
        return customer

    def may_merge(self, kept: str, merged: str) -> bool:
        """Whether a merge is possible: the one is not merged yet, and they are two."""
        gone = {one for one, _, stands in self.merges if stands}
        return merged not in gone and self.final(kept) != merged
