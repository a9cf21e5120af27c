"""No file, however made, fills the memory."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measures as Linux counts")

_READ = """
import re, sys
from pathlib import Path
from rapport.listening.files import open_rows
good = bad = 0
for chunk in open_rows(Path(sys.argv[1])).chunks():
    good, bad = good + chunk.table.num_rows, bad + len(chunk.refused)
# Not ru_maxrss: that one is handed down from the process that started this one.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(good, bad, int(peak[1]) // 1024)
"""


def rows_refused_and_peak(path: Path) -> tuple[int, int, int]:
    """Rows, refusals, and the megabytes a process of its own took to read them."""
    out = subprocess.run(
        [sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, check=True
    )
    good, bad, peak = map(int, out.stdout.split())
    return good, bad, peak


def repeated(path: Path, head: bytes, block: bytes, times: int, tail: bytes = b"") -> Path:
    with path.open("wb") as file:
        file.write(head)
        for _ in range(times):
            file.write(block)
        file.write(tail)
    return path


def test_two_hundred_megabytes_on_one_line(tmp_path: Path) -> None:
    path = repeated(tmp_path / "a.csv", b"id,note\n1,", b"x" * 1_000_000, 200, b"\n2,ok\n")
    good, bad, peak = rows_refused_and_peak(path)
    assert (good, bad) == (1, 1)
    assert peak < 300


def test_forty_megabytes_behind_an_open_quote(tmp_path: Path) -> None:
    lines = b"2,fine words\n" * 100_000
    path = repeated(tmp_path / "a.csv", b'id,note\n1,"', lines, 30)
    good, bad, peak = rows_refused_and_peak(path)
    assert (good, bad) == (2_999_999, 1)
    assert peak < 300


def test_a_tag_of_a_hundred_megabytes(tmp_path: Path) -> None:
    head = b'<log><trace><event><string key="a" value="1"/></event><event><string key="'
    path = repeated(tmp_path / "a.xes", head, b"x" * 1_000_000, 100)
    good, bad, peak = rows_refused_and_peak(path)
    assert (good, bad) == (1, 1)
    assert peak < 300


def test_cells_of_one_letter_by_the_million(tmp_path: Path) -> None:
    path = repeated(tmp_path / "a.csv", b",".join([b"c"] * 1000) + b"\n", b"ab," * 999 + b"\n", 3)
    with path.open("ab") as file:
        file.write((b'"b",' * 999 + b'"b"\n') * 5_000)
    good, bad, peak = rows_refused_and_peak(path)
    assert good == 5_003
    assert bad == 0
    assert peak < 300
