"""Kills writers of a store wherever it could hurt, then at random moments, and looks for harm.

First every operation is killed at every failpoint it passes (`FAILPOINT=*:n`, n = 1, 2, 3 ... until
it lives), then processes die at random moments. After each kill the store is opened again:
what was acknowledged is there, nothing is there twice or by halves, `verify` holds, and what was
not acknowledged can be asked for again.
"""

import random
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median

import rapport as package
from acceptance._book import ABSENT, Book
from acceptance._programs import (
    Client,
    Server,
    all_told_since,
    begun,
    end_after,
    file_of,
    rapport,
    wait_until,
)
from acceptance._shelf import Shelf, shelf
from acceptance._writers import Op, Store, Writer, do, holds, small_slices, start
from acceptance.servers import Postgres
from acceptance.tally import Asked, Tally
from rapport.kernel.errors import StoreError
from rapport.ledger.api import verify
from rapport.ledger.upkeep.vacuum import replaced

ROWS = 6
# Random kills by what is killed: quick, full.
KILLS = {"ingest": (3, 300), "seal": (2, 200), "compact": (2, 200), "undo, erase": (1, 100)}
CREATIONS = (1, 100)
# Kills of the programs themselves, which are started anew each time.
SERVED = (2, 100)
CLIENTS = 4
# tests/web/test_backup.py kills a restoring there, which has a store for itself.
# The proof `erase` kills at the steps around the ledger's own.
ELSEWHERE = {
    *("restore.filled", "restore.moved", "erase.rejected", "erase.imports"),
    *("erasure.begun", "erasure.suppressed", "erasure.place", "erasure.forgotten"),
}
WEB, WORKER = "rapport.web.serve_web", "rapport.web.serve_worker"
# How the longest wait before a kill follows what was met: about one in four ends before it.
_SHORTER, _LONGER = 0.95, 1.02


Operation = tuple[str, list[Op], list[Op]]


def prove(asked: Asked, tally: Tally) -> None:
    """Sweep the failpoints, then kill at random."""
    small_slices()
    with shelf(asked) as stores:
        dice = random.Random(asked.seed)
        sum_up = _Sum()
        sweep(_Run(stores.new("sweep"), dice, tally, sum_up), stores, every=asked.full)
        for what, kills in KILLS.items():
            run = _Run(stores.new(what), dice, tally, sum_up)
            at_random(run, what, kills[asked.full], stores.server)
        creations(stores, dice, tally, sum_up, CREATIONS[asked.full])
        served(_Run(stores.new("served"), dice, tally, sum_up), SERVED[asked.full])
    sum_up.report(tally)


@dataclass
class _Sum:
    """What all runs together met."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    ready_seconds: list[float] = field(default_factory=list)
    served_seconds: list[float] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def report(self, tally: Tally) -> None:
        """The figures of the report, and the two that must be nothing."""
        tally.figure("kills", self.kills)
        tally.figure("interactions acknowledged", self.acknowledged)
        tally.figure("acknowledged and lost", self.lost)
        tally.figure("there twice", self.doubled)
        tally.figure("failpoints met", len(self.places))
        unmet = sorted(failpoints_of_the_source() - self.places.keys() - ELSEWHERE)
        tally.figure("failpoints not met", " ".join(unmet) or "none")
        for what, seconds in (
            ("a writer writes again after", self.ready_seconds),
            ("all clients are served again after", self.served_seconds),
        ):
            if seconds:
                waits = f"{median(seconds):.2f} / {max(seconds):.2f}"
                tally.figure(f"{what}, median / longest s", waits)
        tally.check("every failpoint is met", not unmet, unmet)
        tally.check("nothing acknowledged is lost", not self.lost, self.lost)
        tally.check("nothing is there twice", not self.doubled, self.doubled)


def failpoints_of_the_source() -> set[str]:
    """Names of all places at which the program can be told to die."""
    source = Path(package.__file__).parent
    text = "".join(path.read_text("utf-8") for path in source.rglob("*.py"))
    return set(re.findall(r'\breach\(\s*"([a-z.]+)"', text))


class _Run:
    """One store, the book of what it must hold, and the kills it goes through.

    The ledger stays open here while others die, as in a process that lives on; now and then it is
    opened again.
    """

    def __init__(self, store: Store, dice: random.Random, tally: Tally, sum_up: _Sum) -> None:
        self.store = store
        self.dice = dice
        self.tally = tally
        self.sum = sum_up
        self.book = Book()
        self.ops: dict[str, Op] = {}
        self.ledger = store.create()
        self._labels = 0

    def label(self) -> str:
        """A new label."""
        self._labels += 1
        return f"a{self._labels}x{ROWS}"

    def log(self, name: str = "writer") -> Path:
        """Where a writer logs."""
        return self.store.home.with_name(f"{self.store.home.name}-{name}.log")

    def start(self, ops: Sequence[Op], failpoint: str = "", name: str = "writer") -> Writer:
        """Start a child that does operations."""
        self.ops.update({op.label: op for op in ops if op.label != "-"})
        return start(self.store, ops, self.log(name), failpoint)

    def done(self, ops: Sequence[Op]) -> None:
        """Do operations in peace: here, or in a child where they bind their process to a store."""
        for op in ops:
            if op.task == "erase":
                self.start([op], name="peace").end()
                self.read_logs()
                continue
            do(self.ledger, op)
            if op.label != "-":
                self.book.note("told", op.label, op.version)

    def killed(self, where: str) -> None:
        """Look at the store after a kill, ask again for what was not acknowledged, look again."""
        self.sum.kills += 1
        self.read_logs()
        if self.dice.random() < 0.3:
            self._verified(where)  # before the next writer mends anything
        self.whole(where)
        again = [self.ops[label]._replace(version=to) for label, to in self.book.unfinished()]
        began = time.monotonic()
        if self.dice.random() < 0.3:
            self.ledger.close()
            self.ledger = self.store.open()
        self.done([*again, Op("journal", self.label(), 1)])
        self.sum.ready_seconds.append(time.monotonic() - began)
        self.whole(f"{where}, asked again")
        self._verified(where)

    def read_logs(self) -> None:
        """Note what writers asked and were told."""
        for log in self.store.home.parent.glob(f"{self.store.home.name}-*.log"):
            self.book.read(log)

    def whole(self, where: str) -> None:
        """Judge what is there by the book."""
        faults = self.book.judge(holds(self.ledger))
        self.tally.check(f"killed at {where}: all is there, once", not faults, faults[:5])

    def _verified(self, where: str) -> None:
        wrong = [f"{proof.name}: {proof.found}" for proof in verify(self.ledger) if not proof.holds]
        self.tally.check(f"killed at {where}: verify holds", not wrong, wrong)

    def close(self) -> None:
        """Clear away what was replaced; add what the book says to the sum."""
        self.done([Op("vacuum")])
        loose = [path.name for path in replaced(self.ledger)]
        self.tally.check("a vacuum leaves no file that nobody names", not loose, loose[:5])
        self.ledger.close()
        self.sum.acknowledged += self.book.acknowledged
        self.sum.lost += self.book.lost
        self.sum.doubled += self.book.doubled


# --- at every failpoint ----------------------------------------------------------------------


def sweep(run: _Run, stores: Shelf, *, every: bool) -> None:
    """Kill each operation at every place not met before; in the full size at every pass too."""
    for operation in _operations():
        name, before, ops = operation
        if every:
            _kill_at(run, operation, (f"*:{number}" for number in count(1)))
        # What grows with the store can step over a place from one pass to the next.
        _kill_at(run, operation, _new_places(run, before, ops))
        run.read_logs()
        run.tally.say(f"{name}: at {sum(run.sum.places.values())} places")
    _sweep_creation(run, stores)
    run.close()


def _kill_at(run: _Run, operation: Operation, failpoints: Iterable[str]) -> None:
    """Kill an operation at one failpoint after the other, until it lives."""
    name, before, ops = operation
    for failpoint in failpoints:
        writer = _die(run, before, ops, failpoint)
        if writer.end() == 0:
            break
        died_at = writer.places()[-1]
        run.sum.places[died_at] = run.sum.places.get(died_at, 0) + 1
        run.killed(f"{died_at} of {name}")


def _new_places(run: _Run, before: Sequence[Op], ops: Sequence[Op]) -> list[str]:
    """Places the operation passes that were not met before."""
    writer = _die(run, before, ops, "*:0")
    writer.end()
    run.read_logs()
    return [name for name in dict.fromkeys(writer.places()) if name not in run.sum.places]


def _die(run: _Run, before: Sequence[Op], ops: Sequence[Op], failpoint: str) -> Writer:
    """Make ready, then start an operation that dies at a failpoint."""
    labels = {"A": run.label(), "B": run.label()}
    for op in _of(labels, before):
        if op.task == "kill":
            run.start([op._replace(task="bulk")], "bulk.files").end()
            run.read_logs()
        else:
            run.done([op])
    return run.start(_of(labels, ops), failpoint)


def _of(labels: dict[str, str], ops: Sequence[Op]) -> list[Op]:
    return [op._replace(label=labels.get(op.label, op.label)) for op in ops]


def _operations() -> list[Operation]:
    """Names, what goes before (`kill` dies half-way), and what is killed; `-` is no label."""
    a, b = "A", "B"
    return [
        ("journal", [], [Op("journal", a, 1)]),
        ("bulk", [], [Op("bulk", a, 1)]),
        ("seal", [Op("journal", a, 1), Op("journal", b, 1)], [Op("seal")]),
        ("mending", [Op("kill", a, 1), Op("journal", b, 1)], [Op("seal")]),
        ("compact", [Op("bulk", a, 1), Op("bulk", b, 1)], [Op("compact")]),
        (
            "vacuum",
            [Op("bulk", a, 1), Op("bulk", b, 1), Op("compact"), Op("publish"), Op("publish")],
            [Op("vacuum")],
        ),
        ("revise", [Op("bulk", a, 1)], [Op("revise", a, 2)]),
        ("revise what waits", [Op("journal", a, 1)], [Op("revise", a, 2)]),
        ("undo", [Op("journal", a, 1), Op("bulk", b, 1)], [Op("undo", a, ABSENT)]),
        ("undo a revising", [Op("bulk", a, 1), Op("revise", a, 2)], [Op("undo", a, 1)]),
        (
            "erase",
            [Op("bulk", a, 1), Op("revise", a, 2), Op("journal", b, 1)],
            [Op("erase", a, ABSENT)],
        ),
        ("publish", [], [Op("publish")]),
    ]


def _sweep_creation(run: _Run, stores: Shelf) -> None:
    for number in count(1):
        store = stores.new(f"created{number}")
        writer = start(store, [Op("create")], run.log(), f"*:{number}")
        if writer.end() == 0:
            return
        run.sum.kills += 1
        died_at = writer.places()[-1]
        run.sum.places[died_at] = run.sum.places.get(died_at, 0) + 1
        _made_again(store, run.tally, run.sum)


# --- at random moments -----------------------------------------------------------------------


class _Moment:
    """A random moment of a work whose length is learnt while it is killed."""

    def __init__(self, dice: random.Random, seconds: float) -> None:
        self._dice = dice
        self._longest = seconds

    def kill(self, writer: Writer) -> bool:
        """Kill the writer at a moment of its work; False where it came to its end before."""
        killed = writer.kill_after(self._dice.random() * self._longest)
        self._longest *= _LONGER if killed else _SHORTER
        return killed


def at_random(run: _Run, what: str, kills: int, server: Postgres | None) -> None:
    """Kill a writer at random moments; half of the time another one works beside it.

    Where the database is a server, now and then that is what dies.
    """
    moment = _Moment(run.dice, 0.3)
    before = run.sum.kills
    while run.sum.kills - before < kills:
        ready, ops = _shift(run, what)
        run.done(ready)
        writer = run.start(ops)
        if server is not None and run.dice.random() < 0.1:
            _kill_server(run, server, writer, what)
            continue
        beside = run.start(_beside(run, what), name="beside") if run.dice.random() < 0.5 else None
        killed = moment.kill(writer)
        if beside is not None and run.dice.random() < 0.5:
            beside.process.kill()
            killed = True
        if beside is not None:
            beside.end()
        if killed:
            run.killed(f"a random moment of {what}")
    run.tally.say(f"{what}: {kills} kills at random moments")
    run.close()


def _kill_server(run: _Run, server: Postgres, writer: Writer, what: str) -> None:
    """The database dies under a writer, which is told so and ends, or is killed with it."""
    writer.wait_begun()
    time.sleep(run.dice.random() * 0.3)
    server.stop("immediate")
    server.start()
    writer.process.kill()
    writer.process.join()
    run.killed(f"a death of the database while {what}")


def _shift(run: _Run, what: str) -> tuple[list[Op], list[Op]]:
    """What is done in peace, and what is then done until death."""
    labels = [run.label() for _ in range(4)]
    if what == "ingest":
        tasks = [run.dice.choice(["journal", "journal", "bulk"]) for _ in labels]
        taken = [Op(task, label, 1) for task, label in zip(tasks, labels, strict=True)]
        return [], [*taken, Op("revise", labels[0], 2)]
    if what == "seal":
        return [Op("journal", label, 1) for label in labels], [Op("seal")]
    if what == "compact":
        return [Op("bulk", label, 1) for label in labels[:3]], [Op("compact"), Op("vacuum")]
    first, second, third, _ = labels
    ready = [Op("journal", first, 1), Op("bulk", second, 1), Op("revise", second, 2)]
    ready.append(Op("bulk", third, 1))
    undone = [Op("undo", first, ABSENT), Op("undo", second, 1)]
    erased = Op("erase", third, ABSENT)
    return ready, [*undone, erased] if run.dice.random() < 0.5 else [erased, *undone]


def _beside(run: _Run, what: str) -> list[Op]:
    if what == "ingest":
        return [Op("seal"), Op("compact"), Op("vacuum")]
    return [Op("journal", run.label(), 1), Op("bulk", run.label(), 1)]


def creations(stores: Shelf, dice: random.Random, tally: Tally, sum_up: _Sum, kills: int) -> None:
    """Kill the making of stores at random moments."""
    moment = _Moment(dice, 0.2)
    number = done = 0
    while done < kills:
        number += 1
        store = stores.new(f"made{number}")
        writer = start(store, [Op("create")], store.home.with_name("create.log"))
        if moment.kill(writer):
            done += 1
            _made_again(store, tally, sum_up)
    sum_up.kills += done
    tally.say(f"create: {done} kills at random moments")


def _made_again(store: Store, tally: Tally, sum_up: _Sum) -> None:
    """A store half made is none, or it is whole; made again it takes interactions."""
    try:
        store.open().close()
    except StoreError as error:
        tally.check("what is half made says so", "no store" in str(error), error)
    began = time.monotonic()
    ledger = store.create()
    do(ledger, Op("journal", f"a1x{ROWS}", 1))
    sum_up.ready_seconds.append(time.monotonic() - began)
    wrong = [proof.name for proof in verify(ledger) if not proof.holds]
    tally.check("made again it is whole", not wrong, wrong)
    ledger.close()


# --- the programs themselves -----------------------------------------------------------------


def served(run: _Run, kills: int) -> None:
    """Kill `rapport serve`, its children, and commands, while clients send over HTTP."""
    rapport(run.store, "init", "--if-missing")
    key = rapport(run.store, "key", "add", "door").strip()
    server = Server(run.store)
    clients = [Client(server.port, key, run.log(f"c{n}"), _labels_of(n)) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    wait_until(all_told_since(clients, 0.0), server.kept, "nobody was ever served")
    ways = [WEB, "", "import", "ledger", WORKER]
    for number in range(kills):
        way = ways[number % len(ways)]
        time.sleep(run.dice.random() * 0.5)
        _kill_served(run, server, clients, way)
        if number % 10 == 9 or number == kills - 1:
            _judge_served(run, clients, f"{number + 1} kills of programs")
    for client in clients:
        client.end()
    server.stop()
    run.tally.say(f"served: {kills} kills of programs")
    trouble = [client.trouble for client in clients if client.trouble]
    run.tally.check("no client is told what is not so", not trouble, trouble[:3])
    run.close()


def _labels_of(client: int) -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"c{client}n{next(numbers)}x{ROWS}"


def _kill_served(run: _Run, server: Server, clients: Sequence[Client], way: str) -> None:
    """Kill one program, and wait until every client is served again."""
    if way == "ledger":
        words = run.dice.choice(["seal", "compact", "vacuum"])
        end_after(begun(run.store, "ledger", words), run.dice.uniform(0.3, 2.0))
    elif way == "import":
        _kill_import(run)
    else:
        server.kill(way)
    run.sum.kills += 1
    died = time.monotonic()
    wait_until(all_told_since(clients, died), server.kept, f"nobody is served after {way}")
    if way in (WEB, ""):
        run.sum.served_seconds.append(time.monotonic() - died)


def _kill_import(run: _Run) -> None:
    """Kill the import of a file, small or large, and run it again to its end."""
    label = f"i{run.sum.kills}x{run.dice.choice([2_000, 25_000])}"
    file, mapping = file_of(label, run.store.home.parent)
    words = ("import", str(file), "--as", str(mapping))
    run.book.note("asked", label, 1)
    end_after(begun(run.store, *words), run.dice.uniform(0.6, 2.5))
    rapport(run.store, *words)
    run.book.note("told", label, 1)


def _judge_served(run: _Run, clients: Sequence[Client], where: str) -> None:
    for client in clients:
        client.rest()
    logs = [run.log(f"c{number}") for number in range(len(clients))]
    for log in logs:
        run.book.read_on(log)
    run.whole(where)
    told = rapport(run.store, "ledger", "verify")
    run.tally.check(f"{where}: `rapport ledger verify` holds", "BROKEN" not in told, told)
    for client in clients:
        client.go_on()
