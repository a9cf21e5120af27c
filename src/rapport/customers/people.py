"""Putting customers in: identifiers, traits, account and consents, thousands of rows at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import pyarrow as pa

from rapport.customers.cells import Trait, read_consent, read_identifier, read_trait, spoken
from rapport.customers.merges import active_merges, final
from rapport.customers.tables import ACCOUNTS, CONSENTS, CUSTOMERS, IDENTIFIERS, read_kind
from rapport.office.api import (
    CHUNK,
    UNITS,
    Actor,
    CellError,
    PutReport,
    Slate,
    Tally,
    as_stored,
    check_columns,
    chunks,
    one_transaction,
    read_moment,
    read_text,
    require,
    unknown_reference,
    write_put,
)

COLUMNS = (
    "key",
    "account",
    "account_kind",
    "account_name",
    "consent_at",
    "consent_source",
    "consent_text_version",
    "first_known",
    "unit",
)
FAMILIES = ("consent:", "identifier:", "trait:")
_NOTHING = dict.fromkeys(COLUMNS)
_CLOCK_SLACK = timedelta(days=1)
_JSON = msgspec.json.Encoder(order="sorted")


def put_customers(rows: pa.Table, *, actor: Actor, import_id: int | None = None) -> PutReport:
    """Put customers in, new or known.

    Args:
        rows: `key` and any of: account, account_name, account_kind (company, household), unit,
            first_known, `identifier:<namespace>`, `trait:<name>`, `consent:<scope>` (yes, no,
            granted, denied, revoked), consent_at, consent_source, consent_text_version. An empty
            cell says nothing and leaves what is known. Accounts are made as they are named.
        actor: who does it.
        import_id: the import it is part of, so that it can be undone.

    Returns:
        received = stored + duplicate + rejected; no rows give zeros.

    Raises:
        ForbiddenError: the actor may not.
        InputError: a column is unknown, or `key` is not there.
    """
    require(actor, "put_customers")
    check_columns(rows, COLUMNS, FAMILIES)
    tally = Tally(received=rows.num_rows)
    now = datetime.now(UTC)
    for start, cells in chunks(rows, CHUNK):
        said = _read(cells, start, tally, now)
        stored_before = tally.stored
        with one_transaction():
            _settle(said, tally, as_stored(now), import_id)
            write_put(actor, "put_customers", tally.stored - stored_before, import_id)
    return tally.report()


@dataclass(frozen=True, slots=True)
class _Said:
    """What one row says about a customer; None and empty where it says nothing."""

    index: int
    key: str
    account: str | None
    account_name: str | None
    account_kind: str | None
    unit: str | None
    first_known: str | None
    identifiers: tuple[tuple[str, str, str], ...]
    traits: Mapping[str, Trait]
    consents: Mapping[str, str]
    consent_at: str | None
    consent_source: str | None
    consent_text_version: str | None


class _RowError(Exception):
    """A row that cannot be used, with the column at fault."""

    def __init__(self, column: str, error: CellError) -> None:
        super().__init__(column)
        self.column = column
        self.error = error


_Cells = Mapping[str, list[Any]]
_Wrong = dict[int, _RowError]


def _read(cells: _Cells, start: int, tally: Tally, now: datetime) -> list[_Said]:
    """What the rows of a chunk say; those with a cell that cannot be used are rejected."""
    wrong: _Wrong = {}
    plain = _family(cells, "", _plain_reader, wrong)
    identifiers = _family(cells, "identifier:", lambda name: partial(read_identifier, name), wrong)
    traits = _family(cells, "trait:", lambda _: read_trait, wrong)
    consents = _family(cells, "consent:", lambda _: read_consent, wrong)
    said = []
    for offset in range(len(cells["key"])):
        try:
            if offset in wrong:
                raise wrong[offset]
            alone: dict[str, Any] = {**_NOTHING, **_plain_row(_row(plain, offset), now)}
            one = _Said(
                index=start + offset,
                identifiers=tuple(
                    (spoken(name, value), name, value)
                    for name, value in _row(identifiers, offset).items()
                ),
                traits=_row(traits, offset),
                consents=_row(consents, offset),
                **alone,
            )
            said.append(one)
        except _RowError as error:
            tally.reject(start + offset, error.column, error.error)
    return said


def _family(
    cells: _Cells, prefix: str, reader: Callable[[str], Callable[[Any], Any]], wrong: _Wrong
) -> dict[str, list[Any]]:
    """The columns of one family, read; without prefix the columns that have none."""
    names = [name for name in cells if (name.startswith(prefix) if prefix else name in COLUMNS)]
    return {
        name.removeprefix(prefix): _column(
            name, reader(name.removeprefix(prefix)), cells[name], wrong
        )
        for name in names
    }


def _column(name: str, read: Callable[[Any], Any], values: list[Any], wrong: _Wrong) -> list[Any]:
    try:
        return [None if value is None else read(value) for value in values]
    except CellError:
        return [_cell(name, read, value, offset, wrong) for offset, value in enumerate(values)]


def _cell(name: str, read: Callable[[Any], Any], value: Any, offset: int, wrong: _Wrong) -> Any:
    try:
        return None if value is None else read(value)
    except CellError as error:
        wrong.setdefault(offset, _RowError(name, error))
        return None


def _row(columns: _Cells, offset: int) -> dict[str, Any]:
    """What one row says in these columns; empty cells say nothing."""
    return {name: values[offset] for name, values in columns.items() if values[offset] is not None}


def _plain_row(plain: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The columns outside the families, by the rules that join several of them."""
    if "key" not in plain:
        raise _RowError("key", CellError("missing", None, "a key"))
    if "account" not in plain and "account_name" in plain:
        expected = "the key of the account that account_name names"
        raise _RowError("account", CellError("missing", None, expected))
    for name in plain.keys() & {"consent_at", "first_known"}:
        if plain[name] > now + _CLOCK_SLACK:
            error = CellError("out_of_range", plain[name].isoformat(), "a moment that has been")
            raise _RowError(name, error)
        plain[name] = as_stored(plain[name])
    return plain


def _plain_reader(name: str) -> Callable[[Any], Any]:
    return _READ.get(name, read_text)


_READ: dict[str, Callable[[Any], Any]] = {
    "account_kind": read_kind,
    "consent_at": read_moment,
    "first_known": read_moment,
}


class _Known:
    """What the store knows about the people of one chunk, and what it will know."""

    def __init__(self, said: list[_Said]) -> None:
        keys = [one.key for one in said]
        names = [key for one in said for key, _, _ in one.identifiers]
        self.customers = Slate(CUSTOMERS, [*keys, *names])
        self.identifiers = Slate(IDENTIFIERS, [*names, *keys])
        self.accounts = Slate(ACCOUNTS, [one.account for one in said if one.account])
        self.consents = Slate(CONSENTS, [one.key for one in said if one.consents])
        self.units = UNITS.known(one.unit for one in said if one.unit)
        self._merges: dict[str, str] | None = None
        self._latest: dict[tuple[str, str], tuple[str, str]] = {}
        for customer, scope, at, status, *_ in self.consents.rows.values():
            self._note(customer, scope, at, status)

    def same_person(self, one: str, other: str) -> bool:
        """Whether two customers are one by merges (asked rarely, so read when first needed)."""
        if self._merges is None:
            self._merges = active_merges()
        return final(one, self._merges) == final(other, self._merges)

    def latest_status(self, customer: str, scope: str) -> str | None:
        """What the customer said last about a scope."""
        return self._latest.get((customer, scope), ("", None))[1]

    def put_consent(self, row: tuple[Any, ...]) -> bool:
        """Add a consent to the history."""
        self._note(*row[:4])
        return self.consents.put(row)

    def _note(self, customer: str, scope: str, at: str, status: str) -> None:
        if at >= self._latest.get((customer, scope), ("", ""))[0]:
            self._latest[customer, scope] = (at, status)

    def save(self, import_id: int | None) -> None:
        """Write all of it."""
        for slate in (self.accounts, self.customers, self.identifiers, self.consents):
            slate.save(import_id)


def _settle(said: list[_Said], tally: Tally, now: str, import_id: int | None) -> None:
    known = _Known(said)
    unknown_units = {
        unit: unknown_reference(unit, UNITS)
        for unit in {one.unit for one in said if one.unit} - known.units
    }
    for one in said:
        try:
            if one.unit in unknown_units:
                raise _RowError("unit", unknown_units[one.unit])
            _check_identity(one, known)
            _check_consents(one, known)
        except _RowError as wrong:
            tally.reject(one.index, wrong.column, wrong.error)
            continue
        if _put(one, known, now):
            tally.stored += 1
        else:
            tally.duplicate += 1
    known.save(import_id)


def _check_identity(one: _Said, known: _Known) -> None:
    """No key and no identifier may stand for two people."""
    row = known.identifiers.rows.get((one.key,))
    if row is not None and row[3] != one.key:
        expected = f"a key of its own; {one.key} is an identifier of {row[3]}"
        raise _RowError("key", CellError("changed", one.key, expected))
    for key, namespace, _ in one.identifiers:
        row = known.identifiers.rows.get((key,))
        owner = row[3] if row else key if (key,) in known.customers.rows else one.key
        if owner != one.key and not known.same_person(owner, one.key):
            got = f"{key} for {one.key}"
            expected = f"an identifier of nobody else; it belongs to {owner}"
            raise _RowError(f"identifier:{namespace}", CellError("changed", got, expected))


def _check_consents(one: _Said, known: _Known) -> None:
    """The same moment cannot have had two answers."""
    if one.consent_at is None:
        return
    for scope, status in one.consents.items():
        row = known.consents.rows.get((one.key, scope, one.consent_at))
        if row is not None and row[3] != status:
            expected = f"{row[3]}, as stored for {one.consent_at} UTC, or another consent_at"
            raise _RowError(f"consent:{scope}", CellError("changed", status, expected))


def _put(one: _Said, known: _Known, now: str) -> bool:
    """Take down all a row says; True where any of it is new."""
    new = _put_account(one, known)
    new |= known.customers.put(_customer_row(one, known))
    for key, namespace, value in one.identifiers:
        # A name that is a merged customer's key leads here by the merge already.
        if (key,) not in known.customers.rows and (key,) not in known.identifiers.rows:
            new |= known.identifiers.put((key, namespace, value, one.key))
    for scope, status in one.consents.items():
        if one.consent_at is None and known.latest_status(one.key, scope) == status:
            continue
        row = known.consents.rows.get((one.key, scope, one.consent_at))
        if row is None:
            at = one.consent_at or now
            source, version = one.consent_source or "", one.consent_text_version or ""
            new |= known.put_consent((one.key, scope, at, status, source, version))
    return new


def _put_account(one: _Said, known: _Known) -> bool:
    if one.account is None:
        return False
    _, name, kind = known.accounts.rows.get((one.account,), ("", "", "company"))
    return known.accounts.put((one.account, one.account_name or name, one.account_kind or kind))


def _customer_row(one: _Said, known: _Known) -> tuple[Any, ...]:
    old = known.customers.rows.get((one.key,))
    if old is None:
        traits = _JSON.encode(one.traits).decode()
        return (one.key, one.account, one.unit, traits, one.first_known)
    _, account, unit, traits, since = old
    said = _JSON.encode(one.traits).decode()
    if one.traits and said != traits:
        traits = _JSON.encode(msgspec.json.decode(traits) | one.traits).decode()
    first_known = min(filter(None, (since, one.first_known)), default=None)
    return (one.key, one.account or account, one.unit or unit, traits, first_known)
