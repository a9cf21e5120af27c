"""Random operations on a ledger and on a plain model of it; after each step both hold the same.

Operations are drawn before they are done, so that a run can be repeated without some of them: one
that ends in a difference is made shorter until nothing can be left out. Kills are operations too:
a forked process dies at the n-th failpoint it passes.
"""

import os
import shutil
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import time_machine

from acceptance._model import Entry, File, Model
from acceptance._shelf import Shelf, shelf
from acceptance._shop import (
    CUSTOMERS,
    PLAIN,
    Content,
    content_of,
    moment_of,
    take,
    thread_of,
    whose,
    work,
)
from acceptance._steps import FILES, Step, files, script
from acceptance._writers import Store, fork, small_slices
from acceptance.tally import Asked, Tally
from rapport.customers.api import merge_customers, publish, split_customers
from rapport.kernel.errors import InputError
from rapport.ledger.api import Snapshot, import_history, status, undo, verify
from rapport.office.api import Actor
from rapport.web.django_setup import prepare

# Runs and steps: quick, full.
RUNS, STEPS = (5, 500), (25, 50)
_SHORTENINGS = 150
_OPERATOR = Actor.operator()


class DifferenceError(Exception):
    """The ledger and the model do not hold the same."""


def prove(asked: Asked, tally: Tally) -> None:
    """Run by run, each with a seed of its own."""
    with shelf(asked) as stores:
        people = stores.new("people")
        people.create().close()
        prepare(people.home)
        met: dict[str, int] = {}
        for number in range(RUNS[asked.full]):
            seed = asked.seed + number
            difference = _run(stores, seed, script(seed, STEPS[asked.full]), met)
            if not tally.check(f"run of seed {seed}", difference is None, difference):
                tally.say(_shortened(stores, seed, script(seed, STEPS[asked.full])))
                break
            if number % 100 == 99:
                tally.say(f"{number + 1} runs, {sum(met.values())} steps")
    tally.figure("runs", tally.passed)
    tally.figure("steps compared", sum(met.values()) - met.get("killed", 0))
    tally.figure("of them killed half-way", met.get("killed", 0))


# --- one run ---------------------------------------------------------------------------------


def _run(stores: Shelf, seed: int, steps: Sequence[Step], met: dict[str, int]) -> str | None:
    """Do the steps on a new store; None, or what differed."""
    store = stores.new(f"run-{seed}-{os.urandom(3).hex()}")
    run = _Run(store, seed)
    done: list[Step] = []
    try:
        with run:
            for step in steps:
                done.append(step)
                run.step(step)
                met["killed"] = met.get("killed", 0) + run.killed
                met[step.task] = met.get(step.task, 0) + 1
            run.same("at the end", whole=True)
    except Exception:  # noqa: BLE001 - whatever it is, the run has shown a difference
        return f"after {len(done)} steps, at {done[-1:]}:\n{traceback.format_exc(limit=-6)}"
    finally:
        shutil.rmtree(store.home, ignore_errors=True)
    return None


def _shortened(stores: Shelf, seed: int, steps: list[Step]) -> str:
    """Leave out what the difference does not need."""
    difference, tried, at = "", 0, len(steps)
    while at > 0 and tried < _SHORTENINGS:
        at -= 1
        fewer = steps[:at] + steps[at + 1 :]
        tried += 1
        found = _run(stores, seed, fewer, {})
        if found is not None:
            steps, difference = fewer, found
            at = min(at, len(steps))
    told = "\n".join(f"    {step}" for step in steps)
    return f"seed {seed}, shortened to {len(steps)} steps:\n{told}\n{difference}"


@dataclass
class _Seen:
    """A snapshot that is held, and what it said when it was taken."""

    snapshot: Snapshot
    said: Content


@dataclass
class _Run:
    store: Store
    seed: int
    model: Model = field(default_factory=Model)
    numbers: list[int] = field(default_factory=list)
    merges: list[int] = field(default_factory=list)
    ids: dict[str, bytes] = field(default_factory=dict)
    tokens: dict[str, Content] = field(default_factory=dict)
    held: _Seen | None = None
    killed: bool = False

    def __enter__(self) -> "_Run":
        self._stack = ExitStack()
        # A clock of its own, near the real one: the leases of readers are told by files' times.
        self.clock = self._stack.enter_context(time_machine.travel(datetime.now(UTC), tick=False))
        self.files = files(self.seed)
        small_slices()
        self.ledger = self.store.create()
        return self

    def __exit__(self, *_: object) -> None:
        if self.held is not None:
            self.held.snapshot.close()
        self.ledger.close()
        self._stack.close()

    def step(self, step: Step) -> None:
        """Do a step on both and compare."""
        self.killed = False
        verb: Callable[[Step], None] = getattr(self, f"_{step.task}", self._plain)
        verb(step)
        self.same(str(step), whole=step.task == "verify" or self.killed)

    # --- steps -------------------------------------------------------------------------------

    def _journal(self, step: Step) -> None:
        self._take(step)

    _bulk = _revise = _journal

    def _take(self, step: Step) -> None:
        file = self.files[step.which % FILES]
        if not self._dies(step, file, 0):
            self._take_here(step, file)
            return
        candidates = _partly_taken(self.model, file, revises=step.task == "revise")
        self._settle(step, candidates)
        if step.again:
            self._take_here(step, file)

    def _take_here(self, step: Step, file: File) -> None:
        place = self.model.begin(file)
        told = take(self.ledger, step.task, file, self.customers())
        for position in range(len(file.batches)):
            counts = self.model.take(place, position, revises=step.task == "revise")
            _equal("receipt", told[position], tuple(counts))
        self.model.end(place)

    def _undo(self, step: Step) -> None:
        if not self.model.entries:
            return
        place = step.which % len(self.model.entries)
        number = self.numbers[place]
        if self._dies(step, None, number):
            after = self.model.copy()
            after.undo(place)
            self._settle(step, [self.model, after])
            if not step.again:
                return
        entry = self.model.entries[place]
        try:
            gone = undo(self.ledger, number)
        except InputError:
            _equal("an undo that is refused", entry.state, "undone")
            return
        _equal("an undo that is not refused", entry.state != "undone", True)
        _equal("what an undo took", gone, self.model.undo(place))

    def _plain(self, step: Step) -> None:
        if not self._dies(step, None, 0):
            PLAIN[step.task](self.ledger)

    def _publish(self, step: Step) -> None:
        colour = f"colour {step.which}"
        if self._dies(step, None, 0):
            after = self.model.copy()
            after.colour = colour
            self._settle(step, [self.model, after])
        if not self.killed or step.again:
            self.ledger.publish("colours", pa.table({"text": [colour]}))
            self.model.colour = colour

    def _merge(self, step: Step) -> None:
        names = self.customers()
        kept, merged = names[step.which % CUSTOMERS], names[step.other % CUSTOMERS]
        try:
            number = merge_customers(kept, merged, actor=_OPERATOR, seen=names)
        except InputError:
            _equal("a merge that is refused", self.model.may_merge(kept, merged), False)
            return
        _equal("a merge that is not refused", self.model.may_merge(kept, merged), True)
        self.model.merges.append((merged, kept, True))
        self.merges.append(number)
        publish(self.ledger)

    def _split(self, step: Step) -> None:
        if not self.merges:
            return
        at = step.which % len(self.merges)
        merged, kept, stands = self.model.merges[at]
        try:
            split_customers(self.merges[at], actor=_OPERATOR)
        except InputError:
            _equal("a split that is refused", stands, False)
            return
        _equal("a split that is not refused", stands, True)
        self.model.merges[at] = (merged, kept, False)
        publish(self.ledger)

    def _hold(self, _: Step) -> None:
        """Look once more at the snapshot that is held, and hold a new one."""
        self._let_go()
        snapshot = self.ledger.read()
        self.held = _Seen(snapshot, content_of(snapshot))

    def _let_go(self) -> None:
        if self.held is not None:
            _equal("a snapshot that is held", content_of(self.held.snapshot), self.held.said)
            self.held.snapshot.close()
            self.held = None

    def _tick(self, step: Step) -> None:
        """Time goes on; now and then the clock is put back an hour."""
        self.clock.shift(timedelta(minutes=-60 if step.which % 4 == 0 else step.which / 10))

    def _reopen(self, _: Step) -> None:
        self._let_go()
        self.ledger.close()
        self.ledger = self.store.open()

    def _verify(self, _: Step) -> None:
        """`same` does it."""

    # --- kills -------------------------------------------------------------------------------

    def _dies(self, step: Step, file: File | None, number: int) -> bool:
        """Do a step in a process that is killed half-way; False where none was asked for."""
        if not step.killed_at:
            return False
        now = datetime.now(UTC)
        given = (self.store, step, file, number, self.customers(), now)
        child = fork(work, given, self.store.home.with_name("child.err"), f"*:{step.killed_at}")
        child.end()
        self.killed = True
        return True

    def _settle(self, step: Step, candidates: Sequence[Model]) -> None:
        """Find which of the models a killed step has left; the store may finish it by itself."""
        left = self._matching(candidates)
        _equal(f"{step} leaves one of its states", bool(left), True)
        self._whole()
        left = self._matching(candidates)
        _equal(f"{step}, mended, leaves one of its states", bool(left), True)
        self.model = left[-1].copy()
        history = import_history(self.ledger.database, 10_000)[::-1]
        while len(self.model.entries) < len(history):
            self.model.entries.append(Entry(self._file(history[-1].file)))
        for entry, found in zip(self.model.entries, history, strict=True):
            entry.state = found.state

    def _matching(self, candidates: Sequence[Model]) -> list[Model]:
        content, standing = self.content(), self.standing()
        return [
            model
            for model in candidates
            if self.expected(model) == content
            and {i: set(e.counts) for i, e in enumerate(model.entries) if e.counts} == standing
        ]

    def _file(self, name: str) -> File:
        return next(file for file in self.files if file.name == name)

    # --- comparing ---------------------------------------------------------------------------

    def same(self, where: str, *, whole: bool) -> None:
        """Compare all that can be seen.

        Raises:
            DifferenceError: something differs.
        """
        history = import_history(self.ledger.database, 10_000)[::-1]
        self.numbers = [found.id for found in history]
        if whole:
            self._whole()
        _equal(f"content, {where}", self.content(), self.expected(self.model))
        for place, (entry, found) in enumerate(zip(self.model.entries, history, strict=True)):
            _equal("state of an import", found.state, entry.state)
            receipt = found.receipt
            counts = (receipt.stored, receipt.duplicate, receipt.rejected, receipt.interactions)
            sums = tuple(sum(one) for one in zip(*entry.counts.values(), strict=True))
            expected = (*(sums or (0, 0, 0)), self.model.interactions(place))
            _equal(f"receipt of {found.file}, {where}", counts, expected)

    def _whole(self) -> None:
        wrong = [f"{proof.name}: {proof.found}" for proof in verify(self.ledger) if not proof.holds]
        _equal("what verify finds", wrong, [])
        told = status(self.ledger)
        _equal("status", told.journal + told.lake, len(self.content()[0]))

    def content(self) -> Content:
        """What the ledger holds; the same token always says the same, an id is for ever."""
        with self.ledger.read() as snapshot:
            found = content_of(snapshot)
            _equal("content of a token", self.tokens.setdefault(snapshot.token, found), found)
            for row in snapshot.sql("SELECT thread, id FROM interactions").to_pylist():
                _equal("an id", row["id"], self.ids.setdefault(row["thread"], row["id"]))
        return found

    def expected(self, model: Model) -> Content:
        """What a ledger must hold that has done what the model has."""
        names = self.customers()
        rows = sorted(
            (thread_of(identity), str(version), model.final(names[whose(identity, version)]), at)
            for identity, stack in model.stacks.items()
            for version in (stack[-1].version,)
            for at in (int(moment_of(identity, version).timestamp() * 1e6),)
        )
        return rows, model.colour

    def standing(self) -> dict[int, set[int]]:
        """Positions of the batches that stand, by the place of their import."""
        rows = self.ledger.database.rows(
            "SELECT import_id, position FROM ledger_batch WHERE state IN ('journal', 'lake')"
        )
        numbers = [found.id for found in import_history(self.ledger.database, 10_000)[::-1]]
        found: dict[int, set[int]] = {}
        for number, position in rows:
            found.setdefault(numbers.index(number), set()).add(position)
        return found

    def customers(self) -> list[str]:
        """Names of the customers of this run: all runs share who is merged into whom."""
        return [f"customer {number} of {self.store.home.name}" for number in range(CUSTOMERS)]


def _partly_taken(model: Model, file: File, *, revises: bool) -> list[Model]:
    """What a killed take may leave: nothing, a running import, and batch after batch of it."""
    candidates = [model]
    partly = model.copy()
    place = partly.begin(file)
    candidates.append(partly.copy())
    for position in range(len(file.batches)):
        partly.take(place, position, revises=revises)
        candidates.append(partly.copy())
    return candidates


def _equal(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise DifferenceError(f"{what}:\n  found    {found}\n  expected {expected}")
