"""What was made of interactions lies beside them, and is never told of interactions unknown."""

import pyarrow as pa
import pytest

from rapport.kernel.errors import InputError
from rapport.ledger.api import (
    ANNOTATION_SCHEMA,
    Annotated,
    Ledger,
    annotate,
    annotations,
    forget_annotations,
)

from .rows import purchases


def ids(ledger: Ledger) -> list[bytes]:
    with ledger.read() as snapshot:
        return list(snapshot.sql("SELECT id FROM interactions ORDER BY id")["id"].to_pylist())


def said(*rows: tuple[bytes, float], version: str = "1") -> pa.Table:
    listed = [
        {"id": key, "name": "sentiment", "value": value, "model": "lexicon", "version": version}
        for key, value in rows
    ]
    return pa.Table.from_pylist(listed, ANNOTATION_SCHEMA)


@pytest.fixture
def three(ledger: Ledger) -> list[bytes]:
    """The ids of three interactions in the ledger."""
    ledger.load([purchases("a", "b", "c")], "shop")
    return ids(ledger)


def test_annotations_are_read_beside_the_interactions(ledger: Ledger, three: list[bytes]) -> None:
    assert annotate(ledger, said((three[0], 0.5), (three[2], -1.0))) == Annotated(2, 0)
    with ledger.read() as snapshot:
        joined = snapshot.sql(
            "SELECT i.id, a.value FROM interactions AS i JOIN annotations AS a ON a.id = i.id"
        )
    assert sorted(joined["value"].to_pylist()) == [-1.0, 0.5]


def test_saying_it_again_replaces_and_another_version_stands_beside(
    ledger: Ledger, three: list[bytes]
) -> None:
    annotate(ledger, said((three[0], 0.5), (three[1], 0.0)))
    assert annotate(ledger, said((three[0], 0.7), (three[2], 0.1))) == Annotated(1, 1)
    assert annotate(ledger, said((three[0], -0.2), version="2")) == Annotated(1, 0)
    found = {(r["id"], r["version"]): r["value"] for r in annotations(ledger).to_pylist()}
    assert found == {
        (three[0], "1"): 0.7,
        (three[1], "1"): 0.0,
        (three[2], "1"): 0.1,
        (three[0], "2"): -0.2,
    }


def test_a_reader_keeps_the_annotations_it_began_with(ledger: Ledger, three: list[bytes]) -> None:
    annotate(ledger, said((three[0], 0.5)))
    with ledger.read() as before:
        annotate(ledger, said((three[0], -0.5)))
        assert before.sql("SELECT value FROM annotations")["value"].to_pylist() == [0.5]
        with ledger.read() as after:
            assert after.token != before.token


def test_a_ledger_nobody_annotated_has_none(ledger: Ledger) -> None:
    assert annotations(ledger).num_rows == 0


def test_annotations_are_forgotten_by_interaction(ledger: Ledger, three: list[bytes]) -> None:
    annotate(ledger, said(*((key, 0.5) for key in three)))
    assert forget_annotations(ledger, three[:2]) == 2
    assert annotations(ledger)["id"].to_pylist() == [three[2]]
    assert forget_annotations(ledger, three[:2]) == 0


def test_nothing_is_said_of_an_interaction_that_is_not_there(
    ledger: Ledger, three: list[bytes]
) -> None:
    with pytest.raises(InputError, match="not in the ledger") as refused:
        annotate(ledger, said((three[0], 0.5), (b"x" * 16, 0.5)))
    assert refused.value.got == "1 of 2"
    assert annotations(ledger).num_rows == 0


def test_what_cannot_be_an_annotation_is_refused(ledger: Ledger, three: list[bytes]) -> None:
    good = said((three[0], 0.5))
    with pytest.raises(InputError, match="other columns"):
        annotate(ledger, good.drop_columns(["version"]))
    with pytest.raises(InputError, match="other types"):
        annotate(ledger, good.set_column(2, "value", pa.array(["good"])))
    with pytest.raises(InputError, match="without a model"):
        annotate(ledger, good.set_column(3, "model", pa.nulls(1, pa.string())))
    with pytest.raises(InputError, match="finite number"):
        annotate(ledger, said((three[0], float("nan"))))
    with pytest.raises(InputError, match="something twice"):
        annotate(ledger, said((three[0], 0.5), (three[0], 0.6)))
