"""The one registry of where personal data can be: export and erasure walk it, in this order.

A place answers for columns of the relational half (`table.column`) and for files of the home
(patterns). What a room declares impersonal it declares beside its tables. A test lays both beside a
store that was used for everything: what is in neither makes it fail.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from rapport.customers.api import (
    accounts_of,
    forget_in_directory,
    forget_in_rules,
    forget_in_segments,
    publish,
    records_of_customer,
)
from rapport.ledger.api import (
    FIELD_NAMES,
    Accounts,
    Ledger,
    annotations,
    clear_spill,
    count_interactions,
    erase,
    forget_in_imports,
    forget_rejected,
    former_rows,
    mentions,
    rejected_rows,
    rename_employee,
    stored_rows,
    sweep_annotations,
    vacuum,
)
from rapport.listening.api import forget_uploads
from rapport.office.api import (
    LIBRARY_PERSONAL,
    erase_accounts,
    forget_answers,
    forget_views,
    one_transaction,
    personal_columns,
    records_of_accounts,
    records_of_employee,
)
from rapport.privacy.asked import forget_requests, requests_about
from rapport.privacy.people import EMPLOYEE, Person
from rapport.privacy.records import forget_records

_WORK = (
    *("id", "source", "occurred_at", "unit", "employee", "kind", "channel", "touchpoint"),
    *("direction", "automated", "product"),
)
_APPS = ("customers", "office")
Record = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Task:
    """One erasure: who, how, under which number, and the token that takes the person's place."""

    person: Person
    how: str
    number: int
    token: str


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a person can be.

    Attributes:
        name: of the place.
        columns: of the relational half that it answers for.
        files: patterns of files below the home that it answers for.
        holds: what of a person lies there.
        erasing: what becomes of it.
        erase: does that; how many things went.
        export: gives what lies there, as (kind of record, record); None where it is a copy.
        copy_of: the place that holds the same first-hand.
    """

    name: str
    holds: str
    erasing: str
    erase: Callable[[Ledger, Task], int]
    columns: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    export: Callable[[Ledger, Person], Iterator[Record]] | None = None
    copy_of: str | None = None


def _erase_interactions(ledger: Ledger, task: Task) -> int:
    person = task.person
    if person.what == EMPLOYEE:
        count = rename_employee(ledger, person.names, task.token)
    else:
        accounts = Accounts(*accounts_of(person.keys))
        count = erase(ledger, person.subject(), task.how, task.token, accounts)
    count_interactions(ledger.database, task.number, count)
    return count


def _interactions(ledger: Ledger, person: Person) -> Iterator[Record]:
    # What customers said to an employee is theirs.
    names = _WORK if person.what == EMPLOYEE else FIELD_NAMES
    for row in stored_rows(ledger, person.subject()).select(names).to_pylist():
        yield "interaction", row
    if person.what != EMPLOYEE:
        for row in former_rows(ledger.database, person.names).to_pylist():
            yield "former interaction", row


def _annotations(ledger: Ledger, person: Person) -> Iterator[Record]:
    if person.what == EMPLOYEE:
        return
    mine = set(stored_rows(ledger, person.subject())["id"].to_pylist())
    for row in annotations(ledger).to_pylist():
        if row["id"] in mine:
            yield "annotation", row


def _erase_annotations(ledger: Ledger, _task: Task) -> int:
    return sweep_annotations(ledger)


def _erase_rejected(ledger: Ledger, task: Task) -> int:
    return forget_rejected(ledger.database, task.person.spellings())


def _rejected(ledger: Ledger, person: Person) -> Iterator[Record]:
    for row in rejected_rows(ledger.database, person.spellings()):
        yield "rejected row", row


def _erase_in_imports(ledger: Ledger, task: Task) -> int:
    return forget_in_imports(ledger.database, task.person.spellings())


def _records(_ledger: Ledger, person: Person) -> Iterator[Record]:
    if person.what == EMPLOYEE:
        return records_of_employee(person.keys)
    return records_of_customer(person.keys)


def _erase_accounts(_ledger: Ledger, task: Task) -> int:
    if task.person.what != EMPLOYEE:
        return 0
    with one_transaction():
        return erase_accounts(task.person.names, task.token)


def _accounts(_ledger: Ledger, person: Person) -> Iterator[Record]:
    if person.what == EMPLOYEE:
        yield from records_of_accounts(person.names)


def _erase_published(ledger: Ledger, task: Task) -> int:
    publish(ledger)
    if task.person.what != EMPLOYEE:
        forget_in_directory(ledger, task.person.names)
        forget_in_segments(ledger, task.person.names)
    return 0


def _erase_replaced(ledger: Ledger, _task: Task) -> int:
    return vacuum(ledger).files


def _erase_answers(_ledger: Ledger, task: Task) -> int:
    return forget_answers(task.person.spellings())


def _nothing(_ledger: Ledger, _task: Task) -> int:
    return 0


def _erase_spill(ledger: Ledger, _task: Task) -> int:
    return clear_spill(ledger.home)


def _erase_figures(ledger: Ledger, _task: Task) -> int:
    files = list((ledger.home / "figures").glob("*"))
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)


def places() -> tuple[Place, ...]:
    """All of them; asked for when Django is set up, for models declare their own columns."""
    # Accounts first: they point to the records of employees.
    return (
        *_LEDGER,
        _ACCOUNTS,
        _records_place(),
        _RULES,
        _REQUESTS,
        _uploads_place(),
        _VIEWS,
        *_COPIES,
    )


_LEDGER = (
    Place(
        "interactions",
        "what happened with the person; in the words of the source",
        "data files are written anew: anonymised, or without the rows; ids are replaced",
        _erase_interactions,
        (
            *("ledger_journal.body", "ledger_revised_rows.body", "ledger_revised.id"),
            *("ledger_revised.mark", "ledger_revised.former_mark", "ledger_id.id"),
            *("ledger_id.mark", "ledger_id_recent.id", "ledger_id_recent.mark"),
            *("ledger_erased_row.id", "ledger_erased_row.new_id", "ledger_erased_row.new_mark"),
        ),
        ("lake/ym=*/*.parquet",),
        _interactions,
    ),
    Place(
        "annotations",
        "what a model or a person made of the person's words",
        "moved to the new ids of anonymised interactions; those of deleted ones go",
        _erase_annotations,
        files=("published/annotations-*.parquet",),
        export=_annotations,
    ),
    Place(
        "rejected rows",
        "rows as they came that could not be stored",
        "the row is emptied; its line and reason stay",
        _erase_rejected,
        ("ledger_rejected.body",),
        export=_rejected,
    ),
    Place(
        "imports",
        "names of files and texts of mappings that name the person",
        "the name is replaced by [erased]",
        _erase_in_imports,
        ("ledger_import.file", "ledger_import.mapping"),
        copy_of="interactions",
    ),
)


_ACCOUNTS = Place(
    "accounts",
    "how an employee signs in: address, second factor, sessions, tokens, invitations",
    "emptied and shut; the number in the audit points to nobody any more",
    _erase_accounts,
    LIBRARY_PERSONAL,
    export=_accounts,
)


def _records_place() -> Place:
    return Place(
        "records",
        "profile, identifiers, traits, consents, merges, accounts; an employee's record; what any "
        "of them held before",
        "removed; an employee's unit and role stay under a token",
        lambda _ledger, task: forget_records(task.person, task.token, task.how, task.number),
        tuple(column for app in _APPS for column in personal_columns(app)),
        export=_records,
    )


def _uploads_place() -> Place:
    """Who is in a file is not known before it is imported: all go, and can be brought again."""
    return Place(
        "uploads",
        "files that wait to be imported, for a day at most, and how they are read",
        "removed, whoever is in them",
        lambda ledger, _task: forget_uploads(ledger),
        tuple(personal_columns("listening")),
        ("uploads/*",),
        copy_of="interactions",
    )


def _forget_requests(_ledger: Ledger, task: Task) -> int:
    return forget_requests(task.person)


def _requests(_ledger: Ledger, person: Person) -> Iterator[Record]:
    return requests_about({*person.names, *person.keys})


def _forget_in_rules(_ledger: Ledger, task: Task) -> int:
    return 0 if task.person.what == EMPLOYEE else forget_in_rules(task.person.spellings())


_RULES = Place(
    "rules of segments",
    "a rule may name somebody by key, identifier or trait",
    "the name is replaced by [erased]",
    _forget_in_rules,
    ("customers_segment.rule", "customers_segment.changed_by"),
    copy_of="records",
)
_REQUESTS = Place(
    "erasure requests",
    "who is to be erased, and why, until it is done",
    "emptied; that there was a request stays",
    _forget_requests,
    tuple(
        f"privacy_erasurerequest.{column}"
        for column in ("customer", "reason", "asked_by", "decided_by")
    ),
    export=_requests,
)


def _erase_views(_ledger: Ledger, task: Task) -> int:
    named = mentions(task.person.spellings())

    def in_words(text: str) -> bool:
        # In an address signs and letters are written as %XX.
        plain = unquote_plus(text)
        return named(plain) or any(map(named, re.split(r"[\s'&=,()]+", plain)))

    return forget_views(in_words)


_VIEWS = Place(
    "saved views",
    "names and addresses of views that may name a person in a filter",
    "a view that names the person is removed",
    _erase_views,
    ("office_savedview.name", "office_savedview.query"),
    copy_of="interactions",
)
_COPIES = (
    Place(
        "published tables",
        "customers, the identity map, the words people are found by, who is in which segment",
        "written anew; the person's rows go",
        _erase_published,
        files=("published/*.parquet",),
        copy_of="records",
    ),
    Place(
        "stored figures",
        "figures of pages; no keys and no words, but a filter may name somebody",
        "removed and computed again",
        _erase_figures,
        files=("figures/*",),
        copy_of="interactions",
    ),
    Place(
        "kept answers",
        "what the API answered to requests of the last day",
        "emptied where it names the person",
        _erase_answers,
        copy_of="records",
    ),
    Place(
        "requests",
        "who an erasure is about, until it has come to its end",
        "emptied when the person is gone from everywhere else",
        _nothing,
        ("ledger_erasure.subject",),
        copy_of="records",
    ),
    Place(
        "spill",
        "what a large query puts aside while it runs",
        "goes with the query; what a killed process left is removed",
        _erase_spill,
        files=("spill/*",),
        copy_of="interactions",
    ),
    Place(
        "replaced files",
        "data files and published tables of older versions",
        "removed from the disk",
        _erase_replaced,
        copy_of="interactions",
    ),
)


def preview(ledger: Ledger, person: Person) -> dict[str, int]:
    """How many records of each kind are about the person: what an erasure will change."""
    counts: dict[str, int] = {}
    for place in places():
        for kind, _ in place.export(ledger, person) if place.export else ():
            counts[kind] = counts.get(kind, 0) + 1
    return counts
