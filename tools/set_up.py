"""Make `.venv` from a lock file, once, and say what is missing in one line.

`python3 tools/set_up.py run|dev`: does nothing (in a few milliseconds) when `.venv` was made here,
by this Python, from this very lock file. An interrupted set-up is simply continued by the next.
It must be readable by Pythons from 3.7 on, since it is what tells people that theirs is too old.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
NEWEST_TRIED = (3, 13)
ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LINES_OF_PIP_SHOWN = 15


def main() -> int:
    """Set up for `run` or `dev`; 0 when all is there, 2 with one clear line otherwise."""
    asked = sys.argv[1] if len(sys.argv) > 1 else "run"
    if sys.version_info[:2] < OLDEST or sys.version_info[:2] > NEWEST_TRIED:
        return _with_another_python(asked)
    try:
        _set_up(asked)
    except _SetUpError as trouble:
        return _say(str(trouble), 2)
    except KeyboardInterrupt:
        return _say("Set-up was stopped; the same command goes on from here.", 130)
    return 0


class _SetUpError(Exception):
    """What stops the set-up, in words for people."""


def _set_up(asked: str) -> None:
    key = _key(asked)
    if _stamped(key, asked):
        return
    if not _works():
        _make_venv()
    minutes = "about a minute" if asked == "run" else "about two minutes"
    _say(f"Setting up .venv from requirements/{asked}.lock, once, {minutes} ...")
    lock = str(ROOT / "requirements" / f"{asked}.lock")
    _pip("install", "--require-hashes", "--no-deps", "-r", lock)
    _pip("install", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT))
    # What `run` needs is part of `dev`, locked to the same versions.
    for name in ("run", "dev") if asked == "dev" else ("run",):
        _stamp(name).write_text(_key(name), encoding="ascii")
    _say("Set up.")


def _key(name: str) -> str:
    """Changes when the lock, the project's own metadata, the place or the Python change."""
    told = hashlib.sha256()
    for part in (ROOT / "requirements" / f"{name}.lock", ROOT / "pyproject.toml"):
        told.update(part.read_bytes())
    told.update(f"{ROOT} {sys.version_info[:2]}".encode())
    return told.hexdigest()


def _stamp(name: str) -> Path:
    return VENV / f"set-up-{name}"


def _stamped(key: str, name: str) -> bool:
    stamp = _stamp(name)
    return PYTHON.exists() and stamp.is_file() and stamp.read_text(encoding="ascii") == key


def _works() -> bool:
    """Whether `.venv` has a Python like ours that knows pip."""
    if not PYTHON.exists():
        return False
    asked = "import sys, pip; print(sys.version_info[:2])"
    told = _run(str(PYTHON), "-c", asked)
    return told.returncode == 0 and told.stdout.strip() == str(sys.version_info[:2])


def _make_venv() -> None:
    version = "{}.{}".format(*sys.version_info[:2])
    if _run(sys.executable, "-c", "import venv, ensurepip").returncode != 0:
        raise _SetUpError(
            f"Python {version} has no venv: install it (Debian, Ubuntu: apt install"
            f" python{version}-venv) and try again."
        )
    # A link or a leftover of another Python is replaced, never repaired.
    told = _run(sys.executable, "-m", "venv", "--clear", str(VENV))
    if told.returncode != 0:
        raise _SetUpError(f"The folder {VENV} cannot be made: {_last_line(told)}")


def _pip(*words: str) -> None:
    told = _run(str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *words)
    if told.returncode != 0:
        lines = (told.stdout + told.stderr).strip().splitlines()[-LINES_OF_PIP_SHOWN:]
        raise _SetUpError(
            "\n".join(lines)
            + "\npip could not install what Rapport needs (its last words are above):"
            " is the network there, and the disk not full? The same command tries again."
        )


def _with_another_python(asked: str) -> int:
    """Go on with a Python in range when there is one on the path; else say what to install."""
    for minor in range(NEWEST_TRIED[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        # A version manager's shim exists even where its Python does not.
        if found and _run(found, "-c", "import ensurepip, venv").returncode == 0:
            os.execv(found, [found, str(Path(__file__).resolve()), asked])  # noqa: S606
    return _say(
        "Rapport needs Python 3.11 to 3.13, and {} is {}.{}: install one (Debian 12, Ubuntu 24.04:"
        " apt install python3 python3-venv), or name yours: make run PY=/path/to/python3.12".format(
            sys.executable, *sys.version_info[:2]
        ),
        2,
    )


def _run(*words: str) -> "subprocess.CompletedProcess[str]":
    # Only words written above, and paths of our own. A person's pip settings stay in force.
    return subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603


def _last_line(told: "subprocess.CompletedProcess[str]") -> str:
    lines = (told.stderr or told.stdout or "no reason was given").strip().splitlines()
    return lines[-1]


def _say(line: str, code: int = 0) -> int:
    sys.stderr.write(line + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
