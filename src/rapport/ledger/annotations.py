"""Annotations: what a model or a person made of an interaction, beside it and never in it.

An annotation is a number with a name (`sentiment`, -1 to 1) for one interaction, by one version
of one model. They lie in the published table `annotations`, one row for each interaction, name,
model and version; saying it again replaces it, and another version stands beside the older one, so
that a figure can always tell whose word it rests on.

The whole table is written anew each time: annotate many interactions at once, not one by one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rapport.kernel.errors import InputError
from rapport.ledger.lock import hold
from rapport.ledger.store import Ledger

ANNOTATIONS = "annotations"
_TYPES: dict[str, pa.DataType] = {
    "id": pa.binary(),
    "name": pa.string(),
    "value": pa.float64(),
    "model": pa.string(),
    "version": pa.string(),
}
ANNOTATION_SCHEMA = pa.schema(list(_TYPES.items()))
_KEY = ["name", "model", "version", "id"]
_EXPECTED = ", ".join(ANNOTATION_SCHEMA.names)


@dataclass(frozen=True, slots=True)
class Annotated:
    """What became of annotations: how many are new, and how many replaced an older word."""

    added: int
    replaced: int


def annotate(ledger: Ledger, table: pa.Table) -> Annotated:
    """Lay annotations beside the interactions they are about: all of them or none.

    Args:
        ledger: that holds the interactions.
        table: the columns of ANNOTATION_SCHEMA, in any order.

    Raises:
        InputError: a column is missing or empty somewhere, a value is no finite number, something
            is said twice, or an interaction is not in the ledger.
    """
    given = _checked(table)
    with hold(ledger.home / "locks" / "annotate.lock"):
        _check_known(ledger, given)
        older = annotations(ledger)
        kept = older.join(given.select(_KEY), _KEY, join_type="left anti")
        _publish(ledger, pa.concat_tables([kept.select(ANNOTATION_SCHEMA.names), given]))
    replaced = older.num_rows - kept.num_rows
    return Annotated(given.num_rows - replaced, replaced)


def annotations(ledger: Ledger) -> pa.Table:
    """All annotations, ANNOTATION_SCHEMA; without rows where there are none yet."""
    with ledger.read() as snapshot:
        if ANNOTATIONS not in snapshot.published:
            return pa.Table.from_batches([], ANNOTATION_SCHEMA)
        found = snapshot.sql(f"SELECT {_EXPECTED} FROM {ANNOTATIONS}")
    return found.cast(ANNOTATION_SCHEMA)


def forget_annotations(ledger: Ledger, ids: Collection[bytes]) -> int:
    """Take the annotations of interactions away; how many there were.

    The file that held them stays for readers that hold it, as `Ledger.publish` says.
    """
    with hold(ledger.home / "locks" / "annotate.lock"):
        older = annotations(ledger)
        about = pc.is_in(older["id"], pa.array(ids, pa.binary()))
        kept = older.filter(pc.invert(about))
        if kept.num_rows < older.num_rows:
            _publish(ledger, kept)
    return int(older.num_rows - kept.num_rows)


def copy_annotations(ledger: Ledger, anew: Mapping[bytes, bytes]) -> None:
    """Say of other ids what is said of these: those of interactions that are written anew."""
    known = ledger.database.rows("SELECT 1 FROM ledger_published WHERE name = ?", (ANNOTATIONS,))
    if not known:
        return
    with hold(ledger.home / "locks" / "annotate.lock"):
        older = annotations(ledger)
        mine = older.filter(pc.is_in(older["id"], pa.array(list(anew), pa.binary())))
        if mine.num_rows:
            ids: list[Any] = mine["id"].to_pylist()
            copied = pa.array([anew[one] for one in ids], pa.binary())
            copies = mine.set_column(0, "id", copied)
            _publish(ledger, pa.concat_tables([older, copies]))


def sweep_annotations(ledger: Ledger) -> int:
    """Take annotations away that are about no interaction; how many there were."""
    older = annotations(ledger)
    if not older.num_rows:
        return 0
    with ledger.read() as snapshot:
        query = f"SELECT DISTINCT id FROM {ANNOTATIONS} WHERE id NOT IN (SELECT id FROM stored)"
        gone: list[Any] = snapshot.sql(query)["id"].to_pylist()
    return forget_annotations(ledger, gone) if gone else 0


def _publish(ledger: Ledger, table: pa.Table) -> None:
    ledger.publish(ANNOTATIONS, table.sort_by([(name, "ascending") for name in _KEY]))


def _checked(table: pa.Table) -> pa.Table:
    if set(table.column_names) != set(ANNOTATION_SCHEMA.names):
        raise InputError(
            "Annotations have other columns", got=", ".join(table.column_names), expected=_EXPECTED
        )
    try:
        given = table.select(ANNOTATION_SCHEMA.names).cast(ANNOTATION_SCHEMA)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError("Annotations have other types", got=str(error)) from None
    for name in given.column_names:
        if given[name].null_count:
            raise InputError(f"Annotations without a {name}", got=given[name].null_count)
    if not pc.all(pc.is_finite(given["value"])).as_py():
        raise InputError("The value of an annotation must be a finite number")
    distinct = given.group_by(_KEY).aggregate([])
    if distinct.num_rows < given.num_rows:
        raise InputError(
            "Annotations say something twice",
            got=f"{given.num_rows - distinct.num_rows} rows",
            expected="one row for each interaction, name, model and version",
        )
    return given


def _check_known(ledger: Ledger, given: pa.Table) -> None:
    with ledger.read() as snapshot:
        query = "SELECT count(*) AS n FROM given WHERE id NOT IN (SELECT id FROM interactions)"
        unknown = snapshot.sql(query, {"given": given}).to_pylist()[0]["n"]
    if unknown:
        raise InputError(
            "Annotations are about interactions that are not in the ledger",
            got=f"{unknown} of {given.num_rows}",
            hint="The id of an interaction is its 16 bytes, or these as 32 hexadecimal digits.",
        )
