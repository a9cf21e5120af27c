"""The ledger row by row: every row on one page and one only, counted by any field."""

import pyarrow as pa
import pytest

from rapport.kernel.errors import InputError
from rapport.ledger.api import Ledger, create_ledger
from rapport.measures.api import all_newest, counts_by, newest

COUNT = 25


@pytest.fixture
def ledger(tmp_path):
    made = create_ledger(tmp_path / "store")
    moments = [1_700_000_000_000_000 + (n // 5) * 1_000_000 for n in range(COUNT)]
    made.load(
        [
            pa.table(
                {
                    "occurred_at": pa.array(moments, pa.timestamp("us", "UTC")),
                    "kind": ["page.viewed"] * COUNT,
                    "customer": [f"c{n % 3}" for n in range(COUNT)],
                    "channel": ["web" if n % 2 else None for n in range(COUNT)],
                    "unit": ["north" if n < 10 else "south" for n in range(COUNT)],
                    "properties": [f'{{"n": "{n}"}}' for n in range(COUNT)],
                }
            )
        ],
        "test",
    )
    yield made
    made.close()


def pages(ledger: Ledger, size: int, **more) -> list[list[dict]]:
    found, before = [], None
    with ledger.read() as snapshot:
        while True:
            rows = newest(
                snapshot, columns=["properties.n"], limit=size, before=before, **more
            ).to_pylist()
            if not rows:
                return found
            found.append(rows)
            before = rows[-1]["t"], rows[-1]["id"]


@pytest.mark.parametrize("size", [1, 4, 5, 7, 100])
def test_pages_hold_every_row_once_newest_first(ledger, size):
    rows = [row for page in pages(ledger, size) for row in page]
    assert sorted(int(row["properties.n"]) for row in rows) == list(range(COUNT))
    assert [row["t"] for row in rows] == sorted((row["t"] for row in rows), reverse=True)


def test_a_filter_holds_on_every_page(ledger):
    rows = [row for page in pages(ledger, 3, where=["unit = north"]) for row in page]
    assert len(rows) == 10


def test_all_of_it_flows_in_the_same_order(ledger):
    with ledger.read() as snapshot:
        first, *rest = all_newest(snapshot, columns=["id", "properties.n"])
        flowed = [row for batch in rest for row in batch.to_pylist()]
    assert first.num_rows == 0
    assert first.schema.names == ["id", "properties.n"]
    assert [row["id"] for row in flowed] == [r["id"] for page in pages(ledger, 9) for r in page]


def test_values_are_counted_with_their_customers_and_absence_is_a_value(ledger):
    with ledger.read() as snapshot:
        assert counts_by(snapshot, "channel").to_pylist() == [
            {"value": None, "interactions": 13, "customers": 3},
            {"value": "web", "interactions": 12, "customers": 3},
        ]
        assert counts_by(snapshot, None, where=["unit = south"]).to_pylist() == [
            {"interactions": 15, "customers": 3}
        ]
        assert counts_by(snapshot, "properties.n", limit=2).num_rows == 2


def test_an_unknown_field_is_told(ledger):
    with ledger.read() as snapshot, pytest.raises(InputError, match="nowhere"):
        newest(snapshot, columns=["nowhere"], limit=1)
