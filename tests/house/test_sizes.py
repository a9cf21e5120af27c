"""Small enough to see. Recorded exceptions may only shrink, and go when they are not needed."""

import json

from .tree import ROOT, body_lines, functions, named, parsed, python_files

BODY_LINES = 40
FILE_LINES = 400
EXCEPTIONS = ROOT / "tests" / "house" / "exceptions.json"
FOLDERS = ("src", "tests", "tools", "bench")


def test_functions_fit_on_a_screen() -> None:
    bodies = {
        f"{named(path)}::{name}": body_lines(function)
        for path in python_files(*FOLDERS)
        for name, function in functions(parsed(path))
    }
    _holds(bodies, BODY_LINES, "bodies")


def test_files_can_be_read_in_one_go() -> None:
    files = {
        named(path): len(path.read_text("utf-8").splitlines()) for path in python_files(*FOLDERS)
    }
    _holds(files, FILE_LINES, "files")


def _holds(found: dict[str, int], limit: int, what: str) -> None:
    recorded: dict[str, int] = json.loads(EXCEPTIONS.read_text("utf-8"))[what]
    too_long = {
        name: f"{count} lines, at most {recorded.get(name, limit)}"
        for name, count in found.items()
        if count > recorded.get(name, limit)
    }
    assert not too_long, "cut these up; the record of exceptions is not to grow"
    loose = {
        name: f"recorded {most}, now {found.get(name, 0)}"
        for name, most in recorded.items()
        if found.get(name, 0) < most
    }
    assert not loose, f"well done: lower or remove these in {named(EXCEPTIONS)}"
