"""Sentences that the rooms below the web say, read from their source.

Those rooms know no language, so nothing marks their words. What can reach a page is known by
where it stands: in an error, in what a definition says of itself, in what a function that makes
notes returns. A sentence made of parts is taken with `{name}` for each part.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src" / "rapport"
# Commands, servers and copies speak with who runs the machine, the API with programs.
_UNSEEN = (
    *("demo", "web/cli", "web/archive.py", "web/backing_up.py", "web/restoring.py"),
    *("web/remote.py", "web/notebook.py", "web/frames.py", "web/serve", "web/secret.py"),
    *("web/rest", "web/contract", "web/django_setup.py", "web/settings.py", "web/outside.py"),
    *("ledger/engines/opening.py", "ledger/engines/s", "ledger/relational/refilling.py"),
    *("ledger/annotations.py", "methods"),
    *("listening/tracking/door.py", "listening/tracking/parcels.py", "measures/portable.py"),
    "__init__.py",
)
# Where sentences stand besides errors: which argument of which call, what which function returns.
_ARGUMENTS = {"Fit": 1, "Times": 1, "fail": 1, "left_out": 1, "notes.append": 0, "said.append": 0}
_ARGUMENTS |= {"Fault": -1, "Rejection": -2, "Check": -1}
_TABLES = frozenset({"_OTHERS", "notes"})
_RETURNS = frozenset({"_note", "did_you_mean", "left_out", "happened", "marked", "_end"}) | {
    "_guess",
    "__str__",
}
_NAMED = frozenset({"expected", "hint", "reason"})
_WORDS = re.compile(r"[A-Za-z]{2,}")
# A single word is taken for a key or a name, but for these.
_SHORT = frozenset({"found"})
_CODE = re.compile(
    r"^(\W* AS |SELECT |NOT \(|not $)|<>| IS N|^(\W*null|map|\W+column) = |^\{ "
    r"|^ (in|is|not|between)\b"
)
_COMMENT = re.compile(r"  # (.+)")


def sayings() -> Iterator[str]:
    """All sentences that may reach a page; some more than once."""
    for path in sorted(SOURCE.rglob("*.py")):
        if not str(path.relative_to(SOURCE)).startswith(_UNSEEN):
            module = _Module(ast.parse(path.read_text("utf-8")))
            yield from (one for one in module.sayings() if _is_sentence(one))
            yield from module.words_of_audit()


def _is_sentence(source: str) -> bool:
    own = re.sub(r"\{\w+\}", "", source)
    has_words = bool(_WORDS.search(own)) or "{reason}." in source
    if source != source.strip():
        return False  # a piece of a sentence
    return source in _SHORT or (" " in source and has_words and not _CODE.search(own))


class _Module:
    """The sentences of one module."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._named: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self._named.setdefault(node.targets[0].id, []).append(node.value)
        self._functions = {
            node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
        }

    def sayings(self) -> Iterator[str]:
        for node in ast.walk(self._tree):
            match node:
                case ast.Call():
                    for one in _said_in(node):
                        yield from self._texts(one)
                case ast.FunctionDef(name=name) if name in _RETURNS:
                    yield from self._returned(node)
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in _TABLES:
                    yield from self._listed(value)
                case ast.JoinedStr() | ast.Constant() if "  # " in _source_of(node):
                    yield from (*self._parts(node), *_COMMENT.findall(_source_of(node)))

    def _listed(self, table: ast.expr) -> Iterator[str]:
        for one in ast.walk(table) if isinstance(table, ast.List | ast.Tuple) else ():
            if isinstance(one, ast.JoinedStr | ast.Constant):
                yield from self._texts(one)

    def words_of_audit(self) -> Iterator[str]:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and _name(node.func) == "Act":
                yield from (one for one in _words_of_act(node) if one and "{" not in one)

    def _texts(self, node: ast.expr) -> Iterator[str]:
        """The sentences that an expression can come to, as far as they stand in this module."""
        match node:
            case ast.Constant(value=str()) | ast.JoinedStr() | ast.BinOp(op=ast.Add()):
                yield _source_of(node)
                yield from self._parts(node)
            case ast.IfExp() | ast.BoolOp() | ast.Tuple():
                for one in _alternatives(node):
                    yield from self._texts(one)
            case ast.Name(id=name):
                for one in self._named.pop(name, ()):
                    yield from self._texts(one)
            case ast.Call(func=ast.Name(id=name)) if name in self._functions:
                yield from self._returned(self._functions.pop(name))

    def _parts(self, node: ast.expr) -> Iterator[str]:
        """What a sentence's parts can come to, where they are sentences themselves."""
        for one in _pieces(node):
            if isinstance(one, ast.Name):
                yield from self._texts(one)

    def _returned(self, function: ast.FunctionDef) -> Iterator[str]:
        for node in ast.walk(function):
            if isinstance(node, ast.Constant) and "{}" in str(node.value):
                yield str(node.value).replace("{}", "{part}")
            if isinstance(node, ast.Return) and node.value is not None:
                yield from self._texts(node.value)


def _words_of_act(call: ast.Call) -> Iterator[str]:
    """Verb, kind and names of details of a line of the audit."""
    for one in call.args[:2]:
        yield _source_of(one).replace("_", " ")
    for one in ast.walk(call):
        if isinstance(one, ast.Dict):
            yield from (_source_of(key).replace("_", " ") for key in one.keys if key)


def _alternatives(node: ast.IfExp | ast.BoolOp | ast.Tuple) -> list[ast.expr]:
    """What an expression can come to; of a pair the last says why."""
    match node:
        case ast.IfExp(body=one, orelse=other):
            return [one, other]
        case ast.BoolOp(values=several):
            return several
        case _:
            return node.elts[-1:]


def _said_in(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that are sentences."""
    name = ast.unparse(call.func).removeprefix("self.")
    place = 0 if name.endswith("Error") else _ARGUMENTS.get(name)
    if place is not None and len(call.args) > max(place, -place - 1):
        yield call.args[place]
    if place is not None:
        yield from (one.value for one in call.keywords if one.arg in _NAMED)
        yield from (
            one.value
            for one in call.keywords
            if one.arg == "got" and isinstance(one.value, ast.JoinedStr)
        )


def _source_of(node: ast.expr) -> str:
    """A text with `{name}` for each part; a name that comes again has a number."""
    names: list[str] = []
    pieces = []
    for one in _pieces(node):
        if isinstance(one, str):
            pieces.append(one)
            continue
        name = _name(one).strip("_").lower() or "part"
        names.append(name)
        count = names.count(name)
        pieces.append(f"{{{name}{count if count > 1 else ''}}}")
    return "".join(pieces)


def _pieces(node: ast.expr) -> Iterator[str | ast.expr]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Constant():
            return
        case ast.JoinedStr(values=several):
            for one in several:
                yield from _pieces(one)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from (*_pieces(left), *_pieces(right))
        case ast.FormattedValue(value=value):
            yield value
        case _:
            yield node


def _name(node: ast.expr) -> str:
    """What a part is best called: the last name it is reached by."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=" or "), attr="join")):
            return f"{_name(node.args[0])}_or"
        case ast.Call(args=[first, *_]) if not isinstance(first, ast.Constant):
            return _name(first)
        case ast.Call(func=func):
            return _name(func)
        case ast.Attribute(value=value, attr=name):
            return _name(value) if name in ("name", "replace", "lower", "value") else name
        case ast.Subscript(value=value) | ast.BinOp(left=value) | ast.Starred(value=value):
            return _name(value)
    return "part"
