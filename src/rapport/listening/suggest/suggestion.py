"""The proposal as TOML: every line with its reason, valid as it stands."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from rapport.kernel.errors import InputError
from rapport.listening.files.opening import open_rows
from rapport.listening.files.rows import Rows
from rapport.listening.suggest.columns import Column, columns_of
from rapport.listening.suggest.fields import MOODS, RECOMMEND, best
from rapport.listening.suggest.questionnaires import Question, questions
from rapport.listening.suggest.times import times_of

SAMPLE_ROWS = 20_000
_XES_KINDS = {
    "schedule": "step.scheduled",
    "start": "step.started",
    "complete": "step.completed",
}
# A further moment of a row: words of its name, and what happened then, for cases and for reviews.
_MOMENTS = (
    (("closed", "close", "geschlossen", "gesloten"), "case.closed"),
    (("resolved", "solved", "resolve", "geloest", "opgelost"), "case.resolved"),
    (("reopened",), "case.reopened"),
)
_SHARED = ("customer", "thread", "channel", "touchpoint", "employee", "unit", "product", "brand",
           "language")  # fmt: skip
_PIECES = ("quantity", "qty", "pieces", "menge", "anzahl", "aantal")
_REPLIES = ("replied", "reply", "answered", "response", "responded")
_CURRENCIES = ("usd", "eur", "gbp", "chf", "sek", "nok", "dkk", "pln", "jpy", "cad", "aud")
_PEOPLE = {
    "name": ("name", "fullname"),
    "email": ("email", "mail"),
    "unit": ("unit", "department", "team", "branch"),
    "account": ("account", "company", "household"),
    "first_known": ("since", "created", "registered", "signup"),
    "title": ("title", "name"),
    "stage": ("stage", "phase"),
    "channel": ("channel",),
    "parent": ("parent",),
    "role": ("role", "function"),
    "hired": ("hired", "start"),
    "left": ("left", "end"),
}
# Fields of records that are no interactions; the key comes first.
PEOPLE_FIELDS = {
    "customers": ("key", "account", "first_known"),
    "employees": ("key", "name", "email", "unit", "role", "hired", "left"),
    "units": ("key", "name", "parent"),
    "touchpoints": ("key", "title", "stage", "channel", "unit"),
}


@dataclass(frozen=True)
class Suggestion:
    """A proposed mapping.

    Attributes:
        text: TOML.
        notes: what a person should look at, one sentence each.
    """

    text: str
    notes: tuple[str, ...]


def suggest(path: Path, record: str = "interactions") -> Suggestion:
    """Propose a mapping for a file from its first rows.

    Raises:
        InputError: the file cannot be read or holds no rows.
    """
    rows = open_rows(path, chunk_rows=SAMPLE_ROWS)
    columns = columns_of(sample(rows))
    if not columns or not columns[0].rows:
        raise InputError(f"{path.name} has no rows to look at")
    source = re.sub(r"[^a-z0-9]+", "-", path.name.lower().split(".")[0]).strip("-") or "source"
    if record != "interactions":
        return _people(columns, record, source)
    return _Writer(columns, source, is_log=rows.format == "xes").write()


def sample(rows: Rows, most: int = SAMPLE_ROWS) -> pa.Table:
    """The first rows of a file."""
    chunks = [chunk.table for chunk in islice(rows.chunks(), 1)]
    if not chunks:
        return pa.table({name: pa.array([], pa.string()) for name in rows.columns})
    return chunks[0].slice(0, most)


def quoted(text: str) -> str:
    """A text as TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _people(columns: list[Column], record: str, source: str) -> Suggestion:
    """Keys by name or variety, known fields by name, all else as traits of customers."""
    key = _key(columns)
    lines = [f'record = "{record}"', f"source = {quoted(source)}"]
    fields = [f"key = {quoted(key.name)}  # {key.distinct:,} different values"]
    used = {key.name}
    for field in PEOPLE_FIELDS[record][1:]:
        column = next((c for c in columns if c.name not in used and c.named(*_PEOPLE[field])), None)
        if column is not None:
            fields.append(f"{field} = {quoted(column.name)}  # by its name")
            used.add(column.name)
    if record == "customers":
        traits = [quoted(c.name) for c in columns if c.name not in used]
        lines.append(f"properties = [{', '.join(traits)}]  # kept as traits")
    return Suggestion("\n".join([*lines, "", "[fields]", *fields, ""]), ())


def _key(columns: list[Column]) -> Column:
    named = [c for c in columns if c.named("id", "key", "no", "number", "customer") and c.values]
    return max(named or columns, key=lambda c: (c.variety * c.filled, c is columns[0]))


class _Writer:
    """Writes the mapping of a file of interactions."""

    def __init__(self, columns: list[Column], source: str, *, is_log: bool) -> None:
        self.columns = columns
        self.source = source
        self.is_log = is_log
        self.asked = [] if is_log or _are_reviews(columns) else questions(columns)
        items = {question.column.name for question in self.asked}
        self.found = best([c for c in columns if c.name not in items])
        # Open answers are items of a questionnaire.
        self.open = self.found.pop("text", None) if self.asked else None
        self.notes: list[str] = []

    def write(self) -> Suggestion:
        moments = self.moments()
        lines = [
            f"source = {quoted(self.source)}  # a name of your choice; keep it for files like this",
            "",
            "[fields]",
            *self.time(),
            *self.plain(_SHARED),
            *([] if moments else self.own(moments)),
            "",
            *self.properties(moments),
            *self.rules(moments),
            *self.items(),
        ]
        return Suggestion("\n".join(lines).rstrip() + "\n", tuple(self.notes))

    def own(self, moments: list[tuple[Column, str]]) -> Iterator[str]:
        """What belongs to the row's first moment and not to a reply or a closing."""
        yield from self.kind(moments)
        yield from self.plain(("text",))
        yield from self.money()
        yield from self.answer()

    def time(self) -> Iterator[str]:
        if "occurred_at" not in self.found:
            self.notes.append("No column holds times: say when it happened in occurred_at.")
            yield 'occurred_at = { value = "2000-01-01" }  # NOT FOUND: put the day here'
            return
        column, reason = self.found["occurred_at"]
        yield f"occurred_at = {self.moment(column)}  # {reason}"

    def moment(self, column: Column) -> str:
        times = times_of(column)
        if times is None or times.format is None:
            return quoted(column.name)
        if not times.certain:
            self.notes.append(f"{column.name}: {times.reason}.")
        return f"{{ column = {quoted(column.name)}, format = {quoted(times.format)} }}"

    def kind(self, moments: list[tuple[Column, str]]) -> Iterator[str]:
        """What happened, from what the rows hold."""
        step = next((c for c in self.columns if c.name == "lifecycle:transition"), None)
        if self.is_log and step is not None:
            yield from self.steps(step)
            return
        word, reason = self.happened(moments)
        yield f'kind = {{ value = "{word}" }}  # {reason}'

    def steps(self, column: Column) -> Iterator[str]:
        pairs = {value: _XES_KINDS.get(value.lower(), "event.happened") for value in column.counts}
        listed = ", ".join(f"{quoted(value)} = {quoted(kind)}" for value, kind in pairs.items())
        yield (
            f"kind = {{ column = {quoted(column.name)}, map = {{ {listed} }}, "
            'default = "step.completed" }  # XES: the lifecycle'
        )

    def happened(self, moments: list[tuple[Column, str]]) -> tuple[str, str]:
        found = self.found
        if self.is_log:
            return "step.completed", "XES without a lifecycle: each event is a finished step"
        if any(kind.startswith("case.") for _, kind in moments):
            return "case.opened", "the row tells of its closing, so it is a case"
        if self.asked:
            return "survey.answered", f"{len(self.asked)} columns are answers on one scale"
        if "score" in found:
            return self.marked(found["score"][0])
        if "amount" in found:
            return "order.completed", "money moved"
        if "text" in found:
            return "message.received", "words, and neither score nor money"
        if "thread" in found:
            return "case.updated", "rows of cases"
        self.notes.append("What happened is not to be seen: choose a kind (`rapport kinds`).")
        return "event.happened", "NOT FOUND: choose one of `rapport kinds`"

    def marked(self, column: Column) -> tuple[str, str]:
        """What happened where there is one score."""
        if column.named(*RECOMMEND):
            return "survey.answered", "a likelihood to recommend"
        if MOODS.issuperset(column.counts):
            return "mention.posted", "a mood that was judged"
        if "text" in self.found:
            return "review.posted", "stars and words"
        return "survey.answered", "a score"

    def plain(self, fields: tuple[str, ...]) -> Iterator[str]:
        """Fields that take a column as it is."""
        for field in fields:
            if field in self.found and not (field == "product" and self.asked):
                column, reason = self.found[field]
                yield f"{field} = {quoted(column.name)}  # {reason}"

    def money(self) -> Iterator[str]:
        if "amount" not in self.found:
            return
        column, reason = self.found["amount"]
        if column.numbers and min(column.numbers) < 0:
            self.notes.append(f"{column.name} is below zero at times: refunds? Make them a rule.")
        pieces = next((c for c in self.columns if c.numbers and c.named(*_PIECES)), None)
        if pieces is not None and column.named("price", "unitprice"):
            both = ", ".join(map(quoted, (pieces.name, column.name)))
            yield f"amount = {{ product = [{both}] }}  # so many pieces at a price"
            if min(pieces.numbers or (0.0,)) < 0:
                self.notes.append(f"{pieces.name} is below zero at times: make refunds a rule.")
        else:
            yield f"amount = {quoted(column.name)}  # {reason}"
        if "currency" in self.found:
            yield f"currency = {quoted(self.found['currency'][0].name)}  # by its name"
            return
        named = column.named(*_CURRENCIES)
        if named is None:
            self.notes.append("The currency is not in the file: put the right one in.")
        why = f"{column.name} says so" if named else "NOT FOUND: put the right one here"
        yield f'currency = {{ value = "{(named or "eur").upper()}" }}  # {why}'

    def answer(self) -> Iterator[str]:
        if self.asked:
            yield f"programme = {{ value = {quoted(self.source)} }}  # two never mix"
            yield f'scale = {{ value = "{self.usual()}" }}  # of most items'
            return
        if "score" not in self.found:
            return
        column, reason = self.found["score"]
        if MOODS.issuperset(column.counts):
            moods = 'map = { negative = "-1", neutral = "0", positive = "1" }'
            yield f"score = {{ column = {quoted(column.name)}, {moods} }}  # {reason}"
            yield 'scale = { value = "sentiment" }'
            return
        scale, low, high = _scale(column)
        outside = sorted((v for v in column.counts if not low <= float(v) <= high), key=float)
        null = f", null = [{', '.join(map(quoted, outside))}]" if outside else ""
        made = f"{{ column = {quoted(column.name)}{null} }}" if null else quoted(column.name)
        yield f"score = {made}  # {reason}"
        yield f'scale = {{ value = "{scale}" }}'

    def usual(self) -> str:
        """The scale of most questions."""
        return Counter(question.scale for question in self.asked).most_common(1)[0][0]

    def moments(self) -> list[tuple[Column, str]]:
        """Further times of a row that are moments of their own."""
        first = self.found.get("occurred_at")
        found = []
        for column in self.columns:
            if first is None or column is first[0] or not times_of(column):
                continue
            kind = next((kind for words, kind in _MOMENTS if column.named(*words)), None)
            if kind is not None and "thread" in self.found:
                found.append((column, kind))
            elif column.named(*_REPLIES) and "score" in self.found:
                found.append((column, "review.answered"))
        return found

    def rules(self, moments: list[tuple[Column, str]]) -> Iterator[str]:
        if not moments:
            return
        yield "[[rule]]  # every row"
        yield from self.own(moments)
        yield ""
        for column, kind in moments:
            yield f"[[rule]]  # {column.name} is a moment of its own"
            yield f"when = {quoted(f'`{column.name}` is not empty')}"
            yield f'kind = {{ value = "{kind}" }}'
            yield f"occurred_at = {self.moment(column)}"
            yield from self.reply() if kind == "review.answered" else ()
            yield ""

    def reply(self) -> Iterator[str]:
        words = next((c for c in self.columns if c.named(*_REPLIES) and not times_of(c)), None)
        if words is not None:
            yield f"text = {quoted(words.name)}"

    def properties(self, moments: list[tuple[Column, str]]) -> Iterator[str]:
        used = {column.name for column, _ in self.found.values()}
        used |= {self.open[0].name} if self.open else set()
        used |= {column.name for column, _ in moments} | {q.column.name for q in self.asked}
        left = [c.name for c in self.columns if c.name not in used and c.values]
        if not left:
            return
        yield "[properties]  # what has no field of its own"
        yield from (f"{quoted(name)} = {quoted(name)}" for name in left)
        yield ""

    def items(self) -> Iterator[str]:
        if not self.asked:
            return
        yield "[items]  # one interaction for each answered question"
        common = self.usual()
        yield from (_item(question, common) for question in self.asked)
        if self.open is not None:
            name = quoted(self.open[0].name)
            yield f"{name} = {{ text = {{ column = {name} }} }}  # {self.open[1]}"


def _are_reviews(columns: list[Column]) -> bool:
    """Whether nearly every row has words and a mark of its own: ratings beside it are details."""
    found = best(columns)
    if "score" not in found or "text" not in found or found["score"][0].named(*RECOMMEND):
        return False
    return found["text"][0].filled > 0.9


def _item(question: Question, common: str) -> str:
    inside = [] if question.scale == common else [f'scale = "{question.scale}"']
    if question.null:
        inside.append(f"null = [{', '.join(map(quoted, question.null))}]")
    return f"{quoted(question.column.name)} = {{ {', '.join(inside)} }}"


def _scale(column: Column) -> tuple[str, float, float]:
    """The scale whose ends hold most of a column."""
    top = max(column.numbers or (0.0,))
    if column.named(*RECOMMEND):
        return "nps", 0, 10
    if top <= 6:
        return "stars5", 1, 5
    if top <= 8:
        return "csat7", 1, 7
    return ("stars10", 1, 10) if top <= 12 else ("percent", 0, 100)
