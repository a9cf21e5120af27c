"""How long it takes to erase one customer with 10,000 interactions among very many others."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from bench.processes import peak_memory, seconds_of, step
from bench.results import Section, below, count
from bench.store import FREQUENT, FREQUENT_GUEST, FREQUENT_INTERACTIONS, prepared

_SECONDS = 60.0


def measure(home: Path, sizes: Iterable[int]) -> Section:
    """Erase them from copies of the stores of these sizes."""
    section = Section("erase")
    for size in sorted(sizes):
        folder, rows = prepared(home, size)
        copy = home / f"erase-{size}"
        for how in ("anonymise", "delete"):
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(folder, copy)
            took = step("erase:erase_one", folder=str(copy), how=how)
            section.rows.append(
                below(
                    f"{how} one with 10,000",
                    count(rows),
                    took["seconds"],
                    _SECONDS,
                    memory=took["memory"],
                )
            )
        shutil.rmtree(copy, ignore_errors=True)
    section.remarks.append(
        "The customer's 10,000 interactions are spread over all months, a tenth of them under a "
        "second name. Everything is counted: finding them, writing their months anew, removing the "
        "old files, vacuuming the database."
    )
    return section


def erase_one(folder: str, how: str) -> dict[str, float]:
    """Erase the frequent customer; seconds, memory, and that nothing of them is left."""
    from rapport.ledger.api import open_ledger  # noqa: PLC0415
    from rapport.web import django_setup  # noqa: PLC0415

    home = Path(folder)
    django_setup.prepare(home)
    from rapport.customers.api import merge_customers  # noqa: PLC0415
    from rapport.office.api import Actor  # noqa: PLC0415
    from rapport.privacy.api import erase_customer  # noqa: PLC0415 - its models need Django set up

    ledger, actor = open_ledger(home), Actor.operator()
    names = (FREQUENT, FREQUENT_GUEST)
    merge_customers(*names, actor=actor, seen=names)
    gone: dict[str, int] = {}

    def erase() -> None:
        gone.update(erase_customer(ledger, FREQUENT, how=how, actor=actor).gone)

    seconds = seconds_of(erase)
    assert gone["interactions"] == FREQUENT_INTERACTIONS, json.dumps(gone)
    return {"seconds": seconds, "memory": peak_memory()}
