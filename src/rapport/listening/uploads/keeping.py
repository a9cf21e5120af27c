"""Uploads: a file that somebody brought, and what is asked of the worker.

    kept ──► queued ──► running ──► done         (a trial comes back to kept)
                          │  └────► failed ──┐
                          └► cancelling ─► cancelled ──► queued again, which continues

The file lies in `HOME/uploads/<number>/` under its own name. Whoever may import sees uploads of
their own only, for a file is seen by nobody else before it is in the ledger.
"""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from rapport.kernel.errors import ChangedError, InputError, NotFoundError
from rapport.ledger.api import Ledger, Receipt
from rapport.listening.mapping.reading import parse_mapping
from rapport.office.api import (
    Act,
    Actor,
    as_moment,
    as_stored,
    one_transaction,
    query,
    require,
    write_line,
)

KEPT, QUEUED, RUNNING, DONE = "kept", "queued", "running", "done"
FAILED, CANCELLING, CANCELLED = "failed", "cancelling", "cancelled"
BUSY = (QUEUED, RUNNING, CANCELLING)
KEPT_DAYS = 1
_LONGEST_NAME = 60
_COLUMNS = (
    "id, file, size, mapping, actor, state, trial, share, counts, examples, trouble, import_id, "
    "made_at, changed_at"
)


@dataclass(frozen=True, slots=True)
class Example:
    """A row that a trial would reject: where it is and why."""

    line: int
    reason: str
    field: str | None
    got: str
    expected: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody brought.

    Attributes:
        id: its number.
        file: the name it came by.
        size: bytes.
        mapping: TOML text; "" as long as there is none.
        actor: id of who brought it.
        state: see the module.
        trial: whether the worker was asked for a trial only.
        share: 0 to 1, how much of the file the worker has read.
        receipt: what became, or would become, of the rows so far; None before.
        examples: rows that a trial would reject.
        trouble: what was in the way, "" where nothing was.
        import_id: the import it became; None before.
        made_at, changed_at: UTC.
        path: where the file lies.
    """

    id: int
    file: str
    size: int
    mapping: str
    actor: str
    state: str
    trial: bool
    share: float
    receipt: Receipt | None
    examples: tuple[Example, ...]
    trouble: str
    import_id: int | None
    made_at: datetime
    changed_at: datetime
    path: Path

    @property
    def is_busy(self) -> bool:
        """Whether the worker has it, or will have it next."""
        return self.state in BUSY


def keep_upload(
    ledger: Ledger, brought: Path, name: str, *, actor: Actor, mapping: str = ""
) -> int:
    """Take a file into the store, to be looked at and imported; its number.

    Args:
        ledger: of the store.
        brought: where the file lies on the same disk; it is moved, or removed where it is empty.
        name: by which its owner knows it.
        actor: who brought it.
        mapping: how it is to be read, where that is known already.

    Raises:
        ForbiddenError: the actor may not import.
        InputError: the file is empty.
    """
    require(actor, "import_file")
    size = brought.stat().st_size
    if not size:
        brought.unlink()
        raise InputError(f"{safe_name(name)} is empty", got="0 bytes")
    now = as_stored(datetime.now(UTC))
    with one_transaction():
        (number,) = query(
            "INSERT INTO listening_upload (file, size, mapping, actor, state, trial, share, "
            "counts, examples, trouble, made_at, changed_at) "
            "VALUES (%s, %s, %s, %s, 'kept', %s, 0, '', '', '', %s, %s) RETURNING id",
            *(safe_name(name), size, mapping, actor.id, False, now, now),
        )[0]
        write_line(actor, Act("import_file", "upload", str(number), {"step": "kept"}))
        path = _path(ledger, number, safe_name(name))
        path.parent.mkdir(parents=True)
        brought.replace(path)
    return int(number)


def find_upload(ledger: Ledger, number: int, *, actor: Actor) -> Upload:
    """An upload of the actor's own.

    Raises:
        NotFoundError: there is none of that number, or somebody else brought it.
    """
    found = _read(ledger, "WHERE id = %s AND actor = %s", number, actor.id)
    if not found:
        raise NotFoundError(
            "This file is not here any more",
            hint="A file is kept until it is imported, for a day at most. Bring it again.",
        )
    return found[0]


def uploads(ledger: Ledger, *, actor: Actor) -> list[Upload]:
    """The actor's own that are not done, newest first."""
    return _read(ledger, "WHERE actor = %s AND state <> 'done' ORDER BY id DESC", actor.id)


def map_upload(
    ledger: Ledger, number: int, mapping: str, *, actor: Actor, was: str | None = None
) -> None:
    """Say how an upload is to be read; what a trial found before is forgotten.

    Args:
        ledger: the store.
        number: of the upload.
        mapping: TOML.
        actor: who says it.
        was: the mapping that they have seen; None where they have looked at none.

    Raises:
        MappingError: it is no mapping.
        ChangedError: it was read otherwise meanwhile.
        InputError: the worker has it.
        NotFoundError: it is not the actor's, or gone.
    """
    now = find_upload(ledger, number, actor=actor).mapping
    if was is not None and was.strip() != now.strip():
        raise ChangedError(
            "How this file is read was changed in another window meanwhile",
            hint="Look at what it says now and at yours, and send again.",
        )
    parse_mapping(mapping)
    _change(ledger, number, actor, "mapped", "mapping = %s, counts = '', examples = ''", mapping)


def start_upload(ledger: Ledger, number: int, *, actor: Actor, trial: bool = False) -> None:
    """Hand an upload to the worker: to be imported, or tried without storing anything.

    Raises:
        InputError: the worker has it already, or it has no mapping.
        NotFoundError: it is not the actor's, or gone.
    """
    parse_mapping(find_upload(ledger, number, actor=actor).mapping)
    sets = "state = 'queued', share = 0, counts = '', examples = '', trouble = '', trial = %s"
    _change(ledger, number, actor, "tried" if trial else "started", sets, trial)


def cancel_upload(ledger: Ledger, number: int, *, actor: Actor) -> None:
    """Stop what the worker does with an upload, at the end of the batch it is at.

    Raises:
        NotFoundError: it is not the actor's, or gone.
    """
    require(actor, "import_file")
    find_upload(ledger, number, actor=actor)
    with one_transaction():
        query(
            "UPDATE listening_upload SET state = CASE state WHEN 'queued' THEN "
            "CASE WHEN trial THEN 'kept' ELSE 'cancelled' END ELSE 'cancelling' END "
            "WHERE id = %s AND state IN ('queued', 'running')",
            number,
        )
        write_line(actor, Act("import_file", "upload", str(number), {"step": "cancelled"}))


def drop_upload(ledger: Ledger, number: int, *, actor: Actor) -> None:
    """Remove an upload and its file; what of it is in the ledger stays there.

    Raises:
        InputError: the worker has it.
        NotFoundError: it is not the actor's, or gone.
    """
    _change(ledger, number, actor, "dropped", "state = 'done'")
    forget_uploads(ledger, [number])


def forget_old_uploads(ledger: Ledger) -> int:
    """Remove what is done or a day old, and files that belong to nothing; how many went."""
    before = as_stored(datetime.now(UTC) - timedelta(days=KEPT_DAYS))
    old = query(
        "SELECT id FROM listening_upload WHERE changed_at < %s "
        "AND state NOT IN ('queued', 'running', 'cancelling')",
        before,
    )
    return forget_uploads(ledger, [number for (number,) in old]) + _forget_strays(ledger)


def forget_uploads(ledger: Ledger, numbers: Iterable[int] | None = None) -> int:
    """Remove these uploads, or all, with their files; how many files went."""
    if numbers is None:
        numbers = [number for (number,) in query("SELECT id FROM listening_upload")]
    count = 0
    for number in numbers:
        count += len(list(_folder(ledger, number).glob("*")))
        shutil.rmtree(_folder(ledger, number), ignore_errors=True)
        with one_transaction():
            query("DELETE FROM listening_upload WHERE id = %s", number)
    return count


def _forget_strays(ledger: Ledger) -> int:
    """Files of uploads that broke off: nobody finishes them, a killed server left them."""
    old = (datetime.now(UTC) - timedelta(days=KEPT_DAYS)).timestamp()
    known = {str(number) for (number,) in query("SELECT id FROM listening_upload")}
    count = 0
    for path in (ledger.home / "uploads").glob("*"):
        if path.name in known or path.stat().st_mtime > old:
            continue
        count += 1
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return count


def safe_name(name: str) -> str:
    """A name under which a file can lie anywhere, as like the given one as possible.

    >>> safe_name("../../etc/pass\\nwd.csv"), safe_name("..")
    ('pass wd.csv', 'file')
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = " ".join("".join(c if c.isprintable() else " " for c in last).split())
    stem, dot, suffix = plain.strip(". ").rpartition(".")
    if not dot or not re.fullmatch(r"\w{1,10}", suffix, re.ASCII):
        stem, dot, suffix = plain.strip(". "), "", ""
    return (stem[:_LONGEST_NAME].strip() or "file") + dot + suffix


def _change(ledger: Ledger, number: int, actor: Actor, step: str, sets: str, *values: Any) -> None:
    """Change an upload that the worker does not have."""
    require(actor, "import_file")
    found = find_upload(ledger, number, actor=actor)
    now = as_stored(datetime.now(UTC))
    with one_transaction():
        changed = query(
            f"UPDATE listening_upload SET {sets}, changed_at = %s WHERE id = %s "
            "AND state NOT IN ('queued', 'running', 'cancelling') RETURNING id",
            *(*values, now, number),
        )
        if not changed:
            raise InputError(
                f"{found.file} is being worked on", hint="Wait for its end, or cancel it first."
            )
        write_line(actor, Act("import_file", "upload", str(number), {"step": step}))


def _folder(ledger: Ledger, number: int) -> Path:
    return ledger.home / "uploads" / str(number)


def _path(ledger: Ledger, number: int, name: str) -> Path:
    return _folder(ledger, number) / name


def next_upload(ledger: Ledger) -> Upload | None:
    """What the worker does next: first what a killed worker had begun."""
    found = _read(
        ledger,
        "WHERE state IN ('queued', 'running', 'cancelling') "
        "ORDER BY CASE state WHEN 'queued' THEN 1 ELSE 0 END, id LIMIT 1",
    )
    return found[0] if found else None


def note(number: int, **values: Any) -> None:
    """Note how far the worker is with an upload."""
    values["changed_at"] = as_stored(datetime.now(UTC))
    sets = ", ".join(f"{name} = %s" for name in values)
    query(f"UPDATE listening_upload SET {sets} WHERE id = %s", *values.values(), number)


def begin(number: int) -> None:
    """Note that the worker has begun, unless somebody cancelled meanwhile."""
    query(
        "UPDATE listening_upload SET state = 'running' WHERE id = %s AND state = 'queued'", number
    )


def is_cancelled(number: int) -> bool:
    """Whether somebody asked the worker to stop, or the upload is gone."""
    found = query("SELECT state FROM listening_upload WHERE id = %s", number)
    return not found or found[0][0] == CANCELLING


def _read(ledger: Ledger, clause: str, *values: Any) -> list[Upload]:
    return [
        _upload(ledger, row)
        for row in query(f"SELECT {_COLUMNS} FROM listening_upload {clause}", *values)
    ]


def _upload(ledger: Ledger, row: tuple[Any, ...]) -> Upload:
    number, file, size, mapping, actor, state, trial, share, counts, examples, *rest = row
    trouble, import_id, made, changed = rest
    return Upload(
        id=number,
        file=file,
        size=size,
        mapping=mapping,
        actor=actor,
        state=state,
        trial=bool(trial),
        share=share,
        receipt=Receipt(*msgspec.json.decode(counts)) if counts else None,
        examples=msgspec.json.decode(examples, type=tuple[Example, ...]) if examples else (),
        trouble=trouble,
        import_id=import_id,
        made_at=as_moment(made),
        changed_at=as_moment(changed),
        path=_path(ledger, number, file),
    )
