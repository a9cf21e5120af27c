"""Load, as ratios within one run: durable intake, overload, sealing beside it, queries meanwhile.

What is measured hangs on the machine and on what else it does; the ratios much less, and only
they are held against a target, and only in the full size. What is acknowledged is counted against
what is stored in both.
"""

import http.client
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from acceptance._programs import Server, rapport, wait_until
from acceptance._shelf import shelf
from acceptance._writers import Op, Store, do, fork
from acceptance.tally import Asked, Tally
from bench.intake import BATCH, CONNECTIONS, bodies
from bench.processes import step
from rapport.ledger.api import compact, seal, status
from rapport.web.serve_worker import NICENESS

# Events for one measurement, and how often each is repeated: quick, full.
EVENTS, ROUNDS = (10_000, 200_000), (2, 5)
# Connections at once where the server has threads for sixteen; and events of one large request.
CROWD, LARGE = 128, 1_000
LEAST_INTAKE, LEAST_GOODPUT, LEAST_SEALING, MOST_QUERY = 0.5, 0.9, 1.0, 1.5
_PATIENCE_SECONDS = 120
_QUERY = (
    "SELECT month, kind, count(*) AS n, count(DISTINCT customer) AS people "
    "FROM interactions GROUP BY ALL ORDER BY ALL"
)


def prove(asked: Asked, tally: Tally) -> None:
    """Measure all four on one served store."""
    with shelf(asked) as stores:
        store = stores.new("load")
        store.create().close()
        rapport(store, "init", "--if-missing")
        with _served(store) as door:
            _intake(asked, tally, store, door)
            _overload(asked, tally, store, door)
        _sealing(asked, tally, store, door)
        _queries(asked, tally, store)


@dataclass
class _Door:
    """The served door, its key, and what it has acknowledged so far."""

    port: int
    key: str
    acknowledged: int = 0
    seconds_per_event: float = 0.0


@contextmanager
def _served(store: Store) -> Iterator[_Door]:
    key = rapport(store, "key", "add", "load").strip()
    server = Server(store)
    door = _Door(server.port, key)
    try:
        wait_until(server.answers, server.must_run, "nothing is served")
        yield door
    finally:
        server.stop()


# --- durable intake against a bare loop ------------------------------------------------------


def _intake(asked: Asked, tally: Tally, store: Store, door: _Door) -> None:
    """Events over HTTP, and a loop that parses and commits the same without HTTP; in turn."""
    events = EVENTS[asked.full]
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(ROUNDS[asked.full]):
        sent = step("intake:send", port=door.port, key=door.key, events=events)
        ours.append(float(sent["seconds"]))
        door.acknowledged += events + BATCH  # it opens with one request that is not timed
        folder = asked.folder / f"bare{len(bare)}"
        folder.mkdir()
        looped = step("intake:bare_loop", folder=str(folder), events=events, url=store.url)
        bare.append(float(looped["seconds"]))
    door.seconds_per_event = median(ours) / events
    ratio = median(bare) / median(ours)
    tally.figure("durable intake, events/s", f"{events / median(ours):,.0f}")
    _target(asked, tally, "intake / bare loop", ratio, LEAST_INTAKE)
    _all_there(tally, store, door, "intake")


# --- overload --------------------------------------------------------------------------------


@dataclass
class _Crowd:
    """Many clients at once that send what they are given, each request once, without a pause."""

    door: _Door
    waiting: list[bytes]
    size: int
    answers: "Counter[int]" = field(default_factory=Counter)
    stored: int = 0
    wrong: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def send(self) -> "_Crowd":
        """Send all of it over so many connections."""
        threads = [threading.Thread(target=self._client) for _ in range(self.size)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self

    def _client(self) -> None:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.door.port, timeout=_PATIENCE_SECONDS
        )
        head = {"Authorization": f"Bearer {self.door.key}", "Content-Type": "application/json"}
        while self.waiting:
            try:
                body = self.waiting.pop()
            except IndexError:
                break
            began = time.monotonic()
            try:
                connection.request("POST", "/v1/batch", body, head)
                answer = connection.getresponse()
                told = json.loads(answer.read())
            except (OSError, http.client.HTTPException):
                self.answers[0] += 1
                connection.close()
                continue
            self.waits.append(time.monotonic() - began)
            self._count(answer, told)
        connection.close()

    def _count(self, answer: http.client.HTTPResponse, told: dict[str, int]) -> None:
        self.answers[answer.status] += 1
        if answer.status == http.client.OK:
            self.stored += told["stored"]
        elif answer.status != http.client.SERVICE_UNAVAILABLE or not answer.getheader(
            "Retry-After"
        ):
            self.wrong.append(f"{answer.status} {dict(answer.getheaders())}")


def _overload(asked: Asked, tally: Tally, store: Store, door: _Door) -> None:
    """As many clients as the server has threads, then a crowd; then a crowd with large requests."""
    events = EVENTS[asked.full]
    calm = _goodput(door, bodies(events), CONNECTIONS)[1]
    for name, requests in (("a crowd", bodies(events)), ("large requests", _large(events))):
        crowd, goodput = _goodput(door, requests, CROWD)
        tally.check(
            f"{name}: each is served, or refused with 503", not crowd.wrong, crowd.wrong[:3]
        )
        tally.check(f"{name}: each is answered", not crowd.answers[0], crowd.answers)
        refused = crowd.answers[http.client.SERVICE_UNAVAILABLE]
        tally.figure(f"{name}: refused", f"{refused} of {sum(crowd.answers.values())}")
        waits = sorted(crowd.waits)
        shown = f"{median(waits):.2f} / {waits[len(waits) * 99 // 100]:.2f}"
        tally.figure(f"{name}: median / p99 wait, s", shown)
        _target(asked, tally, f"goodput of {name} / calm", goodput / calm, LEAST_GOODPUT)
    _all_there(tally, store, door, "overload")


def _goodput(door: _Door, requests: list[bytes], clients: int) -> tuple[_Crowd, float]:
    """The crowd after it has sent, and events acknowledged per second."""
    began = time.monotonic()
    crowd = _Crowd(door, requests, clients).send()
    door.acknowledged += crowd.stored
    return crowd, crowd.stored / (time.monotonic() - began)


def _large(events: int) -> list[bytes]:
    """The same events in fewer, larger requests."""
    batches = [json.loads(body)["batch"] for body in bodies(events)]
    together = LARGE // BATCH
    return [
        json.dumps(
            {"batch": [event for batch in batches[n : n + together] for event in batch]}
        ).encode()
        for n in range(0, len(batches), together)
    ]


# --- sealing and queries ---------------------------------------------------------------------


def _sealing(asked: Asked, tally: Tally, store: Store, door: _Door) -> None:
    """All that came in lies in the journal or was sealed by the worker; the rest is sealed now."""
    ledger = store.open()
    waiting = status(ledger).journal
    began = time.monotonic()
    sealed = seal(ledger).interactions
    seconds = time.monotonic() - began
    tally.check("a seal empties the journal", (sealed, status(ledger).journal) == (waiting, 0))
    ledger.close()
    if sealed:
        rate = door.seconds_per_event / (seconds / sealed)
        tally.figure("sealing, events/s", f"{sealed / seconds:,.0f}")
        _target(asked, tally, "sealing / intake", rate, LEAST_SEALING)
    _all_there(tally, store, door, "sealing")


def _queries(asked: Asked, tally: Tally, store: Store) -> None:
    """A query over everything, calm, and while another process takes in and seals."""
    ledger = store.open()

    def seconds() -> float:
        began = time.monotonic()
        with ledger.read() as snapshot:
            snapshot.sql(_QUERY)
        return time.monotonic() - began

    seconds()  # the first one opens the engine
    times = 10 * ROUNDS[asked.full]
    calm = [seconds() for _ in range(times)]
    end = asked.folder / "end"
    writer = fork(take_and_seal, (store, end), asked.folder / "writer.err", "")
    while not end.with_name("begun").exists():
        time.sleep(0.05)
    busy = median(seconds() for _ in range(times))
    end.touch()
    writer.end()
    # Before and after, for there is more to read in the end.
    calm += [seconds() for _ in range(times)]
    ledger.close()
    tally.figure("a query, calm, ms", f"{1000 * median(calm):.0f}")
    _target(asked, tally, "query while sealing / calm", busy / median(calm), MOST_QUERY, most=True)


def take_and_seal(store: Store, end: Path) -> None:
    """Take in and seal without a pause until told to end; compact as the worker does."""
    os.nice(NICENESS)
    ledger = store.open()
    number = 0
    while not end.exists():
        for _ in range(10):
            number += 1
            do(ledger, Op("journal", f"q{number}x{LARGE}", 1))
        seal(ledger)
        compact(ledger, only_where_it_pays=True)
        end.with_name("begun").touch()
    ledger.close()


# --- both ------------------------------------------------------------------------------------


def _all_there(tally: Tally, store: Store, door: _Door, when: str) -> None:
    """What was acknowledged is stored, and nothing else."""
    ledger = store.open()
    told = status(ledger)
    ledger.close()
    stored = told.journal + told.lake
    tally.check(f"{when}: acknowledged is stored", stored == door.acknowledged, stored)
    tally.figure("acknowledged", f"{door.acknowledged:,}")
    tally.figure("acknowledged and not stored", door.acknowledged - stored)


def _target(
    asked: Asked, tally: Tally, name: str, ratio: float, target: float, *, most: bool = False
) -> None:
    sign = "≤" if most else "≥"
    tally.figure(f"{name} ({sign} {target:g})", f"{ratio:.2f}")
    if asked.full:
        tally.check(name, ratio <= target if most else ratio >= target, f"{ratio:.2f}")
