"""Documents that cannot go stale, because they are compared with what is there."""

import pkgutil
import re
from dataclasses import fields
from pathlib import Path

import pytest

from rapport.kernel.figures import Figure
from rapport.web.cli import commands
from tools import reference

from .tree import ROOT, documents, named, project_files, python_files

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
HEADINGS = ["Context", "Decision", "Consequences", "Rejected alternatives"]
CHANGES = sorted((ROOT / "docs" / "changes").glob("*.md"))
MAP_LINES = 200


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_tells_what_else_was_possible(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith(f"# {path.name[:4]} "), "the title begins with the number"
    assert re.search(r"^Status: (accepted|replaced by \d{4}), \w+ \d{4}$", text, re.MULTILINE)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


@pytest.mark.parametrize("path", CHANGES, ids=lambda path: path.stem)
def test_a_change_is_told_by_kind(path: Path) -> None:
    if path.name == "README.md":
        return
    assert re.fullmatch(r"[a-z0-9-]+\.(added|changed|fixed|removed)\.md", path.name)
    assert path.read_text("utf-8").strip()


def test_the_map_can_be_read_in_one_go() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= MAP_LINES


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"])
def test_paths_that_a_page_names_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    paths = re.findall(r"`((?:src|docs|tests|mappings|requirements)/[\w./-]+)`", text)
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert not missing, f"{page} leads nowhere"


def test_every_page_can_be_reached_from_the_front() -> None:
    waiting, seen = [ROOT / "README.md", ROOT / "docs" / "README.md"], set[Path]()
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        if page.is_dir():
            waiting += page.glob("*.md")
        elif page.suffix == ".md":
            links = re.findall(r"\]\(([^):#\s]+)", page.read_text("utf-8"))
            waiting += [
                target for link in links if (target := (page.parent / link).resolve()).exists()
            ]
    pages = {path for path in project_files() if path.suffix == ".md" and "src" not in path.parts}
    assert not [named(page) for page in pages - seen if page not in CHANGES], "link these"


def test_lock_files_name_no_address() -> None:
    locks = list((ROOT / "requirements").glob("*.lock"))
    assert locks
    assert not [named(lock) for lock in locks if "://" in lock.read_text("utf-8")]


def test_every_setting_is_documented() -> None:
    found = {
        name
        for path in python_files("src")
        for name in re.findall(r"[\"'](RAPPORT_[A-Z_]+)[\"']", path.read_text("utf-8"))
    }
    text = documents()
    assert not sorted(name for name in found if name not in text)


@pytest.mark.parametrize("page", reference.pages(), ids=lambda page: page.stem)
def test_a_reference_page_is_what_the_program_says(page: Path) -> None:
    assert page.read_text("utf-8") == reference.fresh(page), "run python -m tools.reference"


def test_every_field_of_a_figure_is_documented() -> None:
    text = (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8")
    assert not [field.name for field in fields(Figure) if f"`{field.name}`" not in text]


def test_front_page_and_recipes_name_commands_that_exist() -> None:
    names = _commands()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for page in (path for path in project_files() if path.suffix == ".md"):
        blocks = re.findall(r"^(?: {4}|\$ )((?:make|rapport) .*)$", page.read_text("utf-8"), re.M)
        for line in blocks:
            program, *rest = re.sub(r"--home \S+ ", "", line).split()
            known = names if program == "rapport" else targets
            word = next((w for w in rest if "=" not in w and not w.startswith("-")), None)
            assert word is None or word in known, f"{named(page)}: {line}"


def _commands() -> set[str]:
    return {module.name.rstrip("_") for module in pkgutil.iter_modules(commands.__path__)}
