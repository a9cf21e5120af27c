"""A copy of all we hold about somebody, which comes in again."""

import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from rapport.customers.api import merge_customers, profile, put_accounts, put_customers
from rapport.kernel.errors import ForbiddenError, InputError, NotFoundError
from rapport.ledger.api import MAPPED_FIELDS, create_ledger
from rapport.listening.api import import_file, load_mapping
from rapport.office.api import Actor
from rapport.privacy.api import (
    customer,
    erase_customer,
    export_customer,
    export_employee,
    places,
    preview,
)

from .conftest import OWNER, Store


@pytest.fixture
def pack(store: Store, tmp_path: Path) -> Path:
    """Ana's data, unpacked."""
    export_customer(store.ledger, "email:ana@x.example", tmp_path / "ana.zip", actor=OWNER)
    with zipfile.ZipFile(tmp_path / "ana.zip") as found:
        found.extractall(tmp_path / "pack")
    return tmp_path / "pack"


FACTS = f"SELECT {', '.join(MAPPED_FIELDS)} FROM stored ORDER BY ALL"


def test_the_copy_comes_in_again_as_the_same_facts(store: Store, pack: Path) -> None:
    other = create_ledger(pack / "other", store.ledger.settings)
    for file in sorted(pack.glob("interactions-*.jsonl")):
        mapping = load_mapping(file.with_suffix(".toml"))
        receipt = import_file(other, file, mapping, actor=OWNER).receipt
        assert receipt.rejected == 0
    mine = "customer IN ('ana', 'email:ana@x.example') ORDER BY"
    expected = store.ask(FACTS.replace("ORDER BY", f"WHERE {mine}"))
    assert Store(other, pack).ask(FACTS) == expected
    assert len(expected) == 2
    other.close()


def test_the_profile_comes_in_again(store: Store, pack: Path) -> None:
    before = profile("ana")
    erase_customer(store.ledger, "ana", actor=OWNER)
    rows = [json.loads(line) for line in (pack / "customers.jsonl").read_text().splitlines()]
    assert {name for row in rows for name in row} >= {"key", "account", "identifier", "consent"}
    flat = [
        {
            f"{name}:{inner}" if isinstance(value, dict) else name: each
            for name, value in row.items()
            for inner, each in (value.items() if isinstance(value, dict) else [(name, value)])
        }
        for row in rows
    ]
    names = dict.fromkeys(name for row in flat for name in row)
    table = pa.table({name: [row.get(name) for row in flat] for name in names})
    assert put_customers(table, actor=OWNER).rejected == ()
    assert profile("ana") == before


def test_everything_that_is_erased_is_handed_out(store: Store) -> None:
    """Export and erasure are symmetric: each place is handed out, or repeats one that is."""
    named = {place.name for place in places()}
    for place in places():
        assert (place.export is None) == (place.copy_of is not None), place.name
        assert place.copy_of is None or place.copy_of in named
    assert preview(store.ledger, customer("ana")) != {}
    erase_customer(store.ledger, "ana", actor=OWNER)
    assert preview(store.ledger, customer("ana")) == {}


def test_merged_records_are_handed_out_too(store: Store, tmp_path: Path) -> None:
    put_accounts(pa.table({"key": ["home"], "kind": ["household"]}), actor=OWNER)
    put_customers(pa.table({"key": ["ana2"], "account": ["home"]}), actor=OWNER)
    merge_customers("ana", "ana2", actor=OWNER)
    counts = export_customer(store.ledger, "ana", tmp_path / "x.zip", actor=OWNER)
    kinds = ("customers_customer", "customers_merge", "customers_account")
    assert [counts[kind] for kind in kinds] == [2, 1, 2]


def test_an_employee_gets_their_work_without_what_customers_said(
    store: Store, tmp_path: Path
) -> None:
    counts = export_employee(store.ledger, "s1", tmp_path / "zoe.zip", actor=OWNER)
    assert counts == {"interaction": 3, "rejected row": 1, "office_employee": 1}
    with zipfile.ZipFile(tmp_path / "zoe.zip") as found:
        row = json.loads(found.read("interaction.jsonl").splitlines()[0])
    assert "customer" not in row
    assert "text" not in row


def test_nothing_is_written_over_and_nobody_is_made_up(store: Store, tmp_path: Path) -> None:
    (tmp_path / "there.zip").touch()
    with pytest.raises(InputError, match="cannot be written"):
        export_customer(store.ledger, "ana", tmp_path / "there.zip", actor=OWNER)
    with pytest.raises(NotFoundError):
        export_customer(store.ledger, "nobody", tmp_path / "new.zip", actor=OWNER)


def test_an_agent_may_not_export(store: Store, tmp_path: Path) -> None:
    agent = Actor("person:2", frozenset({"agent"}))
    with pytest.raises(ForbiddenError):
        export_customer(store.ledger, "ana", tmp_path / "x.zip", actor=agent)
