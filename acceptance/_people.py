"""People with canaries in every field and door of a store, and the files that tell of them."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from acceptance._canaries import Canaries

ORDERS = """
source = "shop"
id = ["order"]
revises = true
properties = ["note", "order"]

[fields]
occurred_at = "when"
kind = { value = "order.completed" }
channel = { column = "way", else = "keep" }
customer = "who"
"""
_PLAIN = ("account", "unit", "employee", "touchpoint", "thread", "brand", "product", "programme")
ORDERS += "".join(f'{name} = "{name}"\n' for name in (*_PLAIN, "item", "text", "language", "score"))
ORDERS += 'scale = "scale"\namount = "amount"\ncurrency = "currency"\n'
PEOPLE = """
record = "customers"
[fields]
key = "key"
account = "account"
account_name = "account_name"
account_kind = "account_kind"
first_known = "first_known"
consent_source = "told"
consent_text_version = "wording"
identifier = { email = "mail", phone = "phone", card = "card" }
trait = { city = "city", note = "note", number = "phone" }
consent = { newsletter = "news" }
"""
STAFF = (
    'record = "employees"\n[fields]\nkey = "key"\nname = "name"\nemail = "mail"\nrole = "role"\n'
)
FORMS = """
source = "form"
id = ["answer"]
[fields]
occurred_at = "when"
kind = { value = "survey.answered" }
thread = "answer"
text = "text"
score = "score"
scale = { value = "nps" }
programme = { value = "after order" }
"""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A customer: their key and further names."""

    key: str
    other: str
    mail: str
    phone: str
    card: str


@dataclass
class Company:
    """People, and the rows that tell of them."""

    canaries: Canaries
    people: list[Somebody] = field(default_factory=list)
    staff: list[tuple[str, str]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def fill(self, people: int, staff: int, answers: int) -> None:
        """Make everybody up."""
        made = self.canaries
        self.people = [
            Somebody(made.text(), made.text(), made.mail(), made.digits(), made.text())
            for _ in range(people)
        ]
        self.staff = [(made.text(), made.mail()) for _ in range(staff)]
        self.answers = [made.text() for _ in range(answers)]

    def orders(self, version: str) -> list[dict[str, Any]]:
        """Orders of everybody under all their names, and of bystanders; some cannot be stored."""
        rows: list[dict[str, Any]] = []
        for number, one in enumerate(self.people):
            names = (one.key, one.other, f"email:{one.mail}", f"card:{one.card}")
            for nth, name in enumerate(names):
                rows.append(self._order(f"{one.key}-{nth}", name, number, version))
            rows.append({**self._order(f"{one.key}-bad", one.key, number, version), "when": "no"})
            rows.append({**self._order(f"{one.key}-re", None, number, version)})
        return rows + [_bystander(number) for number in range(3 * len(self.people))]

    def _order(self, order: str, who: str | None, number: int, version: str) -> dict[str, Any]:
        made = self.canaries
        words = {name: made.text() for name in ("account", "brand", "product", "item", "note")}
        clerk = self.staff[number % len(self.staff)][0]
        return {
            "order": order,
            "when": f"2025-0{number % 3 + 1}-1{number % 9}T09:{number % 60:02}",
            "who": who,
            **words,
            "touchpoint": "till" if number % 2 else made.text(),
            "thread": order.rpartition("-")[0],
            "employee": clerk,
            "unit": "north",
            "way": "store",
            "programme": "after order",
            "text": f"{version} I am {made.text()}, call {made.digits()}",
            "language": "en",
            "score": number % 11,
            "scale": "nps",
            "amount": f"{number}.50",
            "currency": "EUR",
        }

    def profiles(self) -> list[dict[str, Any]]:
        """Their records, and one that cannot be stored."""
        made = self.canaries
        rows = [
            {
                "key": key,
                "account": f"home-{one.key}",
                "account_name": made.text(),
                "account_kind": "household",
                "first_known": "2024-01-01",
                "told": made.text(),
                "wording": made.text(),
                "mail": one.mail.upper() if key == one.key else "",
                "phone": one.phone if key == one.key else "",
                "card": one.card if key == one.key else "",
                "city": made.text(),
                "note": made.text(),
                "news": "yes",
            }
            for one in self.people
            for key in (one.key, one.other)
        ]
        return [*rows, {**rows[0], "first_known": "no day", "mail": self.people[0].mail}]

    def employed(self) -> list[dict[str, Any]]:
        """Our own people."""
        return [
            {"key": key, "name": self.canaries.text(), "mail": mail, "role": "clerk"}
            for key, mail in self.staff
        ]

    def forms(self) -> list[dict[str, Any]]:
        """Answers of people who gave no name."""
        return [
            {"answer": one, "when": "2025-02-02", "text": self.canaries.text(), "score": 3}
            for one in self.answers
        ]

    def events(self) -> list[dict[str, Any]]:
        """What their apps send, some of it of no kind we know."""
        made = self.canaries
        return [
            {
                "type": "track",
                "event": event,
                "userId": one.key,
                "messageId": made.text(),
                "timestamp": "2025-03-03T12:00:00Z",
                "properties": {"words": made.text(), "mail": one.mail},
                **kind,
            }
            for one in self.people
            for event, kind in ((made.text(), {}), ("Seen", {"kind": "no.such"}))
        ]


def _bystander(number: int) -> dict[str, Any]:
    return {
        "order": f"b{number}",
        "when": f"2025-0{number % 3 + 1}-20T12:00",
        "who": f"bystander {number % 5}",
        "thread": f"b{number}",
        "touchpoint": "till",
        "way": "store",
        "unit": "north",
        "programme": "after order",
        "language": "en",
        "text": "fine",
        "score": number % 11,
        "scale": "nps",
        "amount": "10.00",
        "currency": "EUR",
    }


def lay(
    folder: Path, name: str, rows: Iterable[Mapping[str, Any]], mapping: str
) -> tuple[str, str]:
    """Rows as a CSV and its mapping beside it; both paths, for `rapport import`."""
    listed = list(rows)
    columns = dict.fromkeys(column for row in listed for column in row)
    file, told = folder / f"{name}.csv", folder / f"{name}.toml"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(columns))
        writer.writeheader()
        writer.writerows(listed)
    told.write_text(mapping, "utf-8")
    return str(file), str(told)


def body_of(events: list[dict[str, Any]]) -> bytes:
    """A batch for the door."""
    return json.dumps({"batch": events}).encode()
