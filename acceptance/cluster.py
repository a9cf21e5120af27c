"""A cluster loses a worker in the middle of a question, and the figures are the same.

A master and two workers of Apache Spark run on the loopback, from the installed package. Figures
come from the command line. A worker is killed with its executor as soon as that has begun a task;
which of the two, and at which of its tasks, is drawn from the seed. Every answer is compared
whole with DuckDB's.
"""

import json
import math
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from acceptance.tally import Asked, Tally
from rapport.demo.api import COMPANY, CURRENCY, ZONE, company
from rapport.ledger.api import Settings, create_ledger

CUSTOMERS = {False: 3_500, True: 35_000}
MEASURES = {
    False: ("retention_repeat",),
    True: ("rfm", "average_order_value", "first_reply_wait", "nps"),
}
WORKERS = 2
TAIL = 5_000
LATEST_TASK = 3
PATIENCE_SECONDS = 600.0
TOLERANCE = 1e-9
# What the master says of an executor that goes while its question is not answered.
LOST = "Telling app of lost executor"
_LOOPBACK = "127.0.0.1"
# Processes that live for seconds are worth neither the second compiler nor a collector beside.
_JAVA = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}

_DAEMON = {
    "SPARK_LOCAL_IP": _LOOPBACK,
    "SPARK_DAEMON_MEMORY": "256m",
    # Its port would be the same for every master of this machine.
    "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",
}

Answer = list[dict[str, Any]]


@dataclass
class Worker:
    """A worker's process, the group of its executors, and where they write."""

    process: "subprocess.Popen[bytes]"
    folder: Path

    def tasks_begun(self) -> int:
        """How many tasks its executors say that they have begun."""
        logs = self.folder.glob("app-*/*/stderr")
        return sum(log.read_text("utf-8", "replace").count("Running task") for log in logs)

    def kill(self) -> None:
        """End it and its executors at once, as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Cluster:
    """A master and its workers."""

    folder: Path
    port: int
    workers: list[Worker] = field(default_factory=list)
    _number: int = 0

    @property
    def address(self) -> str:
        """What RAPPORT_SPARK says."""
        return f"spark://{_LOOPBACK}:{self.port}"

    def begin_worker(self) -> None:
        """Start one more worker."""
        self._number += 1
        folder = self.folder / f"worker-{self._number}"
        process = _daemon(
            *("worker.Worker", "--host", _LOOPBACK, "--cores", "1", "--memory", "1g"),
            *("--webui-port", "0", "--work-dir", folder, self.address),
            log=self.folder / f"worker-{self._number}.log",
        )
        self.workers.append(Worker(process, folder))

    def wait(self) -> None:
        """Wait until the master knows of all workers."""
        _wait(lambda: self.said("Registering worker") >= self._number, "a worker")

    def said(self, words: str) -> int:
        """How often the master has said that."""
        return (self.folder / "master.log").read_text("utf-8", "replace").count(words)


def prove(asked: Asked, tally: Tally) -> None:
    """Ask while a worker dies; in the full size also in calm, and of several measures in turn."""
    chance = random.Random(asked.seed)
    home = asked.folder / "home"
    with _cluster(asked.folder) as cluster:
        tally.figure("interactions", _store(home, CUSTOMERS[asked.full]))
        for name in MEASURES[asked.full]:
            while len(cluster.workers) < WORKERS:
                cluster.begin_worker()
            cluster.wait()
            tally.say("a master and two workers are there")
            expected = _answer(_asking(home, name))
            tally.check(f"{name} has figures", len(expected) > 1, expected)
            if asked.full:
                _in_calm(home, cluster, name, expected, tally)
            _killing(home, cluster, name, expected, chance, tally)


def _in_calm(home: Path, cluster: Cluster, name: str, expected: Answer, tally: Tally) -> None:
    began = time.monotonic()
    calm = _answer(_asking(home, name, cluster))
    tally.figure(f"{name}, two workers", f"{time.monotonic() - began:.1f} s")
    tally.check(f"{name} from two workers", alike(expected, calm), "another answer")


def _killing(
    home: Path,
    cluster: Cluster,
    name: str,
    expected: Answer,
    chance: random.Random,
    tally: Tally,
) -> None:
    began = time.monotonic()
    asking = _asking(home, name, cluster)
    victim = chance.choice(cluster.workers)
    before, lost = victim.tasks_begun(), cluster.said(LOST)
    task = before + chance.randint(1, LATEST_TASK)
    _wait(lambda: victim.tasks_begun() >= task or asking.poll() is not None, "a task")
    victim.kill()
    cluster.workers.remove(victim)
    tally.say(f"{name}: a worker was killed at its task {task - before}")
    survived = _answer(asking)
    tally.figure(f"{name}, one killed", f"{time.monotonic() - began:.1f} s")
    tally.check(f"{name} was being computed", cluster.said(LOST) > lost, "it had ended before")
    tally.check(f"{name} with a worker killed", alike(expected, survived), "another answer")


def _store(home: Path, customers: int) -> int:
    made = company(customers, seed=5)
    whole = pa.concat_tables(made.interactions())
    ledger = create_ledger(home, Settings(COMPANY, ZONE, 0, CURRENCY))
    ledger.load([whole.slice(0, whole.num_rows - TAIL)], "demo")
    ledger.load([whole.slice(whole.num_rows - TAIL)], "demo")
    ledger.publish("identity", made.identity())
    ledger.close()
    return int(whole.num_rows)


def _asking(home: Path, name: str, cluster: Cluster | None = None) -> "subprocess.Popen[bytes]":
    words = ["measure", name, "--by", "channel", "--every", "month", "--set", "minimum_n=0"]
    engine = ["--engine", "spark"] if cluster else []
    more = {"RAPPORT_SPARK": cluster.address, "RAPPORT_MEMORY": "1GB", **_JAVA} if cluster else {}
    return subprocess.Popen(
        [sys.executable, "-m", "rapport", "--home", home, *words, *engine, "--format", "json"],
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
    )


def _answer(asking: "subprocess.Popen[bytes]") -> Answer:
    try:
        told, _ = asking.communicate(timeout=PATIENCE_SECONDS)
    finally:
        asking.kill()
    answer: Answer = json.loads(told) if asking.returncode == 0 else []
    return answer


def alike(ours: Any, theirs: Any) -> bool:
    """Whether two answers are the same, numbers to nine digits.

    >>> alike([{"value": 0.1 + 0.2}], [{"value": 0.3}]), alike([1.0], [1.1]), alike([1], [1, 1])
    (True, False, False)
    """
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return ours.keys() == theirs.keys() and all(alike(ours[k], theirs[k]) for k in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        pairs = zip(ours, theirs, strict=False)
        return len(ours) == len(theirs) and all(alike(a, b) for a, b in pairs)
    return bool(ours == theirs)


@contextmanager
def _cluster(folder: Path) -> Iterator[Cluster]:
    with socket.create_server((_LOOPBACK, 0)) as server:
        cluster = Cluster(folder, int(server.getsockname()[1]))
    words = ("--host", _LOOPBACK, "--port", cluster.port, "--webui-port", "0")
    master = _daemon("master.Master", *words, log=folder / "master.log")
    try:
        _wait(lambda: cluster.said("I have been elected leader") > 0, "the master")
        yield cluster
    finally:
        for process in (master, *(worker.process for worker in cluster.workers)):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _daemon(name: str, *words: object, log: Path) -> "subprocess.Popen[bytes]":
    import pyspark  # noqa: PLC0415 - optional, so asked for only here

    program = Path(pyspark.__file__).parent / "bin" / "spark-class"
    with log.open("wb") as told:
        return subprocess.Popen(
            [str(word) for word in (program, f"org.apache.spark.deploy.{name}", *words)],
            env={
                **os.environ,
                **_JAVA,
                **_DAEMON,
                "SPARK_LOCAL_IP": _LOOPBACK,
                "SPARK_DAEMON_MEMORY": "256m",
            },
            stdout=told,
            stderr=told,
            # A group of its own, with the executors it will start.
            start_new_session=True,
        )


def _wait(holds: Any, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE_SECONDS:.0f} s for {what}")
        time.sleep(0.05)
