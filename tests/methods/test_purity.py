"""The room stays light: importing all of it brings no engine and no framework along."""

import subprocess
import sys
from pathlib import Path

import rapport.methods

ROOM = Path(rapport.methods.__file__).parent
HEAVY = (
    "django",
    "pandas",
    "statsmodels",
    "duckdb",
    "sqlglot",
    "pyarrow",
    "scipy.stats",
    "scipy.special",
)


def test_importing_every_method_brings_nothing_heavy_along() -> None:
    names = sorted(path.stem for path in ROOM.glob("*.py") if path.stem != "__init__")
    lines = ["import sys", *(f"import rapport.methods.{name}" for name in names)]
    lines.append(f"print([name for name in {HEAVY} if name in sys.modules])")
    ran = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOM.parents[1],
    )
    assert "nps" in names
    assert ran.stdout.strip() == "[]"
