"""Names and words that mean nothing, or promise what nobody keeps."""

import ast
import re
from pathlib import Path

from .tree import ROOT, named, parsed, project_files, python_files

# A name that could hold anything will, and nobody finds anything in it.
EMPTY_NAMES = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
# Joined here, so that this file does not contain what it looks for.
NEVER = "FIX" + "ME"
LATER = re.compile("TO" + r"DO(?!\(#\d+\))")
HOMES = re.compile(r"(?<![\w.:/])/(?:home|Users|root)/\w")
TEXT = {".cfg", ".css", ".html", ".ini", ".json", ".md", ".py", ".sh", ".sql", ".svg", ".toml", ""}


def _texts() -> dict[Path, str]:
    return {
        path: path.read_text("utf-8")
        for path in project_files()
        if path.suffix in TEXT and path.name != "LICENSE"
    }


def test_no_file_or_class_has_an_empty_name() -> None:
    files = [named(p) for p in python_files("src", "tests", "tools") if p.stem in EMPTY_NAMES]
    classes = [
        f"{named(path)}: {node.name}"
        for path in python_files("src")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef)
        and any(node.name.lower().endswith(name) for name in EMPTY_NAMES)
    ]
    assert not files + classes, "say what it holds or does"


def test_open_ends_carry_the_number_of_an_issue() -> None:
    loose = [
        f"{named(path)}:{number}"
        for path, text in _texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if path.suffix == ".py" and (NEVER in line or LATER.search(line))
    ]
    assert not loose, "mend it now, or write the issue's number in brackets: (#12)"


def test_no_path_of_a_single_machine_is_written_down() -> None:
    here = (f"{ROOT}/", f"{ROOT.parent / 'shared'}")
    found = [
        named(path)
        for path, text in _texts().items()
        if HOMES.search(text) or any(place in text for place in here)
    ]
    assert not found, "name the place relative to the checkout or to RAPPORT_HOME"


def test_the_package_never_prints() -> None:
    found = [
        f"{named(path)}:{node.lineno}"
        for path in python_files("src")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"print", "pprint", "breakpoint"}
    ]
    assert not found, "commands speak through click.echo; rooms return values"


def test_no_error_is_caught_without_a_name() -> None:
    found = [
        f"{named(path)}:{node.lineno}"
        for path in python_files("src", "tools")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert not found, "name what is expected to go wrong"


def test_imports_stand_at_the_top_of_a_file() -> None:
    found = [
        f"{named(path)}:{node.lineno}"
        for path in python_files("src/rapport")
        if path.name != "apps.py"
        for function in ast.walk(parsed(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and not _is_granted(path, node)
    ]
    assert not found, "what a file needs is told at its top; `# noqa: PLC0415 - why` grants one"


def test_no_room_reaches_another_behind_the_import_graph() -> None:
    found = [
        named(path)
        for path in python_files("src")
        if "get_model(" in path.read_text("utf-8") or 'import_module("rapport' in path.read_text()
        # The package itself offers `rapport.open`, late, so that the methods alone load quickly.
        if named(path) != "src/rapport/__init__.py"
    ]
    assert not found, "import the room's api; a registry of models hides who needs whom"


def _is_granted(path: Path, node: ast.Import | ast.ImportFrom) -> bool:
    line = path.read_text("utf-8").splitlines()[node.lineno - 1]
    return "noqa: PLC0415 - " in line
