"""A mapping is read from TOML: every complaint names the document and the place in it."""

import tomllib
from collections.abc import Collection
from collections.abc import Mapping as Table
from dataclasses import fields
from pathlib import Path
from typing import Any

from rapport.kernel.errors import MappingError, did_you_mean
from rapport.kernel.scales import SCALES
from rapport.ledger.api import MAPPED_FIELDS, known_kinds
from rapport.listening.files.rows import FileOptions
from rapport.listening.mapping.model import RECORDS, Item, Mapping, Rule, Shift, Value

_UNITS = ("seconds", "minutes", "hours", "days", "weeks", "months", "years", "clock")
_ELSE = ("reject", "keep", "none")


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises:
        MappingError: it is not there, not TOML, or not a mapping; the message says where and what
            would be right.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        near = sorted(p.name for p in path.parent.glob("*.toml")) if path.parent.is_dir() else []
        raise MappingError(
            f"There is no mapping {path}", hint=did_you_mean(path.name, near) if near else None
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"The mapping {path} cannot be read", got=str(error)) from error
    return parse_mapping(text, name=path.name)


def parse_mapping(text: str, name: str = "mapping") -> Mapping:
    """Read a mapping from TOML text.

    Raises:
        MappingError: as for `load_mapping`.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{name} is not TOML", got=str(error)) from error
    return _Reader(name).mapping(given, text)


_TOP = {"record", "source", "id", "revises", "skip", "future", "file"} | {
    *("fields", "properties", "rule", "items"),
}
_FILE = {f.name for f in fields(FileOptions)} | {"zone", "decimal"}
_SOURCES = ("column", "value", "template", "first", "product", "sum", "difference")
_VALUE = {
    *_SOURCES,
    "null",
    "strip",
    "lower",
    "map",
    "else",
    "default",
    "namespace",
    "times",
    "plus",
} | {
    "format",
    "zone",
    "add",
    "subtract",
}


_CLOSED: dict[str, Collection[str]] = {
    "kind": known_kinds(),
    "scale": SCALES,
    "direction": ("inbound", "outbound"),
}


class _Reader:
    """Reads one TOML document; every complaint names the document and the place."""

    def __init__(self, name: str) -> None:
        self.name = name

    def fail(self, place: str, message: str, **more: Any) -> MappingError:
        return MappingError(f"{self.name}, {place}: {message}", **more)

    def known(self, place: str, given: Table[str, Any], allowed: set[str]) -> None:
        for key in given:
            if key not in allowed:
                raise self.fail(
                    place, f"{key!r} means nothing here", hint=did_you_mean(key, allowed)
                )

    def text(self, place: str, given: Any) -> str:
        if not isinstance(given, str) or not given:
            raise self.fail(place, "text was expected", got=repr(given))
        return given

    def texts(self, place: str, given: Any) -> tuple[str, ...]:
        found = [given] if isinstance(given, str) else given
        if not isinstance(found, list) or not all(isinstance(x, str) for x in found):
            raise self.fail(place, "a text or a list of texts was expected", got=repr(given))
        return tuple(found)

    def table(self, place: str, given: Any) -> dict[str, Any]:
        if not isinstance(given, dict):
            raise self.fail(place, "a table was expected", got=repr(given))
        return given

    def flag(self, place: str, given: Any) -> bool:
        if not isinstance(given, bool):
            raise self.fail(place, "true or false was expected", got=repr(given))
        return given

    def mapping(self, given: dict[str, Any], text: str) -> Mapping:
        self.known("at the top", given, _TOP)
        record = given.get("record", "interactions")
        if record not in RECORDS:
            raise self.fail("record", "no such record", got=record, expected=", ".join(RECORDS))
        file = self.table("[file]", given.get("file", {}))
        self.known("[file]", file, _FILE)
        people = record != "interactions"
        return Mapping(
            record=record,
            source=self.text("source", given.get("source", record if people else None)),
            id=self.texts("id", given.get("id", [])),
            revises=self.revises(given, record),
            skip=self.text("skip", given["skip"]) if "skip" in given else None,
            future=self.flag("future", given.get("future", False)),
            zone=self.text("[file] zone", file["zone"]) if "zone" in file else None,
            decimal=self.decimal(file.get("decimal", ".")),
            file=self.options(file),
            rules=() if people else self.rules(given),
            people=self.people(record, given) if people else {},
            text=text,
        )

    def revises(self, given: dict[str, Any], record: str) -> bool:
        if not self.flag("revises", given.get("revises", False)):
            return False
        if record != "interactions":
            raise self.fail(
                "revises",
                "it is for interactions",
                got=record,
                hint="Leave it out: a row about people always brings their record up to date.",
            )
        if not given.get("id"):
            raise self.fail(
                "revises",
                "nothing says which row replaces which",
                hint='Add `id = ["COLUMN"]`, what names a row for ever; without an id a row with '
                "other content is another row.",
            )
        return True

    def decimal(self, given: Any) -> str:
        if given not in (".", ","):
            raise self.fail("[file] decimal", "a point or a comma was expected", got=repr(given))
        return str(given)

    def options(self, file: dict[str, Any]) -> FileOptions:
        options = {key: value for key, value in file.items() if key not in ("zone", "decimal")}
        if "null" in options:
            options["null"] = ("", *self.texts("[file] null", options["null"]))
        for key, value in options.items():
            wanted = int if key == "header_row" else tuple if key == "null" else str
            if not isinstance(value, wanted):
                raise self.fail(f"[file] {key}", f"{wanted.__name__} was expected", got=repr(value))
        return FileOptions(**options)

    def rules(self, given: dict[str, Any]) -> tuple[Rule, ...]:
        shared = self.values("[fields]", given.get("fields", {}))
        common = self.properties("properties", given.get("properties"))
        blocks = given.get("rule", [{}])
        if not isinstance(blocks, list) or not blocks:
            raise self.fail("[[rule]]", "one or more [[rule]] blocks were expected")
        if "items" in given and "rule" in given:
            raise self.fail("[items]", "put the items into one of the rules: [rule.items]")
        rules = []
        for number, block in enumerate(blocks, 1):
            place = f"[[rule]] {number}"
            own = {k: v for k, v in block.items() if k not in ("when", "items", "properties")}
            merged = {**shared, **self.values(place, own)}
            properties = self.properties(place, block.get("properties"))
            rule = Rule(
                when=self.text(f"{place} when", block["when"]) if "when" in block else None,
                fields=merged,
                properties=common if properties is None else properties,
                items=self.items(place, block.get("items", given.get("items", {}))),
            )
            self.complete(place, rule)
            rules.append(rule)
        return tuple(rules)

    def complete(self, place: str, rule: Rule) -> None:
        for name in ("occurred_at", "kind"):
            everywhere = name in rule.fields or (
                rule.items and all(name in item.fields for item in rule.items)
            )
            if not everywhere:
                raise self.fail(
                    place,
                    f"nothing says {name}",
                    hint=f'Add `{name} = "COLUMN"` to [fields], or `{name} = {{ value = "..." }}`.',
                )

    def check_words(self, place: str, values: Table[str, Value]) -> None:
        """Words of the mapping itself for fields with a closed list; a typo is told at once."""
        for name, known in _CLOSED.items():
            value = values.get(name, Value())
            for word in (value.value, value.default, *value.map.values()):
                if word is not None and word not in known:
                    hint = did_you_mean(word, known)
                    raise self.fail(f"{place} {name}", f"there is no {name} {word!r}", hint=hint)

    def items(self, place: str, given: Any) -> tuple[Item, ...]:
        found = []
        for column, block in self.table(f"{place} items", given).items():
            own = self.table(f"{place} items {column}", block)
            null = {"null": own["null"]} if "null" in own else {}
            rest = {k: v for k, v in own.items() if k != "null"}
            constants = {k: {"value": v} if isinstance(v, str) else v for k, v in rest.items()}
            values = self.values(f"{place} items {column}", constants)
            values.setdefault("item", Value(value=column))
            if "score" not in values and "text" not in values:
                values["score"] = self.value(f"{place} items {column}", {"column": column, **null})
            found.append(Item(column, values))
        return tuple(found)

    def values(self, place: str, given: Any) -> dict[str, Value]:
        table = self.table(place, given)
        allowed = {name for name in MAPPED_FIELDS if name != "source"}
        self.known(place, table, allowed)
        values = {name: self.value(f"{place} {name}", value) for name, value in table.items()}
        self.check_words(place, values)
        return values

    def people(self, record: str, given: dict[str, Any]) -> dict[str, Value]:
        if "rule" in given or "items" in given:
            raise self.fail("[[rule]]", f"{record} have [fields] only")
        table = self.table("[fields]", given.get("fields", {}))
        flat: dict[str, Any] = {}
        for name, value in table.items():
            if name in ("identifier", "trait", "consent") and isinstance(value, dict):
                flat.update({f"{name}:{inner}": v for inner, v in value.items()})
            else:
                flat[name] = value
        for column in self.texts("properties", given.get("properties", [])):
            flat.setdefault(f"trait:{column}", column)
        if "key" not in flat:
            raise self.fail("[fields]", "nothing says key", hint='Add `key = "COLUMN"`.')
        return {name: self.value(f"[fields] {name}", value) for name, value in flat.items()}

    def value(self, place: str, given: Any) -> Value:
        if isinstance(given, str):
            return Value(column=given)
        if isinstance(given, int | float | bool):
            raise self.fail(
                place,
                "a column or a table was expected",
                got=repr(given),
                hint=f'A constant is written {{ value = "{given}" }}.',
            )
        table = self.table(place, given)
        self.known(place, table, _VALUE)
        self.one_source(place, table)
        read: dict[str, Any] = {}
        for names, reader in (
            (("first", "product", "sum", "difference", "null"), self.texts),
            (("column", "template", "strip", "namespace", "format", "zone"), self.text),
            (("times", "plus"), self.number),
        ):
            read.update({n: reader(f"{place} {n}", table[n]) for n in names if n in table})
        read.update({n: _constant(table[n]) for n in ("value", "default") if n in table})
        return Value(
            **read,
            lower=self.flag(f"{place} lower", table.get("lower", False)),
            map=self.constants(f"{place} map", table.get("map", {})),
            otherwise=self.otherwise(place, table),
            shift=self.shift(place, table),
        )

    def one_source(self, place: str, table: Table[str, Any]) -> None:
        named = [name for name in _SOURCES if name in table]
        if len(named) != 1:
            raise self.fail(
                place,
                "exactly one source was expected",
                got=", ".join(named) or "none",
                expected=" or ".join(_SOURCES),
            )

    def number(self, place: str, given: Any) -> float:
        if isinstance(given, bool) or not isinstance(given, int | float):
            raise self.fail(place, "a number was expected", got=repr(given))
        return float(given)

    def constants(self, place: str, given: Any) -> dict[str, str]:
        return {str(key): _constant(value) for key, value in self.table(place, given).items()}

    def otherwise(self, place: str, table: dict[str, Any]) -> str:
        word = table.get("else", "reject")
        if word not in _ELSE:
            raise self.fail(
                f"{place} else", "no such choice", got=repr(word), expected=", ".join(_ELSE)
            )
        return str(word)

    def shift(self, place: str, table: dict[str, Any]) -> Shift | None:
        for name, sign in (("add", 1), ("subtract", -1)):
            if name not in table:
                continue
            span = self.table(f"{place} {name}", table[name])
            self.known(f"{place} {name}", span, {"column", "number", "unit"})
            if span.get("unit") not in _UNITS:
                raise self.fail(
                    f"{place} {name}",
                    "no such unit",
                    got=repr(span.get("unit")),
                    expected=", ".join(_UNITS),
                )
            if "column" not in span and ("number" not in span or span["unit"] == "clock"):
                raise self.fail(f"{place} {name}", "a column was expected, or a number of units")
            return Shift(span.get("column"), span.get("number"), span["unit"], sign)
        return None

    def properties(self, place: str, given: Any) -> dict[str, str] | None:
        if given is None:
            return None
        if isinstance(given, dict):
            return {
                str(name): self.text(f"{place} {name}", column) for name, column in given.items()
            }
        return {column: column for column in self.texts(place, given)}


def _constant(given: Any) -> str:
    return str(given).lower() if isinstance(given, bool) else str(given)
