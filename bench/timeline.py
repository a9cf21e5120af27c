"""How fast a customer with 10,000 interactions is shown whole, among very many others."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.measures import peer_bench
from bench.processes import medians_in_turn, peak_memory, seconds_of, step
from bench.results import Row, Section, below, count, growth
from bench.store import FREQUENT, FREQUENT_GUEST, FREQUENT_INTERACTIONS, prepared

if TYPE_CHECKING:
    import pyarrow as pa

_SECONDS = 0.1
_RUNS = 20
# Reading one customer must not read the others: time may grow by a quarter of what the rows do.
_GROWTH = 0.25
PEER = (
    "SELECT {columns} FROM everything WHERE customer IN ($known, $guest) ORDER BY t DESC, id DESC"
)


def measure(home: Path, sizes: Iterable[int]) -> Section:
    """Time one customer's whole timeline on stores of these sizes."""
    section = Section("timeline")
    done: list[tuple[float, float]] = []
    for size in sorted(sizes):
        folder, rows = prepared(home, size)
        took = step("timeline:time_one", folder=str(folder))
        shown = count(rows)
        section.rows += [
            below(
                "timeline of 10,000",
                shown,
                took["ours"],
                _SECONDS,
                peer=took["peer"],
                memory=took["memory"],
            ),
            below("the same, opening the ledger's snapshot too", shown, took["opened"], _SECONDS),
            Row("its first page, 50 interactions", shown, took["page"]),
        ]
        done.append((float(rows), took["ours"]))
    if len(done) > 1:
        section.rows.append(growth("timeline of 10,000", done[0], done[-1], _GROWTH))
    section.remarks.append(
        f"Medians of {_RUNS}. The customer's 10,000 interactions are spread over all months, "
        "a tenth of them under a second name that the identity map knows. The peer is one "
        "SELECT that is told both names."
    )
    return section


def time_one(folder: str) -> dict[str, float]:
    """Compare the timeline with its peer, then time both in turn."""
    from rapport.ledger.api import open_ledger  # noqa: PLC0415
    from rapport.web import django_setup  # noqa: PLC0415

    django_setup.prepare(Path(folder))
    from rapport.customers.api import timeline  # noqa: PLC0415 - its models need Django set up

    ledger = open_ledger(Path(folder))
    bench = peer_bench(ledger)
    with ledger.read() as snapshot:
        ours = partial(timeline, snapshot, FREQUENT)
        found = ours()
        memory = peak_memory()
        query = PEER.format(columns=", ".join(found.column_names))
        names = {"known": FREQUENT, "guest": FREQUENT_GUEST}

        def peer() -> "pa.Table":
            return bench.execute(query, names).to_arrow_table()

        assert found.num_rows == FREQUENT_INTERACTIONS, found.num_rows
        assert found["t"].equals(peer()["t"])
        page = partial(timeline, snapshot, FREQUENT, limit=50)
        page()
        our_seconds, peer_seconds, page_seconds = medians_in_turn(_RUNS, ours, peer, page)

    def opened() -> None:
        with ledger.read() as again:
            timeline(again, FREQUENT)

    opened()
    return {
        "ours": our_seconds,
        "peer": peer_seconds,
        "page": page_seconds,
        "opened": median(seconds_of(opened) for _ in range(_RUNS)),
        "memory": memory,
    }
