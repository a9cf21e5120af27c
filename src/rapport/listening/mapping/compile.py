"""A mapping becomes one SQL statement for a chunk of rows, run by DuckDB a column at a time.

Identifiers and texts from the mapping reach the statement only through `name_sql` and `text_sql`,
which quote them. For each field a rule yields the value and, where the row's own text cannot be
turned into it, a fault: the number of an entry in the list of faults.
"""

from collections.abc import Mapping as Table
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import expressions as exp

from rapport.kernel.errors import MappingError, did_you_mean
from rapport.kernel.filters import Expression, Vocabulary, parse, to_sql
from rapport.ledger.api import DRAFT_SCHEMA, Reason
from rapport.listening.mapping import times
from rapport.listening.mapping.model import OTHERWISE, Item, Mapping, Rule, Value, template_parts
from rapport.listening.mapping.quoting import cell_sql, name_sql, text_sql

_NUMBERS = {"score": "DOUBLE", "amount": "DECIMAL(18, 4)"}
_EXACT = "DECIMAL(18, 6)"
_YES = ("true", "t", "yes", "y", "1")
_NO = ("false", "f", "no", "n", "0")


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a row can fail to become an interaction."""

    reason: Reason
    field: str
    expected: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a mapping means for a file with given columns.

    Attributes:
        statement: gives drafts with `fault` and `got` from the relation `raw`, which has the
            file's columns, `row`, `line` and `key`.
        matched: SQL condition over `raw`: a rule says what the row is.
        aside: SQL condition over `raw`: the mapping leaves the row out.
        faults: what the numbers in `fault` mean.
        source: name that ids are unique in.
        identity: SQL over `raw` of the declared id, None where the content identifies.
    """

    statement: str
    matched: str
    aside: str
    faults: tuple[Fault, ...]
    source: str
    identity: str | None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file and their types."""

    types: dict[str, pa.DataType]

    def text(self, column: str) -> str:
        """SQL of a column as trimmed text, none where it is blank."""
        name = cell_sql(column)
        if column not in self.types or pa.types.is_null(self.types[column]):
            return "CAST(NULL AS VARCHAR)"
        if pa.types.is_string(self.types[column]) or pa.types.is_large_string(self.types[column]):
            return f"nullif(trim({name}), '')"
        if pa.types.is_floating(self.types[column]):
            # 12345.0 in a typed file is what a person would write as 12345.
            return (
                f"CASE WHEN {name} = floor({name}) AND abs({name}) < 1e15 "
                f"THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) ELSE CAST({name} AS VARCHAR) END"
            )
        return f"CAST({name} AS VARCHAR)"


def compile_mapping(mapping: Mapping, columns: Columns, zone: str) -> Plan:
    """The plan of a mapping for interactions.

    Args:
        mapping: with rules.
        columns: of the file.
        zone: the reporting zone, for times without one where the mapping names none.

    Raises:
        MappingError: it names a column the file has not; the message lists those there are.
        FilterError: a `when` or `skip` cannot be read.
    """
    check_columns(mapping, columns)
    compiler = Compiler(mapping, columns, mapping.zone or zone)
    conditions = compiler.conditions()
    selects = [
        select
        for number, (rule, condition) in enumerate(zip(mapping.rules, conditions, strict=True))
        for select in compiler.selects(number, rule, condition)
    ]
    return Plan(
        statement=" UNION ALL ".join(selects),
        matched=" OR ".join(f"({c})" for c in conditions),
        aside=compiler.skip(),
        faults=tuple(compiler.faults),
        source=mapping.source,
        identity=compiler.identity(),
    )


def check_columns(mapping: Mapping, columns: Columns) -> None:
    """Refuse a mapping that reads a column the file has not."""
    read: set[str] = set(mapping.id)
    for rule in mapping.rules:
        read.update(*(value.columns() for value in rule.fields.values()))
        read.update((rule.properties or {}).values())
        for item in rule.items:
            read.update([item.column], *(value.columns() for value in item.fields.values()))
    read.update(*(value.columns() for value in mapping.people.values()), [])
    missing = sorted(read - set(columns.types) - {"*"})
    if missing:
        raise MappingError(
            "The mapping reads columns that the file has not",
            got=", ".join(missing),
            hint=did_you_mean(missing[0], columns.types)
            if len(columns.types) > 40
            else "There are: " + ", ".join(columns.types) + ".",
        )


class Compiler:
    """Compiles the values of one mapping; collects the faults on the way."""

    def __init__(self, mapping: Mapping, columns: Columns, zone: str) -> None:
        self.mapping = mapping
        self.columns = columns
        self.zone = zone
        self.faults: list[Fault] = []

    def condition(self, text: str) -> str:
        """A filter over the file's columns as SQL."""
        tree: Expression = parse(text, Vocabulary.of_columns(self.columns.types))
        return to_sql(tree, lambda found: _column(".".join(found.parts), self.columns)).sql(
            "duckdb"
        )

    def conditions(self) -> list[str]:
        """When each rule holds; `otherwise` holds when no other rule does."""
        named = [
            None if rule.when is None or rule.when == OTHERWISE else self.condition(rule.when)
            for rule in self.mapping.rules
        ]
        others = " OR ".join(f"({c})" for c in named if c) or "FALSE"
        return [
            f"NOT ({others})" if rule.when == OTHERWISE else (condition or "TRUE")
            for rule, condition in zip(self.mapping.rules, named, strict=True)
        ]

    def skip(self) -> str:
        return self.condition(self.mapping.skip) if self.mapping.skip else "FALSE"

    def identity(self) -> str | None:
        if not self.mapping.id:
            return None
        return " || chr(31) || ".join(self.columns.text(column) for column in self.mapping.id)

    def selects(self, number: int, rule: Rule, condition: str) -> list[str]:
        part = "" if number == 0 else str(number)
        if not rule.items:
            return [self.select(part, rule, rule.fields, condition)]
        return [self.item(part, rule, item, condition) for item in rule.items]

    def item(self, part: str, rule: Rule, item: Item, condition: str) -> str:
        """One interaction for each row that answered the item."""
        merged = {**rule.fields, **item.fields}
        source = merged["score"] if "score" in item.fields else merged["text"]
        answered = f"({self.base(source)}) IS NOT NULL"
        return self.select(f"{part}:{item.column}", rule, merged, f"({condition}) AND {answered}")

    def select(self, part: str, rule: Rule, fields: Table[str, Value], condition: str) -> str:
        first = len(self.faults)
        inner, outer, faulty = [], [], []
        for field in DRAFT_SCHEMA.names[4:]:
            if field not in fields:
                continue
            inner.append(f"{self.mapped(fields[field])} AS {name_sql('text:' + field)}")
            outer.append(f"{self.convert(field, fields[field])} AS {name_sql('value:' + field)}")
            faulty += self.fault(field, fields[field])
        for count, (condition_sql, _) in enumerate(faulty):
            assert first + count < len(self.faults), condition_sql
        which = " ".join(f"WHEN {sql} THEN {first + i}" for i, (sql, _) in enumerate(faulty))
        got = " ".join(f"WHEN {first + i} THEN {sql}" for i, (_, sql) in enumerate(faulty))
        fault = f"CASE {which} END" if faulty else "CAST(NULL AS INTEGER)"
        shown = f"CASE fault {got} END" if faulty else "CAST(NULL AS VARCHAR)"
        columns = ", ".join(
            self.draft_column(name, fields, rule, part) for name in DRAFT_SCHEMA.names
        )
        texts = "".join(", " + text for text in inner)
        made = "".join(", " + value for value in outer)
        return (
            f"SELECT {columns}, fault, {shown} AS got FROM (SELECT *, {fault} AS fault FROM "
            f"(SELECT *{made} FROM (SELECT *{texts} FROM raw WHERE {condition})))"
        )

    def draft_column(self, name: str, fields: Table[str, Value], rule: Rule, part: str) -> str:
        if name in ("row", "line", "key"):
            return name
        if name == "part":
            return f"{text_sql(part)} AS part"
        if name == "source":
            return f"{text_sql(self.mapping.source)} AS source"
        if name == "properties" and name not in fields:
            return f"{self.properties(rule)} AS properties"
        if name in fields:
            return f"{name_sql('value:' + name)} AS {name}"
        return f"CAST(NULL AS {_sql_type(DRAFT_SCHEMA.field(name).type)}) AS {name}"

    def properties(self, rule: Rule) -> str:
        kept = dict(rule.properties or {})
        if "*" in kept:
            used = set().union(
                *(v.columns() for v in rule.fields.values()), {i.column for i in rule.items}
            )
            kept = {
                c: c for c in self.columns.types if c not in used and not c.startswith("rapport_")
            }
        if not kept:
            return "CAST(NULL AS VARCHAR)"
        pairs = ", ".join(
            f"{text_sql(name)}, {self.native(column)}" for name, column in kept.items()
        )
        # A merge patch leaves out what is absent.
        return f"nullif(CAST(json_merge_patch('{{}}', json_object({pairs})) AS VARCHAR), '{{}}')"

    def native(self, column: str) -> str:
        found = self.columns.types.get(column)
        if found is None or not (pa.types.is_primitive(found) and not pa.types.is_temporal(found)):
            return self.columns.text(column)
        return cell_sql(column)

    def base(self, value: Value) -> str:
        """A value's text before it is mapped, none where the mapping says it means nothing."""
        text = self.source(value)
        if value.strip:
            text = f"nullif(trim(translate({text}, {text_sql(value.strip)}, '')), '')"
        if value.null:
            listed = ", ".join(text_sql(word) for word in value.null)
            text = f"CASE WHEN {text} IN ({listed}) THEN NULL ELSE {text} END"
        return text

    def source(self, value: Value) -> str:
        if value.value is not None:
            return text_sql(value.value)
        if value.column is not None:
            return self.columns.text(value.column)
        if value.first:
            return f"coalesce({', '.join(self.columns.text(c) for c in value.first)})"
        if value.template is not None:
            return " || ".join(
                text_sql(text) + (f" || {self.columns.text(column)}" if column else "")
                for text, column in template_parts(value.template)
            )
        sign, columns = next(
            (sign, columns)
            for sign, columns in (
                (" * ", value.product),
                (" + ", value.sum),
                (" - ", value.difference),
            )
            if columns
        )
        return f"CAST({sign.join(self.exact(column) for column in columns)} AS VARCHAR)"

    def exact(self, column: str) -> str:
        return f"TRY_CAST({self.number_text(self.columns.text(column))} AS {_EXACT})"

    def number_text(self, text: str) -> str:
        if self.mapping.decimal == ",":
            return f"replace(replace({text}, '.', ''), ',', '.')"
        return text

    def mapped(self, value: Value) -> str:
        """The text of a value after `map`, `lower`, `namespace` and `default`."""
        text = self.base(value)
        if value.map:
            cases = " ".join(f"WHEN {text_sql(k)} THEN {text_sql(v)}" for k, v in value.map.items())
            left = f" ELSE {text}" if value.otherwise == "keep" else ""
            text = f"CASE {text} {cases}{left} END"
        if value.lower:
            text = f"lower({text})"
        if value.namespace:
            text = f"{text_sql(value.namespace + ':')} || {text}"
        if value.default is not None:
            text = f"coalesce({text}, {text_sql(value.default)})"
        return text

    def convert(self, field: str, value: Value) -> str:
        """The typed value made from `text:<field>`."""
        text = name_sql("text:" + field)
        if field == "occurred_at":
            return times.moment(text, self.typed_moment(value), value, value.zone or self.zone)
        if field == "automated":
            yes, no = (", ".join(text_sql(w) for w in words) for words in (_YES, _NO))
            word = f"lower({text})"
            return f"CASE WHEN {word} IN ({yes}) THEN TRUE WHEN {word} IN ({no}) THEN FALSE END"
        if field in _NUMBERS:
            number = (
                self.number_text(text) if value.value is None and not self.computed(value) else text
            )
            times_sql = f" * {float(value.times)!r}" if value.times is not None else ""
            plus_sql = f" + {float(value.plus)!r}" if value.plus is not None else ""
            if times_sql or plus_sql:
                number = f"(TRY_CAST({number} AS DOUBLE){times_sql}{plus_sql})"
            return f"TRY_CAST({number} AS {_NUMBERS[field]})"
        return text

    def computed(self, value: Value) -> bool:
        return bool(value.product or value.sum or value.difference)

    def typed_moment(self, value: Value) -> pa.DataType | None:
        """The type of a column that holds times already (Parquet, XLSX)."""
        found = self.columns.types.get(value.column or "")
        return found if found is not None and pa.types.is_temporal(found) else None

    def fault(self, field: str, value: Value) -> list[tuple[str, str]]:
        """Conditions under which a row's text cannot be turned into the field, and that text."""
        text, made = name_sql("text:" + field), name_sql("value:" + field)
        named = self.named(field, value)
        found = self.unmapped(named, value)
        if field == "occurred_at":
            zone = value.zone or self.zone
            for reason, expected, condition in times.faults(
                text, made, self.typed_moment(value), value, zone
            ):
                self.faults.append(Fault(reason, named, expected))
                found.append((condition, text))
        elif field in _NUMBERS:
            parts = value.product or value.sum or value.difference
            missing = " OR ".join(
                f"({self.columns.text(c)} IS NOT NULL AND {self.exact(c)} IS NULL)" for c in parts
            )
            self.faults.append(Fault(Reason.NOT_A_NUMBER, named, "a number"))
            shown = " || ' and '  || ".join(f"coalesce({self.columns.text(c)}, '')" for c in parts)
            found.append(
                (missing, shown) if parts else (f"{text} IS NOT NULL AND {made} IS NULL", text)
            )
        elif field == "automated":
            self.faults.append(Fault(Reason.UNKNOWN_VALUE, named, "yes or no, true or false"))
            found.append((f"{text} IS NOT NULL AND {made} IS NULL", text))
        return found

    def unmapped(self, named: str, value: Value) -> list[tuple[str, str]]:
        """The condition under which a text is none of those the mapping translates."""
        if not value.map or value.otherwise != "reject":
            return []
        base = self.base(value)
        listed = ", ".join(text_sql(word) for word in value.map)
        self.faults.append(Fault(Reason.UNKNOWN_VALUE, named, "one of " + ", ".join(value.map)))
        return [(f"{base} NOT IN ({listed})", base)]

    def named(self, field: str, value: Value) -> str:
        """What to call the culprit: the column where there is one, else the field."""
        columns = sorted(value.columns())
        return columns[0] if len(columns) == 1 else field


def _column(name: str, columns: Columns) -> exp.Expression:
    parsed: exp.Expression = exp.maybe_parse(columns.text(name), dialect="duckdb")
    return parsed


def _sql_type(found: pa.DataType) -> str:
    if pa.types.is_boolean(found):
        return "BOOLEAN"
    if pa.types.is_floating(found):
        return "DOUBLE"
    if pa.types.is_decimal(found):
        return "DECIMAL(18, 4)"
    if pa.types.is_timestamp(found):
        return "TIMESTAMPTZ"
    return "VARCHAR"
