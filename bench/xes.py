"""How fast an event log in XES comes in: a year of loan applications of a bank (BPI 2012)."""

import gzip
import shutil
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from bench.processes import ROOT, Ran, rapport, step
from bench.results import Section, below

FILE = ROOT.parent / "shared" / "data" / "bpic2012_loans" / "bpic2012.xes.gz"
MAPPING = ROOT / "mappings" / "bpic2012.toml"
_SECONDS = 5.0
_EVENTS = 262_200


def measure(home: Path, runs: int) -> Section:
    """Import the log into fresh stores, and compare with merely parsing it."""
    section = Section("xes")
    if not FILE.exists():
        section.remarks.append(f"Skipped: {FILE.name} is not in ../shared/data/bpic2012_loans.")
        return section
    timed = [_one(home) for _ in range(runs + 1)][1:]
    seconds = median(ran.seconds for ran, _, _ in timed)
    peer = median(bare for _, bare, _ in timed)
    memory = max(ran.memory for ran, _, _ in timed)
    section.rows.append(
        below("import of XES, gzip", f"{_EVENTS:,}", seconds, _SECONDS, peer=peer, memory=memory)
    )
    section.remarks.append(
        f"The times are those of whole commands. The peer only parses the file with "
        f"{timed[0][2]}.iterparse and keeps nothing. (pm4py was measured elsewhere at 13.5 s as "
        "installed and 1.4 s with a reader in Rust.)"
    )
    return section


def _one(home: Path) -> tuple[Ran, float, str]:
    store = Path(tempfile.mkdtemp(prefix="xes-", dir=home))
    try:
        rapport(store, "init")
        ran = rapport(store, "import", str(FILE), "--as", str(MAPPING))
    finally:
        shutil.rmtree(store)
    assert f"stored {_EVENTS:,} " in ran.told, ran.told
    bare = step("xes:parse_only", file=str(FILE))
    return ran, float(bare["process_seconds"]), str(bare["parser"])


def parse_only(file: str) -> dict[str, object]:
    """The peer: walk all events with lxml where it is installed, else with xml.etree."""
    installed = find_spec("lxml") is not None
    parser: Any = import_module("lxml.etree" if installed else "xml.etree.ElementTree")
    events = 0
    with gzip.open(file) as source:
        for _, element in parser.iterparse(source, events=("end",)):
            name = element.tag.rpartition("}")[2]
            events += name == "event"
            if name == "trace":
                element.clear()
    assert events == _EVENTS, events
    return {"events": events, "parser": parser.__name__}
