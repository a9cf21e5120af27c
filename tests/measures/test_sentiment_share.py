"""What share of texts is positive, where somebody has read them."""

import csv
import gzip
from pathlib import Path

import pyarrow as pa
import pytest

from rapport.kernel.figures import Figure
from rapport.ledger.api import ANNOTATION_SCHEMA
from rapport.measures.api import compute, rows_behind

from .handmade import HandmadeSnapshot, handmade
from .test_first_reply_wait import ONE, Event

WORDS: list[Event] = [
    ("2025-01-06T10:00", "message.received", {"text": "lovely", "channel": "chat"}),
    ("2025-01-06T10:00", "review.posted", {"text": "awful"}),
    ("2025-01-06T10:00", "survey.answered", {"text": "it came"}),
    ("2025-02-06T10:00", "message.received", {"text": "never read"}),
    ("2025-01-06T10:00", "message.sent", {"text": "we are sorry"}),  # ours
    ("2025-01-06T10:00", "message.received", {"text": "", "direction": "inbound"}),
    ("2025-01-06T10:00", "page.viewed", {}),
]


def annotated(
    *said: tuple[int, float], model: str = "lexicon", version: str = "1", name: str = "sentiment"
) -> pa.Table:
    """(number of the interaction, value) each."""
    rows = [(number.to_bytes(16), name, value, model, version) for number, value in said]
    columns = zip(*rows, strict=True) if rows else [[]] * 5
    return pa.table([list(column) for column in columns], schema=ANNOTATION_SCHEMA)


def snapshot(*tables: pa.Table, words: list[Event] = WORDS) -> HandmadeSnapshot:
    made = handmade(*words)
    tables_there = {"annotations": pa.concat_tables(tables)} if tables else {}
    return HandmadeSnapshot(
        {"interactions": made.sql("SELECT * FROM interactions"), **tables_there}, made.settings
    )


def sentiment(reader: HandmadeSnapshot, **parameters: object) -> Figure:
    [figure] = compute(reader, "sentiment_share", parameters={**ONE, **parameters})
    return figure


SAID = annotated((0, 0.9), (1, -0.8), (2, 0.0), (4, 1.0))


def test_it_is_the_share_of_annotated_texts_of_customers() -> None:
    figure = sentiment(snapshot(SAID))
    assert (figure.value, figure.n) == (1 / 3, 3)
    assert figure.by == {"model": "lexicon", "version": "1"}
    assert figure.note == "Annotated: 3 of 4 texts."
    assert figure.extra["negative_share"] == 1 / 3
    assert figure.extra["annotated_share"] == 0.75


def test_the_other_side_and_another_threshold_can_be_asked_for() -> None:
    assert sentiment(snapshot(SAID), side="negative").value == 1 / 3
    assert sentiment(snapshot(SAID), threshold=0.0).value == 2 / 3
    assert sentiment(snapshot(SAID), side="negative", threshold=0.9).value == 0.0


def test_models_and_versions_never_mix() -> None:
    newer = annotated((0, -1.0), version="2")
    other = annotated((0, 1.0), model="a person")
    found = compute(snapshot(SAID, newer, other), "sentiment_share", parameters=ONE)
    assert [(f.by["model"], f.by["version"], f.value, f.n, f.note) for f in found] == [
        ("a person", "1", 1.0, 1, "Annotated: 1 of 4 texts."),
        ("lexicon", "1", 1 / 3, 3, "Annotated: 3 of 4 texts."),
        ("lexicon", "2", 0.0, 1, "Annotated: 1 of 4 texts."),
    ]


def test_annotations_of_another_name_are_another_thing() -> None:
    urgency = annotated((0, 1.0), name="urgency")
    assert sentiment(snapshot(SAID, urgency)).n == 3
    assert sentiment(snapshot(SAID, urgency), annotation="urgency").n == 1


def test_without_annotations_it_says_that_nothing_was_read() -> None:
    for reader in (snapshot(), snapshot(annotated())):
        figure = sentiment(reader)
        assert (figure.value, figure.n) == (None, 0)
        assert figure.note is not None
        assert figure.note.endswith("Annotated: 0 of 4 texts.")


def test_groups_and_periods_count_their_own_texts() -> None:
    found = compute(snapshot(SAID), "sentiment_share", every="month", parameters=ONE)
    assert [(f.period, f.n, f.extra["texts"]) for f in found if f.extra] == [("2025-01", 3, 3.0)]
    [chat] = compute(snapshot(SAID), "sentiment_share", where=["channel = chat"], parameters=ONE)
    assert (chat.value, chat.note) == (1.0, "Annotated: 1 of 1 texts.")


def test_the_texts_behind_a_figure_can_be_seen() -> None:
    rows = rows_behind(snapshot(SAID), "sentiment_share").to_pylist()
    assert sorted((row["value"] is None, row["value"]) for row in rows if row["value"]) == [
        (False, -0.8),
        (False, 0.9),
    ]
    assert len(rows) == 4


def test_too_few_annotated_texts_give_no_value() -> None:
    [figure] = compute(snapshot(SAID), "sentiment_share")
    assert figure.value is None
    assert figure.note == "Too few annotated texts to say (3 of 10). Annotated: 3 of 4 texts."


def test_it_gives_the_shares_published_with_the_airline_tweets(shared: Path) -> None:
    """The labels of the crowd, as annotations; the counts are those of the file."""
    with gzip.open(shared / "data" / "airline_tweets" / "tweets.csv.gz", "rt") as file:
        labels = [line["airline_sentiment"] for line in csv.DictReader(file)]
    values = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}
    words: list[Event] = [("2015-02-20T10:00", "mention.posted", {"text": "…"}) for _ in labels]
    crowd = annotated(*((n, values[label]) for n, label in enumerate(labels)), model="crowd")
    figure = sentiment(snapshot(crowd, words=words), side="negative")
    assert figure.value == pytest.approx(labels.count("negative") / len(labels))
    assert figure.extra["positive_share"] == pytest.approx(labels.count("positive") / len(labels))
