"""A copy of all we hold about a person (Articles 15 and 20 of the GDPR), as one zip.

It holds what the registry's places give, as JSON Lines, and beside what can come in again the
mapping that brings it in: `rapport import interactions-1.jsonl --as interactions-1.toml` in an
empty store gives the same facts.
"""

import json
import os
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from rapport.kernel.errors import NotFoundError
from rapport.ledger.api import MAPPED_FIELDS, Ledger, open_new
from rapport.office.api import Act, Actor, one_transaction, require, units, write_line
from rapport.privacy.people import EMPLOYEE, Person, customer, employee
from rapport.privacy.places import Record, places

_VERB = {"customer": "export_customer", "employee": "export_employee"}
_INTERACTION, _CUSTOMER = "interaction", "customers_customer"
_PEOPLE = (_CUSTOMER, "customers_identifier", "customers_consent", "customers_account")

Row = dict[str, Any]


def export_customer(ledger: Ledger, name: str, to: Path, *, actor: Actor) -> dict[str, int]:
    """Write all we hold about a customer into a new zip; how many records of each kind.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: nobody is called so.
        InputError: the file is there already, or cannot be written.
    """
    return _export(ledger, customer(name), name, to, actor)


def export_employee(ledger: Ledger, name: str, to: Path, *, actor: Actor) -> dict[str, int]:
    """Write all we hold about an employee; what they did without what customers said.

    Raises: as `export_customer`.
    """
    return _export(ledger, employee(name), name, to, actor)


def _export(ledger: Ledger, person: Person, name: str, to: Path, actor: Actor) -> dict[str, int]:
    require(actor, _VERB[person.what])
    found: dict[str, list[Row]] = defaultdict(list)
    for kind, row in _records(ledger, person):
        found[kind].append(row)
    if not found:
        raise NotFoundError(f"There is nothing about anybody called {name!r}")
    files = _files(found) if person.what != EMPLOYEE else _plain(found)
    _write(to, files)
    counts = {kind: len(rows) for kind, rows in found.items()}
    with one_transaction():
        write_line(actor, Act(_VERB[person.what], "export", "", counts))
    return counts


def _records(ledger: Ledger, person: Person) -> Iterable[Record]:
    for place in places():
        if place.export is not None:
            yield from place.export(ledger, person)


def _files(found: Mapping[str, list[Row]]) -> dict[str, str]:
    """Names and texts of the files of the zip."""
    files = {"README.txt": _text("README.txt")}
    by_source: dict[str, list[Row]] = defaultdict(list)
    for row in found.get(_INTERACTION, ()):
        by_source[row["source"]].append(row)
    for number, (source, rows) in enumerate(sorted(by_source.items()), 1):
        files[f"interactions-{number}.jsonl"] = _lines(rows)
        files[f"interactions-{number}.toml"] = _mapping_of(source)
    if _CUSTOMER in found:
        files |= _people(found)
    others = {k: rows for k, rows in found.items() if k not in (_INTERACTION, *_PEOPLE)}
    return files | _plain(others)


def _plain(found: Mapping[str, list[Row]]) -> dict[str, str]:
    return {f"{kind.replace(' ', '-')}.jsonl": _lines(rows) for kind, rows in found.items()}


def _mapping_of(source: str) -> str:
    """A mapping that takes each field from the column of its name."""
    fields = "".join(f'{name} = "{name}"\n' for name in MAPPED_FIELDS if name != "source")
    # A JSON text is a TOML text.
    return f'source = {json.dumps(source)}\nid = ["id"]\nfuture = true\n\n[fields]\n{fields}'


def _people(found: Mapping[str, list[Row]]) -> dict[str, str]:
    """Customers as a file that comes in again, a row for each thing that is known."""
    accounts = {row["key"]: row for row in found.get("customers_account", ())}
    rows = [_profile(row, accounts) for row in found[_CUSTOMER]]
    rows += [
        {"key": row["customer_id"], "identifier": {row["namespace"]: row["value"]}}
        for row in found.get("customers_identifier", ())
    ]
    rows += [_consent(row) for row in found.get("customers_consent", ())]
    files = {"customers.jsonl": _lines(rows), "customers.toml": _people_mapping(rows)}
    named = {row["unit_id"] for row in found[_CUSTOMER] if row["unit_id"]}
    own = _with_parents(named)
    if own:
        fields = "".join(f'{name} = "{name}"\n' for name in ("key", "name", "parent"))
        files["units.jsonl"] = _lines(own)
        files["units.toml"] = f'record = "units"\n\n[fields]\n{fields}'
    return files


def _profile(row: Row, accounts: Mapping[str, Row]) -> Row:
    account = accounts.get(row["account_id"])
    told = {
        "key": row["key"],
        "unit": row["unit_id"],
        "first_known": row["first_known"],
        "account": account and account["key"],
        "account_name": account and account["name"],
        "account_kind": account and account["kind"],
        "trait": msgspec.json.decode(row["traits"]),
    }
    return {name: value for name, value in told.items() if value}


def _consent(row: Row) -> Row:
    told = {
        "key": row["customer_id"],
        "consent": {row["scope"]: row["status"]},
        "consent_at": row["at"],
        "consent_source": row["source"],
        "consent_text_version": row["text_version"],
    }
    return {name: value for name, value in told.items() if value}


def _people_mapping(rows: Iterable[Row]) -> str:
    plain: dict[str, None] = {}
    families: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        for name, value in row.items():
            if isinstance(value, dict):
                families[name].update(dict.fromkeys(value))
            else:
                plain[name] = None
    lines = ['record = "customers"', "", "[fields]", *(f'{name} = "{name}"' for name in plain)]
    for family, names in families.items():
        lines += ["", f"[fields.{family}]"]
        lines += [f"{json.dumps(name)} = {json.dumps(f'{family}.{name}')}" for name in names]
    return "\n".join(lines) + "\n"


def _with_parents(keys: Iterable[str]) -> list[Row]:
    known = {row["key"]: row for row in units().to_pylist()}
    found: dict[str, Row] = {}
    waiting = [key for key in keys if key in known]
    while waiting:
        key = waiting.pop()
        if key not in found:
            row = known[key]
            found[key] = {n: row[n] for n in ("key", "name", "parent") if row[n]}
            waiting += [row["parent"]] if row["parent"] in known else []
    return [found[key] for key in sorted(found)]


def _lines(rows: Iterable[Row]) -> str:
    return "".join(json.dumps(row, default=_plain_value, ensure_ascii=False) + "\n" for row in rows)


def _plain_value(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    assert isinstance(value, Decimal), value
    return str(value)


def _text(name: str) -> str:
    return (resources.files("rapport.privacy") / name).read_text("utf-8")


def _write(to: Path, files: Mapping[str, str]) -> None:
    with (
        os.fdopen(open_new(to), "wb") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack,
    ):
        for name, text in files.items():
            pack.writestr(name, text)
