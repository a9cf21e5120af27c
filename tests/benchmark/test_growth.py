"""The chart of growth, and the store that is several times another."""

import re
from pathlib import Path
from xml.etree import ElementTree

from bench import multiply
from bench.growth import HEIGHT, WIDTH, Line, draw
from bench.processes import step
from rapport.ledger.api import open_ledger

SVG = "{http://www.w3.org/2000/svg}"
LINES = [Line(f"m{n}", ((1e6, 0.1 * n), (1e7, 1.0 * n), (5e7, 4.0 * n))) for n in range(1, 8)]


def test_a_chart_has_a_line_for_each_definition_inside_its_frame() -> None:
    root = ElementTree.fromstring(draw([*LINES, Line("failed", ())]))
    drawn = root.findall(f"{SVG}polyline")
    assert sorted(line.findtext(f"{SVG}title") or "" for line in drawn) == [n.name for n in LINES]
    places = [pair.split(",") for line in drawn for pair in line.attrib["points"].split()]
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in places)


def test_the_slowest_are_named_and_the_slowest_stands_highest() -> None:
    text = draw(LINES)
    assert re.findall(r">(m\d)</text>", text) == ["m7", "m6", "m5", "m4"]


def test_a_multiplied_store_holds_the_same_interactions_several_times(tmp_path: Path) -> None:
    step("store:build", folder=str(tmp_path / "one"), interactions=3_000)
    multiply.build(str(tmp_path / "three"), str(tmp_path / "one"), 3)
    counted = (
        "SELECT count(*) AS n, count(DISTINCT id) AS ids, count(DISTINCT thread) AS threads, "
        "sum(score) AS scores FROM "
    )
    with open_ledger(tmp_path / "one").read() as one:
        [lake], [tail] = (one.sql(counted + of).to_pylist() for of in ("lake", "journal_tail"))
    with open_ledger(tmp_path / "three").read() as three:
        [found] = three.sql(counted + "lake").to_pylist()
        [whole] = three.sql(counted + "interactions").to_pylist()
    assert (found["n"], found["ids"]) == (3 * lake["n"], 3 * lake["n"])
    assert (found["threads"], found["scores"]) == (3 * lake["threads"], 3 * lake["scores"])
    assert whole["n"] == 3 * lake["n"] + tail["n"]
