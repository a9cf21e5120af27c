"""How every definition grows from one size to the next: processor time, memory, spill; and Spark.

Ours and the hand-written SQL of `peers/` answer in the same fresh process, one for each measure and
size; both answers are compared before anything is timed. Times are of the processor, all cores
together: what else a machine does weighs little in them. Spark answers on the same machine, in
this process and one Java machine, after one question that is not counted.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench import multiply
from bench.growth import Line, draw
from bench.measures import (
    BY,
    EVERY,
    MOST_OVER_LINEAR,
    PEERS,
    SAME_ANSWER,
    differences,
    of_figures,
    of_rows,
    peer_bench,
    peer_rows,
    peer_sql,
)
from bench.processes import StepError, peak_memory, step
from bench.results import Row, Section, count, growth

MOST_MEMORY = 4096.0
# A measure of each way to count: a sum, windows over threads, customers over periods.
ON_SPARK = ("nps", "first_reply_wait", "retention_repeat")
# From here on the first answer is timed, which starting the engine weighs little in.
LARGE = 20_000_000
_MB = 1024**2
_GLANCE_SECONDS = 0.02


def measure(home: Path, sizes: Iterable[int], runs: int, names: Iterable[str]) -> Section:
    """Measure all definitions (or those named) at these sizes, and a few on Spark; draw a chart."""
    section = Section("scale")
    stores = [multiply.store(home, size) for size in sorted(sizes)]
    lines = []
    for name in sorted(names) or step("scale:names_of_all")["names"]:
        points = [(rows, _one(section, name, folder, rows, runs)) for folder, rows in stores]
        found = [(float(rows), seconds) for rows, seconds in points if seconds is not None]
        if len(found) > 1:
            section.rows.append(growth(name, found[0], found[-1], MOST_OVER_LINEAR))
        lines.append(Line(name, tuple(found)))
    wanted = [name for name in ON_SPARK if name in (sorted(names) or ON_SPARK)]
    for folder, rows in stores:
        _spark(section, wanted, folder, rows)
    section.chart = draw(lines)
    section.remarks += ["![Growth of every definition](scale.svg)", _REMARK]
    return section


_REMARK = (
    "Seconds are of the processor, all cores together, so that other work of the machine weighs "
    "little; on idle cores an answer comes sooner. Ours is the whole call of `compute(snapshot, "
    "name, by=['channel'], every='month')`, the peer is bench/peers/<measure>.sql on the same "
    "engine, where it is written yet; values and n agreed to 1e-9 before timing. MB is the peak of "
    "a fresh process when ours had run once; `aside` is the most that lay in the spill folder "
    "meanwhile, which is capped at 40 GB. On Spark, ours is Spark in local mode and the peer is "
    "DuckDB; its MB are those of Python and Java, and starting it (some seconds) is left out. "
    "Above 20 million the first answer is timed, and the store is the one of 10 million several "
    "times, customers and threads under other names."
)


def _one(section: Section, name: str, folder: Path, rows: int, runs: int) -> float | None:
    try:
        took = step(
            "scale:time_one", folder=str(folder), name=name, runs=0 if rows >= LARGE else runs
        )
    except StepError as error:
        section.rows.append(Row(name, count(rows), target=SAME_ANSWER, ok=False))
        section.remarks.append(f"{name} at {count(rows)}: {str(error).splitlines()[-1]}")
        return None
    _keep(
        section,
        Row(
            name,
            count(rows),
            took["ours"],
            took["peer"],
            f"{took['spill']:,.0f} MB aside" if took["spill"] >= 1 else "",
            f"< {MOST_MEMORY:,.0f} MB",
            took["memory"] < MOST_MEMORY,
            took["memory"],
        ),
    )
    return float(took["ours"])


def _keep(section: Section, row: Row) -> None:
    """Add the row, and say it at once: a run of hours that is broken off has said something."""
    section.rows.append(row)
    sys.stderr.write("  ".join(row.cells()) + "\n")


def _spark(section: Section, names: list[str], folder: Path, rows: int) -> None:
    try:
        took = step("scale:time_spark", folder=str(folder), names=names)
    except StepError as error:
        section.remarks.append(f"Spark at {count(rows)}: {str(error).splitlines()[-1]}")
        return
    for name in names:
        duckdb = next(
            (r.ours for r in section.rows if (r.what, r.size) == (name, count(rows))), None
        )
        memory = took["memory"]
        _keep(
            section,
            Row(f"{name} on Spark", count(rows), took[name], duckdb, memory=memory),
        )


def time_one(folder: str, name: str, runs: int) -> dict[str, float | None]:
    """Ours and the peer where there is one, compared and timed in turn; 0 runs: the first answers.

    The answer: median processor seconds, peak memory and spill of ours in MB.
    """
    from rapport.ledger.api import ANNOTATIONS, open_ledger  # noqa: PLC0415
    from rapport.measures.api import all_measures  # noqa: PLC0415

    ledger = open_ledger(Path(folder))
    if ANNOTATIONS in all_measures()[name].reads:
        # In a process of its own, whose memory is not counted.
        step("annotated:of_store", folder=folder)
    with ledger.read() as snapshot:
        works = [partial(_asked, snapshot, name)]
        with _watched(ledger.home / "spill") as spilled:
            seconds, figures = _timed(works[0])
        first, memory = [seconds], peak_memory()
        if (PEERS / f"{name}.sql").exists():
            works.append(partial(peer_rows, peer_bench(ledger), peer_sql(name)))
            seconds, rows = _timed(works[1])
            first.append(seconds)
            _compare(figures, rows)
        took = [[_timed(work)[0] for work in works] for _ in range(runs)] or [first]
    medians = dict(zip(("ours", "peer"), map(median, zip(*took, strict=True)), strict=False))
    return {"peer": None, **medians, "memory": memory, "spill": max(spilled) / _MB}


def _compare(figures: Any, rows: Any) -> None:
    found = differences(of_figures(figures), of_rows(rows))
    if found:
        raise StepError(f"{len(found)} figures differ, such as {found[0]}")


def names_of_all() -> dict[str, list[str]]:
    """Every definition; asked in a process of its own, so that this one stays small."""
    from rapport.measures.api import all_measures  # noqa: PLC0415

    return {"names": sorted(all_measures())}


def time_spark(folder: str, names: list[str]) -> Mapping[str, float]:
    """Each measure on Spark, once, and the peak memory of Python and Java together."""
    import psutil  # noqa: PLC0415

    from rapport.ledger.api import open_ledger  # noqa: PLC0415

    with open_ledger(Path(folder)).read("spark") as snapshot:
        (java,) = (p for p in psutil.Process().children(recursive=True) if p.name() == "java")
        _asked(snapshot, "volume")
        took = {}
        for name in names:
            before = sum(java.cpu_times()[:2])
            took[name], _ = _timed(partial(_asked, snapshot, name))
            took[name] += sum(java.cpu_times()[:2]) - before
        return {**took, "memory": peak_memory() + _peak_of(java.pid)}


def _asked(snapshot: Any, name: str) -> Any:
    from rapport.measures.api import compute  # noqa: PLC0415

    return compute(snapshot, name, by=[BY], every=EVERY, parameters={"minimum_n": 0})


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of one call, and what it gave."""
    started = time.process_time()
    given = work()
    return time.process_time() - started, given


def _peak_of(pid: int) -> float:
    """The most memory another process held so far, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


@contextmanager
def _watched(folder: Path) -> Iterator[list[int]]:
    """How many bytes lay in the folder, looked at again and again."""
    sizes, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(_GLANCE_SECONDS):
            sizes.append(_bytes_in(folder))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield sizes
    finally:
        over.set()
        watcher.join()


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total
