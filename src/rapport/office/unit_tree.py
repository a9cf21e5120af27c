"""The tree of business units: moved and renamed one at a time, with where each was and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rapport.kernel.errors import ChangedError, InputError, NotFoundError, did_you_mean
from rapport.office.actors import Actor
from rapport.office.audit import Act, write_line
from rapport.office.permission import require
from rapport.office.sight import sees_unit
from rapport.office.tables import Slate, as_moment, one_transaction, query
from rapport.office.verbs import UNITS, note_places

_HISTORY = """
    SELECT parent, since, until FROM office_unitplace WHERE unit = %s ORDER BY id DESC
"""


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit in its place: how deep it lies, and the unit above it (None at the top)."""

    key: str
    name: str
    parent: str | None
    depth: int

    @property
    def title(self) -> str:
        """What it is shown as: its name, or its key where it has none."""
        return self.name or self.key


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """Under which unit a unit was; `since` is None where that was before we kept it."""

    parent: str | None
    since: datetime | None
    until: datetime | None


def unit_tree() -> list[UnitNode]:
    """All units, each followed by those below it, by name."""
    children: dict[str | None, list[tuple[str, str, str]]] = {}
    for key, name, parent in query("SELECT key, name, parent_id FROM office_unit"):
        children.setdefault(parent, []).append((name or key, name, key))

    def below(parent: str | None, depth: int) -> Iterator[UnitNode]:
        for _, name, key in sorted(children.get(parent, ())):
            yield UnitNode(key, name, parent, depth)
            yield from below(key, depth + 1)

    return list(below(None, 0))


def unit_history(key: str) -> list[UnitPlace]:
    """Where a unit was, the newest first."""
    return [
        UnitPlace(parent, as_moment(since), as_moment(until))
        for parent, since, until in query(_HISTORY, key)
    ]


def change_unit(
    key: str, *, name: str, parent: str | None, was: tuple[str, str | None], actor: Actor
) -> None:
    """Rename a unit or move it; who sees what goes by the tree of today from then on.

    Args:
        key: of the unit.
        name: its name from now on.
        parent: the unit above it from now on, None for the top.
        was: name and parent as they were seen by whoever asks.
        actor: who does it.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such unit, or the actor does not see it.
        ChangedError: somebody else changed it meanwhile.
        InputError: the parent is not there, or lies below the unit.
    """
    require(actor, "put_units")
    with one_transaction():
        slate = Slate(UNITS, UNITS.all_keys())
        before = slate.rows.get((key,)) if sees_unit(actor, key) else None
        if before is None:
            raise NotFoundError(f"There is no business unit {key!r}")
        if (before[1], before[2]) != was:
            raise ChangedError(
                "Somebody else changed this unit meanwhile",
                hint="Look at what is there now, and change it again if it is still needed.",
            )
        parents = {row[0]: row[2] for row in slate.rows.values()}
        if parent != before[2] and not sees_unit(actor, parent):
            raise InputError(
                "There is no such business unit in your sight", got=parent or "the top"
            )
        _check_above(key, parent, parents)
        if slate.put((key, name.strip(), parent)):
            slate.save(None)
            note_places()
            write_line(actor, Act("change_unit", "units", key, {"moved": int(parent != was[1])}))


def _check_above(key: str, parent: str | None, parents: dict[str, str | None]) -> None:
    if parent is not None and parent not in parents:
        raise InputError(
            f"There is no business unit {parent!r}", hint=did_you_mean(parent, parents)
        )
    above = parent
    while above is not None:
        if above == key:
            raise InputError("A unit cannot lie below itself", got=f"{key} below {parent}")
        above = parents.get(above)
