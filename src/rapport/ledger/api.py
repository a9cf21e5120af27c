"""The door of the ledger."""

from rapport.ledger.imports import Import
from rapport.ledger.intake import DRAFT_SCHEMA, Batch
from rapport.ledger.kinds import Kind, declare, known_kinds
from rapport.ledger.reasons import Reason, Rejection
from rapport.ledger.schema import FIELD_NAMES, FIELDS, MAPPED_FIELDS, SCHEMA
from rapport.ledger.sealing import Sealed, seal, undo
from rapport.ledger.settings import Settings
from rapport.ledger.snapshot import Snapshot
from rapport.ledger.store import Ledger, create_ledger, open_ledger
from rapport.ledger.storing import Place, Receipt
from rapport.ledger.verify import Finding, Status, status, verify

__all__ = [
    "DRAFT_SCHEMA",
    "FIELDS",
    "FIELD_NAMES",
    "MAPPED_FIELDS",
    "SCHEMA",
    "Batch",
    "Finding",
    "Import",
    "Kind",
    "Ledger",
    "Place",
    "Reason",
    "Receipt",
    "Rejection",
    "Sealed",
    "Settings",
    "Snapshot",
    "Status",
    "create_ledger",
    "declare",
    "known_kinds",
    "open_ledger",
    "seal",
    "status",
    "undo",
    "verify",
]
