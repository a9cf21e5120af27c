"""The stores that measures and timelines are timed on: the demo company at so many interactions.

Built once and kept; built again when the recipe has changed. The last rows go through the
journal, so that every question meets a lake and a tail, and the identity map is published.
"""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.processes import step

if TYPE_CHECKING:
    import pyarrow as pa

    from rapport.demo.api import Company

# Raise it when what is built changes.
RECIPE = 1
TAIL = 10_000
FREQUENT = "bench-frequent"
FREQUENT_GUEST = "bench-frequent-guest"
FREQUENT_INTERACTIONS = 10_000
_A_CUSTOMER = 28.9
_SEED = 1
_MARKER = "bench.json"


def prepared(home: Path, interactions: int) -> tuple[Path, int]:
    """The store of about that size, built where it is missing; its folder and true size."""
    folder = home / f"store-{interactions}"
    marker = folder / _MARKER
    if not marker.exists() or json.loads(marker.read_text())["recipe"] != RECIPE:
        step("store:build", folder=str(folder), interactions=interactions)
    return folder, int(json.loads(marker.read_text())["interactions"])


def build(folder: str, interactions: int) -> dict[str, Any]:
    """Make the store anew; what it holds."""
    from rapport.demo.api import COMPANY, CURRENCY, ZONE, company  # noqa: PLC0415
    from rapport.ledger.api import Settings, compact, create_ledger, seal  # noqa: PLC0415
    from rapport.web import django_setup  # noqa: PLC0415

    home, started = Path(folder), time.perf_counter()
    if home.exists():
        shutil.rmtree(home)
    made = company(max(1, round(interactions / _A_CUSTOMER)), seed=_SEED)
    ledger = create_ledger(home, Settings(COMPANY, ZONE, 0, CURRENCY))
    django_setup.prepare(home)
    django_setup.migrate()
    last: pa.Table | None = None
    stored = 0
    for table in _with_frequent(made):
        if last is not None:
            stored += ledger.load([last], "demo").stored
        last = table
    assert last is not None
    cut = max(0, last.num_rows - TAIL)
    stored += ledger.load([last.slice(0, cut)], "demo").stored
    seal(ledger)
    compact(ledger)
    stored += ledger.load([last.slice(cut)], "demo").stored
    ledger.publish("identity", _identity(made))
    ledger.close()
    told = {
        "recipe": RECIPE,
        "interactions": stored,
        "tail": last.num_rows - cut,
        "build_seconds": round(time.perf_counter() - started, 1),
    }
    (home / _MARKER).write_text(json.dumps(told))
    return told


def _with_frequent(made: "Company") -> Iterator["pa.Table"]:
    """The company's tables; in the first of each month some rows more, of one frequent customer."""
    import pyarrow as pa  # noqa: PLC0415

    tables_a_month = made.tables // 24
    for number, table in enumerate(made.interactions()):
        month, place = divmod(number, tables_a_month)
        if place == 0:
            table = pa.concat_tables([table, _frequent(table, month)])
        yield table


def _frequent(table: "pa.Table", month: int) -> "pa.Table":
    """Copies of rows spread over the table, as interactions of the frequent customer."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    start = FREQUENT_INTERACTIONS * month // 24
    stop = FREQUENT_INTERACTIONS * (month + 1) // 24
    rows = table.take(np.linspace(0, table.num_rows - 1, stop - start).astype(int))
    names = [FREQUENT if n % 10 else FREQUENT_GUEST for n in range(start, stop)]
    keys = [f"{FREQUENT}-{n}" for n in range(start, stop)]
    # Their threads are nobody else's.
    threads = [t and f"{FREQUENT}-{t}" for t in rows["thread"].to_pylist()]
    for column, values in (("customer", names), ("key", keys), ("thread", threads)):
        rows = rows.set_column(
            rows.column_names.index(column), column, pa.array(values, pa.string())
        )
    return rows


def _identity(made: "Company") -> "pa.Table":
    import pyarrow as pa  # noqa: PLC0415

    own = pa.table({"key": [FREQUENT_GUEST], "customer": [FREQUENT]})
    return pa.concat_tables([made.identity().select(["key", "customer"]), own])
