"""The commands of docs/walkthrough-sfo.md print what the page shows."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "walkthrough-sfo.md").read_text("utf-8")
BLOCKS = re.findall(r"```console\n\$ rapport (.*?)\n(.*?)```", PAGE, re.DOTALL)


def test_the_walk_can_be_walked(shared: Path, tmp_path: Path) -> None:
    shutil.copy(shared / "data" / "sfo_survey" / "sfo_2017.csv.gz", tmp_path)
    (tmp_path / "mappings").symlink_to(ROOT / "mappings")
    environment = {**os.environ, "RAPPORT_HOME": str(tmp_path / "store"), "COLUMNS": "100"}
    assert len(BLOCKS) > 8
    for words, shown in BLOCKS:
        run = subprocess.run(
            [sys.executable, "-m", "rapport", *shlex.split(words)],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env=environment,
        )
        assert [line.rstrip() for line in run.stdout.splitlines()] == shown.strip(
            "\n"
        ).splitlines(), words
