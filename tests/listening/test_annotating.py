"""Annotations come in by a verb: with a permission, an audit line, all or none."""

import pyarrow as pa
import pytest

from rapport.kernel.errors import ForbiddenError, InputError
from rapport.ledger.api import Annotated, annotations
from rapport.listening.api import annotate_interactions
from rapport.measures.api import compute
from rapport.office.api import Actor, latest_lines

from .conftest import OPERATOR, Store

WORDS = """
source = "letters"
[fields]
kind = { value = "message.received" }
occurred_at = "at"
text = "words"
"""


def given(store: Store, *values: float) -> pa.Table:
    """A value for each interaction, its id as people copy it: hexadecimal."""
    ids = [row[0] for row in store.ask("SELECT lower(hex(id)) FROM interactions ORDER BY id")]
    rows = [
        {"id": key, "name": "sentiment", "value": value, "model": "lexicon", "version": "1"}
        for key, value in zip(ids, values, strict=True)
    ]
    return pa.Table.from_pylist(rows)


@pytest.fixture
def letters(store: Store) -> Store:
    lines = [f"2025-01-{day:02} 10:00,letter {day}" for day in range(1, 13)]
    store.take("\n".join(["at,words", *lines]), WORDS)
    return store


def test_a_figure_comes_of_annotations_that_were_handed_in(letters: Store) -> None:
    done = annotate_interactions(
        letters.ledger, given(letters, *[1.0] * 9, *[-1.0] * 3), actor=OPERATOR
    )
    assert done == Annotated(12, 0)
    with letters.ledger.read() as snapshot:
        [figure] = compute(snapshot, "sentiment_share")
    assert (figure.value, figure.note) == (0.75, "Annotated: 12 of 12 texts.")


def test_it_is_told_in_the_audit(letters: Store) -> None:
    annotate_interactions(letters.ledger, given(letters, *[0.0] * 12), actor=OPERATOR)
    [line] = latest_lines(1)
    assert (line.act.verb, line.act.details) == (
        "annotate_interactions",
        {"added": 12, "replaced": 0},
    )


def test_who_may_not_import_may_not_annotate(letters: Store) -> None:
    agent = Actor("person:3", frozenset({"agent"}))
    with pytest.raises(ForbiddenError, match="may not annotate interactions"):
        annotate_interactions(letters.ledger, given(letters, *[0.0] * 12), actor=agent)
    assert annotations(letters.ledger).num_rows == 0


def test_an_id_that_is_not_hexadecimal_is_refused(letters: Store) -> None:
    table = given(letters, *[0.0] * 12).slice(0, 1).set_column(0, "id", pa.array(["first"]))
    with pytest.raises(InputError, match="not hexadecimal"):
        annotate_interactions(letters.ledger, table, actor=OPERATOR)
