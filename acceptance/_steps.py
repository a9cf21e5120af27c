"""What a simulation does, drawn beforehand: the steps of a run and the files it imports."""

import random
from typing import NamedTuple

from acceptance._model import File, SourceRow

KEYS, VERSIONS, FILES = 8, 3, 6
PLACES = 14
# Weights of operations; a take, an undo and whatever moves the lake can be killed.
_TASKS = {
    "journal": 5,
    "bulk": 4,
    "revise": 5,
    "undo": 4,
    "seal": 3,
    "compact": 2,
    "vacuum": 2,
    "publish": 1,
    "merge": 2,
    "split": 1,
    "hold": 1,
    "tick": 1,
    "reopen": 1,
    "verify": 1,
}
_KILLABLE = ("journal", "bulk", "revise", "undo", "seal", "compact", "vacuum", "publish")


class Step(NamedTuple):
    """One operation: its task, two numbers whose meaning depends on it, and where it is killed."""

    task: str
    which: int
    other: int
    killed_at: int = 0
    again: bool = True


def script(seed: int, steps: int) -> list[Step]:
    """The operations of a run, drawn beforehand."""
    dice = random.Random(seed)
    tasks = dice.choices(list(_TASKS), list(_TASKS.values()), k=steps)
    return [
        Step(
            task,
            dice.randrange(1_000),
            dice.randrange(1_000),
            dice.randrange(1, PLACES) if task in _KILLABLE and dice.random() < 0.25 else 0,
            dice.random() < 0.7,
        )
        for task in tasks
    ]


def files(seed: int) -> list[File]:
    """The files of a run: few keys and versions, so that they meet often."""
    dice = random.Random(-seed)
    return [
        File(
            f"file {number} of {seed}",
            tuple(
                tuple(_row(dice) for _ in range(dice.randrange(1, 6)))
                for _ in range(dice.randrange(1, 4))
            ),
        )
        for number in range(FILES)
    ]


def _row(dice: random.Random) -> SourceRow:
    parts = dice.choice([(0,), (0,), (0,), (1,), (0, 1), (0, 0)])
    drafts = tuple((part, min(dice.randrange(VERSIONS + 2), VERSIONS) % VERSIONS) for part in parts)
    fault = "" if dice.random() < 0.9 else dice.choice(["kind", "future"])
    return SourceRow(dice.randrange(KEYS), drafts, fault)
