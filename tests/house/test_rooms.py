"""The rooms: placed, described, entered through one door."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from .tree import LIBRARIES, ROOT, SOURCE, named, parsed, placed_rooms, rooms, rooms_told

README_LINES = 30
DOOR_LINES = 300
DOORS = sorted(SOURCE.glob("*/api.py"))


def test_every_room_has_its_place_in_the_import_contract() -> None:
    assert rooms() == set(placed_rooms()), "mend `layers` in .importlinter"


def test_architecture_lists_the_rooms_in_the_order_of_the_contract() -> None:
    assert rooms_told() == placed_rooms(), "mend the table of rooms in ARCHITECTURE.md"


def test_the_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    if not program.exists():
        pytest.skip("import-linter is not installed beside this Python")
    told = subprocess.run(
        [program, "--no-logo"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("room", sorted(rooms()))
def test_a_room_introduces_itself_briefly(room: str) -> None:
    readme = SOURCE / room / "README.md"
    assert readme.is_file(), f"write {named(readme)}: what the room is for, where to start"
    count = len(readme.read_text("utf-8").splitlines())
    assert count <= README_LINES, f"{named(readme)}: {count} lines, at most {README_LINES}"


@pytest.mark.parametrize("room", sorted(rooms()))
def test_tests_mirror_the_rooms(room: str) -> None:
    assert list((ROOT / "tests" / room).rglob("test_*.py")), f"there is no test in tests/{room}"


@pytest.mark.parametrize("door", DOORS, ids=named)
def test_a_door_lists_all_it_offers_in_order(door: Path) -> None:
    offered = _offered(parsed(door))
    assert offered == sorted(offered, key=_as_ruff_sorts), f"sort __all__ of {named(door)}"
    unlisted = sorted(_defined(parsed(door)) - set(offered))
    assert not unlisted, f"{named(door)}: list {unlisted} in __all__ or begin them with _"
    unknown = sorted(set(offered) - _bound(parsed(door)))
    assert not unknown, f"{named(door)}: __all__ promises {unknown}"


@pytest.mark.parametrize("door", DOORS, ids=named)
def test_a_door_stays_small(door: Path) -> None:
    count = len(door.read_text("utf-8").splitlines())
    assert count <= DOOR_LINES, f"{named(door)}: {count} lines, at most {DOOR_LINES}"


def test_libraries_have_no_door() -> None:
    doors = {door.parent.name for door in DOORS}
    assert not doors & LIBRARIES, "every module of kernel and methods is public"


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions (RUF022)."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def _offered(tree: ast.Module) -> list[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and _names(node) == {"__all__"}:
            found = ast.literal_eval(node.value)
            return [str(name) for name in found]
    return []


def _defined(tree: ast.Module) -> set[str]:
    """Public names that the module itself makes."""
    made: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made.add(node.name)
        made |= _names(node)
    return {name for name in made if not name.startswith("_")}


def _bound(tree: ast.Module) -> set[str]:
    """Public names of the module, imported ones too."""
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        for alias in node.names
    }
    return _defined(tree) | imported


def _names(node: ast.stmt) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}
