"""The door of the ledger."""

from rapport.ledger.annotations import (
    ANNOTATION_SCHEMA,
    ANNOTATIONS,
    Annotated,
    annotate,
    annotations,
    forget_annotations,
)
from rapport.ledger.bench import Bench
from rapport.ledger.compacting import Compacted, compact
from rapport.ledger.engines.opening import ENGINES
from rapport.ledger.home import has_store, postgres_url, schema_of
from rapport.ledger.imports import (
    Import,
    begin_import,
    drop_import,
    end_import,
    find_import,
    import_history,
    record_people,
    rejections,
)
from rapport.ledger.intake import DRAFT_SCHEMA, Batch, Prepared, entry_of, shorten
from rapport.ledger.kinds import Kind, declare, known_kinds
from rapport.ledger.reasons import Reason, Rejection
from rapport.ledger.receipts import Outcome, Place, Receipt
from rapport.ledger.schema import FIELD_NAMES, FIELDS, MAPPED_FIELDS, SCHEMA
from rapport.ledger.sealing import Sealed, seal, undo
from rapport.ledger.settings import Settings
from rapport.ledger.snapshot import Snapshot
from rapport.ledger.store import Ledger, create_ledger, open_ledger
from rapport.ledger.upkeep import steps as upkeep_steps
from rapport.ledger.vacuum import Vacuumed, vacuum
from rapport.ledger.verify import Finding, Status, status, verify

__all__ = [
    "ANNOTATIONS",
    "ANNOTATION_SCHEMA",
    "DRAFT_SCHEMA",
    "ENGINES",
    "FIELDS",
    "FIELD_NAMES",
    "MAPPED_FIELDS",
    "SCHEMA",
    "Annotated",
    "Batch",
    "Bench",
    "Compacted",
    "Finding",
    "Import",
    "Kind",
    "Ledger",
    "Outcome",
    "Place",
    "Prepared",
    "Reason",
    "Receipt",
    "Rejection",
    "Sealed",
    "Settings",
    "Snapshot",
    "Status",
    "Vacuumed",
    "annotate",
    "annotations",
    "begin_import",
    "compact",
    "create_ledger",
    "declare",
    "drop_import",
    "end_import",
    "entry_of",
    "find_import",
    "forget_annotations",
    "has_store",
    "import_history",
    "known_kinds",
    "open_ledger",
    "postgres_url",
    "record_people",
    "rejections",
    "schema_of",
    "seal",
    "shorten",
    "status",
    "undo",
    "upkeep_steps",
    "vacuum",
    "verify",
]
