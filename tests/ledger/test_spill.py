"""What a killed process put aside is removed; what a living one does is not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from rapport.ledger.spill import clear_spill, own_folder

OTHER = (
    "import sys, time, pathlib; from rapport.ledger.spill import own_folder\n"
    "print(own_folder(pathlib.Path(sys.argv[1])), flush=True); time.sleep(60)"
)


def other(home: Path) -> tuple["subprocess.Popen[str]", Path]:
    words = [sys.executable, "-c", OTHER, str(home)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_a_process_has_one_folder_of_its_own(tmp_path: Path) -> None:
    assert own_folder(tmp_path) == own_folder(tmp_path)
    assert own_folder(tmp_path).parent == tmp_path / "spill"


def test_the_living_keep_theirs_and_the_dead_do_not(tmp_path: Path) -> None:
    process, folder = other(tmp_path)
    (folder / "words").write_text("I am Ana")
    assert (clear_spill(tmp_path), folder.exists()) == (0, True)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert (clear_spill(tmp_path), folder.exists()) == (1, False)


def test_where_nothing_was_put_aside_nothing_is_removed(tmp_path: Path) -> None:
    assert clear_spill(tmp_path) == 0
