"""What the worker does with uploads, one after the other.

Killed anywhere it goes on: an upload stays `running` until its end is noted, and an import that
is run again continues. Cancelled, it stops between two batches.
"""

import logging
import shutil
from dataclasses import astuple

import msgspec

from rapport.kernel.errors import BusyError, RapportError
from rapport.ledger.api import Ledger, Receipt, Rejection
from rapport.listening.foreseeing import foresee
from rapport.listening.importing import import_file
from rapport.listening.mapping.reading import parse_mapping
from rapport.listening.uploads.keeping import (
    CANCELLED,
    CANCELLING,
    DONE,
    FAILED,
    KEPT,
    Example,
    Upload,
    begin,
    is_cancelled,
    next_upload,
    note,
)
from rapport.office.api import Actor, actor_named

_LOG = logging.getLogger(__name__)
_UNFORESEEN = "It went wrong in a way nobody foresaw. What the server wrote on its log tells more."


class _CancelledError(Exception):
    """Somebody asked to stop."""


def work_on_uploads(ledger: Ledger) -> int:
    """Do all that is asked for; how many uploads came to an end. One process at a time does."""
    count = 0
    try:
        with ledger.hold("uploads", wait=False):
            while (upload := next_upload(ledger)) is not None:
                _work(ledger, upload)
                count += 1
    except BusyError:
        return count
    return count


def _work(ledger: Ledger, upload: Upload) -> None:
    if upload.state == CANCELLING:
        note(upload.id, state=KEPT if upload.trial else CANCELLED)
        return
    begin(upload.id)
    try:
        actor = actor_named(upload.actor)
        (_try if upload.trial else _import)(ledger, upload, actor)
    except _CancelledError:
        note(upload.id, state=KEPT if upload.trial else CANCELLED)
    except FileNotFoundError:
        note(upload.id, state=FAILED, trouble="The file is not here any more. Bring it again.")
    except RapportError as error:
        note(upload.id, state=FAILED, trouble=str(error))
    except Exception:  # noqa: BLE001 - told on the log and on the page
        # A file that nobody foresaw must not stop those behind it, nor the worker.
        _LOG.exception("upload %s", upload.id)
        note(upload.id, state=FAILED, trouble=_UNFORESEEN)


def _import(ledger: Ledger, upload: Upload, actor: Actor) -> None:
    mapping = parse_mapping(upload.mapping)
    report = import_file(
        ledger,
        upload.path,
        mapping,
        actor=actor,
        progress=_Progress(upload),
        begun=lambda import_id: note(upload.id, import_id=import_id),
    )
    note(upload.id, state=DONE, share=1.0, counts=_text(report.receipt))
    # The row stays for whoever watches; what points to people goes now.
    shutil.rmtree(upload.path.parent, ignore_errors=True)
    note(upload.id, mapping="", examples="")


def _try(ledger: Ledger, upload: Upload, actor: Actor) -> None:
    mapping = parse_mapping(upload.mapping)
    total, rejected = foresee(ledger, upload.path, mapping, actor=actor, progress=_Progress(upload))
    examples = msgspec.json.encode([_example(row) for row in rejected]).decode()
    note(upload.id, state=KEPT, share=1.0, counts=_text(total), examples=examples)


def _example(row: Rejection) -> Example:
    return Example(row.line, row.reason.value, row.field, row.got, row.expected)


class _Progress:
    """Notes how far it is, and stops when that is asked for."""

    def __init__(self, upload: Upload) -> None:
        self.upload = upload

    def __call__(self, share: float, receipt: Receipt) -> None:
        if is_cancelled(self.upload.id):
            raise _CancelledError
        note(self.upload.id, share=share, counts=_text(receipt))


def _text(receipt: Receipt) -> str:
    return msgspec.json.encode(astuple(receipt)).decode()
