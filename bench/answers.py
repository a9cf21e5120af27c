"""A file of answers as a shop's survey tool exports them: 8 columns, always the same for a size."""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from random import Random

COLUMNS = (
    "answer",
    "customer",
    "answered_at",
    "channel",
    "touchpoint",
    "score",
    "spent",
    "comment",
)
_CHANNELS = ("web", "app", "email", "phone", "chat", "store")
_TOUCHPOINTS = ("checkout", "delivery", "claim", "advice", "returns", "account", "shop")
_OPENINGS = ("Quick, friendly", "Took long, too long", "As always", "Helpful, thank you", "Nobody")
_ENDINGS = ("would come again", "the parcel was damaged", "“fine”", "no answer so far", "it works")
_START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
_SECONDS = 2 * 365 * 86_400


def write_answers(path: Path, rows: int) -> None:
    """Write the file unless it is there; a file that was broken off is written anew."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(COLUMNS)
        writer.writerows(_answers(rows))
    draft.replace(path)


def _answers(rows: int) -> Iterator[tuple[str | int | float, ...]]:
    chance = Random(20260101)
    for number in range(rows):
        moment = _START + dt.timedelta(seconds=chance.randrange(_SECONDS))
        yield (
            f"A-{number:09d}",
            f"C-{chance.randrange(rows // 4 + 1):07d}",
            f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            chance.choice(_CHANNELS),
            chance.choice(_TOUCHPOINTS),
            min(10, int(chance.triangular(0, 12, 9))),
            round(chance.expovariate(1 / 60), 2),
            f"{chance.choice(_OPENINGS)}, {chance.choice(_ENDINGS)} ({chance.randrange(rows)})",
        )
