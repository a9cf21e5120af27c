"""What of the office somebody sees who sees some business units only: those, and who is in them."""

import pyarrow as pa

from rapport.kernel.errors import ForbiddenError
from rapport.office.actors import Actor


def sees_unit(actor: Actor, unit: str | None) -> bool:
    """Whether the actor sees what is of a unit; what is of none is for those who see all."""
    return actor.units is None or unit in actor.units


def own_rows(
    rows: pa.Table, actor: Actor, column: str = "unit", *, of_nobody: bool = False
) -> pa.Table:
    """The rows that the actor sees.

    Args:
        rows: of the office.
        actor: who asks.
        column: that names the unit of a row.
        of_nobody: rows of no unit are for everybody.
    """
    units = rows.column(column).to_pylist()
    seen = [sees_unit(actor, one) or (of_nobody and one is None) for one in units]
    return rows.filter(pa.array(seen, pa.bool_()))


def require_unit(actor: Actor, unit: str | None) -> None:
    """Let the actor give a role in this unit: nobody gives more than they have themselves.

    Raises:
        ForbiddenError: they do not see it.
    """
    if not sees_unit(actor, unit):
        raise ForbiddenError(f"{actor.id} does not see unit {unit!r}")
