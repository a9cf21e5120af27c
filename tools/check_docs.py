"""`make docs`: links between documents lead somewhere, commands named exist, locks name no host."""

import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from rapport.web.cli import commands

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
MAKE = re.compile(r"`(?:[A-Z]+=\S+ )*make ([a-z-]+)")
COMMAND = re.compile(r"(?:`|^\s*\$? ?)rapport (?:--home \S+ )?([a-z]+)", re.MULTILINE)


def main() -> int:
    """Say each thing that is wrong in a line; 0 when there is none, 1 otherwise."""
    files = _tracked()
    pages = [ROOT / name for name in files if name.endswith(".md")]
    wrong = [line for page in pages for line in _wrong_in(page)]
    wrong += [
        f"{name}: a lock file names an address" for name in files if _names_address(ROOT / name)
    ]
    for line in wrong:
        sys.stderr.write(line + "\n")
    told = f"{len(pages)} pages read, {len(wrong)} wrong."
    sys.stderr.write(told + "\n")
    return 1 if wrong else 0


def _wrong_in(page: Path) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT)
    for link in LINK.findall(text):
        inside = "://" not in link and not link.startswith("mailto:")
        if inside and not (page.parent / link).exists():
            yield f"{name}: the link {link} leads nowhere"
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for target in sorted(set(MAKE.findall(text)) - targets):
        yield f"{name}: there is no `make {target}`"
    for command in sorted(set(COMMAND.findall(text)) - _commands()):
        yield f"{name}: there is no command `rapport {command}`"


def _commands() -> set[str]:
    return {module.name.rstrip("_") for module in pkgutil.iter_modules(commands.__path__)}


def _names_address(path: Path) -> bool:
    return path.suffix == ".lock" and "://" in path.read_text(encoding="utf-8")


def _tracked() -> list[str]:
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.splitlines()


if __name__ == "__main__":
    sys.exit(main())
