"""What others made of interactions comes in: annotations, laid beside the ledger."""

import pyarrow as pa

from rapport.kernel.errors import InputError
from rapport.ledger.api import Annotated, Ledger, annotate
from rapport.office.api import Act, Actor, require, write_line


def annotate_interactions(ledger: Ledger, table: pa.Table, *, actor: Actor) -> Annotated:
    """Lay annotations beside the interactions they are about: all of them or none.

    Args:
        ledger: that holds the interactions.
        table: columns id (bytes, or hexadecimal digits), name, value, model, version.
        actor: who does it.

    Raises:
        ForbiddenError: the actor may not.
        InputError: as `ledger.api.annotate`, or an id is not hexadecimal.
    """
    require(actor, "annotate_interactions")
    done = annotate(ledger, _with_bytes(table))
    told = {"added": done.added, "replaced": done.replaced}
    write_line(actor, Act("annotate_interactions", "annotations", details=told))
    return done


def _with_bytes(table: pa.Table) -> pa.Table:
    """The table with ids as bytes."""
    place = table.schema.get_field_index("id")
    if place < 0 or not pa.types.is_string(table.schema.field(place).type):
        return table
    try:
        ids = [None if text is None else bytes.fromhex(text) for text in table["id"].to_pylist()]
    except ValueError:
        raise InputError(
            "An id is not hexadecimal", expected="32 digits 0 to 9 and a to f"
        ) from None
    return table.set_column(place, "id", pa.array(ids, pa.binary()))
