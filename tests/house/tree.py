"""The checkout as the house tests see it: rooms, files that belong to it, functions."""

import ast
import configparser
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "rapport"
LIBRARIES = {"kernel", "methods"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, in the repository."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in sorted(set(told.stdout.splitlines())))
    return tuple(path for path in paths if path.is_file())


def named(path: Path) -> str:
    """The path as people write it, from the checkout's root."""
    return path.relative_to(ROOT).as_posix()


def python_files(*folders: str) -> list[Path]:
    """Our Python files below the folders of the checkout, without Django's migrations."""
    roots = [ROOT / folder for folder in folders]
    return [
        path
        for path in project_files()
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and any(path.is_relative_to(root) for root in roots)
    ]


@cache
def parsed(path: Path) -> ast.Module:
    """The file as a tree."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """All functions with their dotted names, inner ones too."""

    def below(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield prefix + child.name, child
            inside = prefix
            if isinstance(child, Function | ast.ClassDef):
                inside = f"{prefix}{child.name}."
            yield from below(child, inside)

    yield from below(tree, "")


def body_lines(function: Function) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def rooms() -> set[str]:
    """Folders of the package that hold code."""
    return {path.parent.name for path in SOURCE.glob("*/__init__.py")}


def placed_rooms() -> list[str]:
    """Rooms in the order of the import contract, the highest first."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    layers = contracts["importlinter:contract:layers"]["layers"]
    return [name.strip("() ") for name in layers.split() if name.strip()]


def rooms_told() -> list[str]:
    """Rooms of the table in ARCHITECTURE.md, in its order."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    table = text.split("| room |")[1].split("\n\n")[0]
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


def documents() -> str:
    """All words of the documents, one after the other."""
    pages = [path for path in project_files() if path.suffix == ".md"]
    return "\n".join(path.read_text("utf-8") for path in pages)
