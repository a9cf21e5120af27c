"""The description of the API (OpenAPI 3.1): what the operations say, and what holds for all."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from rapport.web.contract.assembly import assembled
from rapport.web.contract.once import HEADER, KEY_PATTERN, LONGEST_KEY
from rapport.web.contract.problems import KINDS, MEDIA_TYPE

Tree = dict[str, Any]

_INTRODUCTION = """\
Everything that Rapport's pages can do. Send a token made at `/settings/tokens` as
`Authorization: Bearer TOKEN`. Errors are problem+json. Long answers come in pages: `next` is the
cursor of the one after. Every POST takes an `Idempotency-Key`, by which it is done once only.
"""
_ALWAYS = (400, 401, 404, 405, 422, 429, 500, 503)
_CHANGES = (403, 409, 413, 415)
_METHODS = ("get", "post", "put", "delete", "patch")


@cache
def described() -> Tree:
    """The whole description, as it is served and as the reference holds it."""
    tree: Tree = dict(assembled().get_openapi_schema(path_prefix="/api/v1/"))
    tree["info"]["description"] = _INTRODUCTION
    tree["paths"] = dict(sorted(tree["paths"].items()))
    for _, method, operation in operations(tree):
        _complete(operation, method, tree["components"]["schemas"])
    tree["components"]["schemas"]["Problem"] = _PROBLEM
    tree["components"]["securitySchemes"] = _WAYS_IN
    tree["security"] = [{"token": []}, {"session": []}]
    told: Tree = _plain(tree)
    return told


def operations(tree: Tree) -> Iterator[tuple[str, str, Tree]]:
    """Address, method and description of each operation."""
    for address, methods in tree["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield address, method, methods[method]


def families(tree: Tree) -> list[Tree]:
    """The operations by family, for a page: name, and of each its method, address and words."""
    found: dict[str, list[Tree]] = {}
    for address, method, operation in operations(tree):
        told = {**operation, "address": address, "method": method.upper()}
        found.setdefault(operation["tags"][0], []).append(told)
    return [{"name": name, "operations": told} for name, told in sorted(found.items())]


def _complete(operation: Tree, method: str, schemas: Tree) -> None:
    """Add what holds for every operation."""
    told = operation.get("description", "")
    operation["summary"] = told.split("\n")[0].rstrip(".")
    changes = method != "get"
    formats = operation["responses"].get(200, {}).get("content", {})
    statuses = {*_ALWAYS, *(_CHANGES if changes else ()), *((406,) if len(formats) > 1 else ())}
    for status in sorted(statuses):
        operation["responses"][status] = _problem_answer(status)
    if method == "post":
        operation.setdefault("parameters", []).append(_KEY)
    for media in _contents(operation):
        example = _example(media.get("schema", {}), schemas)
        if example is not None:
            media.setdefault("example", example)


def _contents(operation: Tree) -> Iterator[Tree]:
    """The parts of an operation that have a schema and can show an example."""
    for body in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from body.get("content", {}).values()


def _example(schema: Tree, schemas: Tree) -> Any:
    """An example of a schema: its own, or one made of its parts; None where there is none."""
    if "$ref" in schema:
        return _example(schemas.get(schema["$ref"].rpartition("/")[2], {}), schemas)
    if schema.get("examples"):
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    if schema.get("type") == "array":
        one = _example(schema.get("items", {}), schemas)
        return None if one is None else [one]
    if "properties" in schema:
        parts = {name: _example(one, schemas) for name, one in schema["properties"].items()}
        return parts if any(part is not None for part in parts.values()) else None
    return None


def _problem_answer(status: int) -> Tree:
    titles = [kind.title for kind in KINDS.values() if kind.status == status]
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": " ".join(titles), "content": content}


def _plain(value: Any) -> Any:
    """The tree as JSON has it: names are text."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


_PROBLEM: Tree = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Address of the kind's description."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened to this request."},
        "got": {"type": "string"},
        "expected": {"type": "string"},
        "hint": {"type": "string", "description": "What to do next."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
    "examples": [
        {
            "type": "/api/#unknown",
            "title": KINDS["unknown"].title,
            "status": 404,
            "detail": "There is no measure 'npss'",
            "hint": "Did you mean nps?",
        }
    ],
}
_WAYS_IN: Tree = {
    "token": {"type": "http", "scheme": "bearer", "description": "Made at /settings/tokens."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "rapport_session",
        "description": "Of somebody signed in; changes need the header X-CSRFToken too.",
    },
}
_KEY: Tree = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Names this request: sent again within a day, it is not done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": KEY_PATTERN},
}
