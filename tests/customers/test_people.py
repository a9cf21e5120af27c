"""Customers come in: identifiers, traits, accounts, consents."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from rapport.customers.api import (
    identity_map,
    merge_customers,
    profile,
    published_customers,
    put_accounts,
    put_customers,
)
from rapport.kernel.errors import ForbiddenError, InputError, NotFoundError
from rapport.office.api import Actor, latest_lines, put_units

pytestmark = pytest.mark.django_db
Rows = Callable[..., pa.Table]

ANA = {
    "key": "ana",
    "account": "acme",
    "account_name": "Acme Ltd",
    "identifier:email": " Ana@X.example ",
    "identifier:phone": "+49 (0)30 123-456",
    "trait:tier": "gold",
    "trait:age": 41,
    "trait:since": date(2020, 2, 29),
    "consent:newsletter": "yes",
    "consent_at": "2024-05-01T10:00:00+02:00",
}


def test_ana_is_known_by_all_that_was_said_of_her(ana: Actor, rows: Rows) -> None:
    put_customers(rows(ANA), actor=ana)
    found = profile("ana")
    assert (found.account, found.account_name) == ("acme", "Acme Ltd")
    assert found.traits == {"tier": "gold", "age": 41, "since": "2020-02-29"}
    assert found.identifiers == (("email", "ana@x.example"), ("phone", "+49030123456"))
    assert found.consents == {"newsletter": "granted"}
    assert found.consent_history[0].at == datetime(2024, 5, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("name", ["ana", "email:ana@x.example", "ANA@X.EXAMPLE", "+49030123456"])
def test_ana_is_found_by_any_of_her_names(ana: Actor, rows: Rows, name: str) -> None:
    put_customers(rows(ANA), actor=ana)
    assert profile(name).key == "ana"


def test_the_same_rows_again_write_nothing(ana: Actor, rows: Rows) -> None:
    told = rows(
        ANA, {"key": "ben", "trait:tier": "iron", "trait:age": 2, "consent:newsletter": "no"}
    )
    put_customers(told, actor=ana)
    before = len(latest_lines())
    again = put_customers(told, actor=ana)
    assert (again.received, again.stored, again.duplicate, again.rejected) == (2, 0, 2, ())
    assert len(latest_lines()) == before


def test_a_new_trait_joins_the_known_ones(ana: Actor, rows: Rows) -> None:
    put_customers(rows(ANA), actor=ana)
    report = put_customers(
        rows({"key": "ana", "trait:tier": "platinum", "trait:age": None}), actor=ana
    )
    assert report.stored == 1
    assert profile("ana").traits == {"tier": "platinum", "age": 41, "since": "2020-02-29"}


def test_the_later_of_two_rows_in_one_file_counts(ana: Actor, rows: Rows) -> None:
    told = rows({"key": "ana", "trait:tier": "gold"}, {"key": "ana", "trait:tier": "iron"})
    assert put_customers(told, actor=ana).stored == 2
    assert profile("ana").traits == {"tier": "iron"}


def test_an_address_belongs_to_one_customer_only(ana: Actor, rows: Rows) -> None:
    put_customers(rows(ANA), actor=ana)
    (rejected,) = put_customers(
        rows({"key": "ben", "identifier:email": "ana@x.example"}), actor=ana
    ).rejected
    assert (rejected.field, rejected.reason) == ("identifier:email", "changed")
    assert rejected.got == "email:ana@x.example for ben"
    assert rejected.expected == "an identifier of nobody else; it belongs to ana"
    with pytest.raises(NotFoundError):
        profile("ben")


def test_two_rows_of_one_file_cannot_share_an_address(ana: Actor, rows: Rows) -> None:
    shared = {"identifier:email": "both@x.example"}
    report = put_customers(rows({"key": "ana", **shared}, {"key": "ben", **shared}), actor=ana)
    assert [one.index for one in report.rejected] == [1]


def test_merged_customers_may_share_an_address(ana: Actor, rows: Rows) -> None:
    put_customers(rows(ANA, {"key": "ana2"}), actor=ana)
    merge_customers("ana", "ana2", actor=ana)
    told = rows({"key": "ana2", "identifier:email": "ana@x.example"})
    assert put_customers(told, actor=ana).rejected == ()


def test_a_merged_key_as_identifier_stays_one_name(ana: Actor, rows: Rows) -> None:
    put_customers(rows({"key": "ana"}, {"key": "ana2"}), actor=ana)
    merge_customers("ana", "ana2", actor=ana)
    put_customers(rows({"key": "ana", "identifier:": "ana2"}), actor=ana)
    assert identity_map().to_pylist() == [{"key": "ana2", "customer": "ana"}]


def test_the_later_of_two_answers_in_one_file_counts(ana: Actor, rows: Rows) -> None:
    words = [{"key": "ana", "consent:mail": word} for word in ("yes", "no", "no")]
    report = put_customers(rows(*words), actor=ana)
    assert (report.stored, report.duplicate) == (2, 1)
    assert profile("ana").consents == {"mail": "denied"}


def test_a_key_cannot_be_somebodys_bare_identifier(ana: Actor, rows: Rows) -> None:
    put_customers(rows({"key": "ana", "identifier:": "C-17"}), actor=ana)
    (rejected,) = put_customers(rows({"key": "C-17"}), actor=ana).rejected
    assert rejected.expected == "a key of its own; C-17 is an identifier of ana"


def test_a_bare_identifier_cannot_be_somebodys_key(ana: Actor, rows: Rows) -> None:
    put_customers(rows({"key": "C-17"}), actor=ana)
    (rejected,) = put_customers(rows({"key": "ana", "identifier:": "C-17"}), actor=ana).rejected
    assert rejected.field == "identifier:"


def test_an_unknown_unit_is_rejected_with_the_nearest(ana: Actor, rows: Rows) -> None:
    put_units(rows({"key": "berlin"}), actor=ana)
    report = put_customers(rows({"key": "ana", "unit": "berlim"}, {"key": "ben"}), actor=ana)
    assert report.stored == 1
    assert report.rejected[0].reason == "unknown_reference"
    assert "Did you mean berlin?" in report.rejected[0].expected


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ({"key": " "}, "key", "missing"),
        ({"key": "x", "account_name": "Acme"}, "account", "missing"),
        ({"key": "x", "account": "a", "account_kind": "club"}, "account_kind", "malformed"),
        ({"key": "x", "identifier:email": "nobody"}, "identifier:email", "malformed"),
        ({"key": "x", "identifier:phone": "call me"}, "identifier:phone", "malformed"),
        ({"key": "x", "trait:note": "x" * 10_001}, "trait:note", "out_of_range"),
        ({"key": "x", "consent:mail": "perhaps"}, "consent:mail", "malformed"),
        ({"key": "x", "consent_at": "yesterday"}, "consent_at", "malformed"),
        ({"key": "x", "first_known": "2999-01-01"}, "first_known", "out_of_range"),
        ({"key": "x", "trait:size": float("inf")}, "trait:size", "malformed"),
    ],
)
def test_a_bad_row_is_rejected_and_a_good_one_kept(
    ana: Actor, rows: Rows, row: dict[str, str], field: str, reason: str
) -> None:
    report = put_customers(rows(row, {"key": "good"}), actor=ana)
    assert (report.received, report.stored) == (2, 1)
    assert [(one.index, one.field, one.reason) for one in report.rejected] == [(0, field, reason)]


def test_consents_are_a_history_and_the_latest_counts(ana: Actor, rows: Rows) -> None:
    said = [("no", "2024-03-01"), ("yes", "2024-01-01"), ("withdrawn", "2024-02-01")]
    for word, day in said:
        put_customers(rows({"key": "ana", "consent:mail": word, "consent_at": day}), actor=ana)
    found = profile("ana")
    assert [word.status for word in found.consent_history] == ["granted", "revoked", "denied"]
    assert found.consents == {"mail": "denied"}


def test_one_moment_cannot_have_two_answers(ana: Actor, rows: Rows) -> None:
    row = {"key": "ana", "consent:mail": "yes", "consent_at": "2024-01-01"}
    put_customers(rows(row), actor=ana)
    (rejected,) = put_customers(rows(row | {"consent:mail": "no"}), actor=ana).rejected
    assert (rejected.field, rejected.reason) == ("consent:mail", "changed")


def test_a_consent_without_a_moment_is_of_now_and_not_repeated(ana: Actor, rows: Rows) -> None:
    for word in ("yes", "yes", "no"):
        put_customers(rows({"key": "ana", "consent:mail": word}), actor=ana)
    history = profile("ana").consent_history
    assert [word.status for word in history] == ["granted", "denied"]
    assert datetime.now(UTC) - history[-1].at < timedelta(hours=1)


def test_the_earliest_moment_known_stays(ana: Actor, rows: Rows) -> None:
    for day in ("2024-01-01", "2023-01-01", "2025-01-01"):
        put_customers(rows({"key": "ana", "first_known": day}), actor=ana)
    assert profile("ana").first_known == datetime(2023, 1, 1, tzinfo=UTC)


def test_accounts_come_in_by_themselves_too(ana: Actor, rows: Rows) -> None:
    put_customers(rows({"key": "ana", "account": "h1"}), actor=ana)
    report = put_accounts(rows({"key": "h1", "name": "Home", "kind": "household"}), actor=ana)
    assert report.stored == 1
    assert profile("ana").account_name == "Home"


def test_numbers_as_keys_are_the_text_people_write(ana: Actor, rows: Rows) -> None:
    put_customers(rows({"key": 17850.0}), actor=ana)
    assert profile("17850").key == "17850"


def test_a_file_of_many_chunks_keeps_its_books(ana: Actor) -> None:
    keys = [f"c{number % 4_500}" for number in range(5_000)]
    report = put_customers(pa.table({"key": keys}), actor=ana)
    assert (report.stored, report.duplicate) == (4_500, 500)
    assert published_customers().num_rows == 4_500


def test_no_rows_give_zeros(ana: Actor) -> None:
    report = put_customers(pa.table({"key": pa.array([], pa.string())}), actor=ana)
    assert (report.received, report.stored) == (0, 0)
    assert identity_map().num_rows == 0


def test_ben_may_not_put_customers(ben: Actor, rows: Rows) -> None:
    with pytest.raises(ForbiddenError):
        put_customers(rows(ANA), actor=ben)


def test_an_unknown_column_is_refused(ana: Actor, rows: Rows) -> None:
    with pytest.raises(InputError, match="There is no column 'traits:tier' here"):
        put_customers(rows({"key": "ana", "traits:tier": "gold"}), actor=ana)
