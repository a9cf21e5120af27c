"""The door of the ledger."""

from rapport.ledger.annotations import (
    ANNOTATION_SCHEMA,
    ANNOTATIONS,
    Annotated,
    annotate,
    annotations,
    forget_annotations,
    sweep_annotations,
)
from rapport.ledger.bench import Bench
from rapport.ledger.conditions import FIELD_TYPES, INTERACTION_WORDS, condition
from rapport.ledger.disk import open_new, sync
from rapport.ledger.engines.opening import ENGINES
from rapport.ledger.erasure.anonymising import TOKEN, new_token
from rapport.ledger.erasure.erasing import (
    Accounts,
    erase,
    ids_of_subject,
    rename_employee,
    stored_rows,
)
from rapport.ledger.erasure.erasures import (
    BEGUN,
    Erasure,
    begin_erasure,
    count_interactions,
    end_erasure,
    forget_subject,
    open_erasures,
)
from rapport.ledger.erasure.finding import Subject
from rapport.ledger.erasure.forgetting import (
    forget_in_imports,
    forget_rejected,
    former_rows,
    mentions,
    rejected_rows,
)
from rapport.ledger.erasure.keeping_out import erased_row, without_names, without_words
from rapport.ledger.erasure.personal import IMPERSONAL_COLUMNS, IMPERSONAL_FILES
from rapport.ledger.erasure.retaining import Old, erase_old
from rapport.ledger.erasure.suppression import ANONYMISE, DELETE, Noted, Suppression
from rapport.ledger.erasure.suppression import CUSTOMER as SUPPRESSED_CUSTOMER
from rapport.ledger.erasure.suppression import EMPLOYEE as SUPPRESSED_EMPLOYEE
from rapport.ledger.erasure.suppression import ROW as SUPPRESSED_ROW
from rapport.ledger.failpoints import reach
from rapport.ledger.frames import from_bytes, to_bytes
from rapport.ledger.imports import (
    Import,
    begin_import,
    drop_import,
    end_import,
    find_import,
    import_history,
    record_people,
    rejected_events,
    rejections,
)
from rapport.ledger.intake import DRAFT_SCHEMA, Batch, Prepared, entry_of, shorten
from rapport.ledger.kinds import Kind, declare, known_kinds
from rapport.ledger.limited.asking import Limited, Limits, readable
from rapport.ledger.limited.asking import ask as ask_limited
from rapport.ledger.reasons import Reason, Rejection
from rapport.ledger.receipts import Outcome, Place, Receipt
from rapport.ledger.relational.frozen import Frozen, frozen
from rapport.ledger.relational.home import has_store, postgres_url, refuse_newer, schema_of
from rapport.ledger.relational.refilling import (
    RESTORING,
    is_half_restored,
    lay_tables,
    move_in,
    refill,
)
from rapport.ledger.relational.tables import Table, rows_of
from rapport.ledger.schema import FIELD_NAMES, FIELDS, MAPPED_FIELDS, SCHEMA
from rapport.ledger.sealing import Sealed, seal, undo
from rapport.ledger.settings import Settings
from rapport.ledger.snapshot import Snapshot
from rapport.ledger.spill import clear_spill
from rapport.ledger.store import Ledger, create_ledger, open_ledger
from rapport.ledger.upkeep.compacting import Compacted, compact
from rapport.ledger.upkeep.due import Journal, waiting
from rapport.ledger.upkeep.due import steps as upkeep_steps
from rapport.ledger.upkeep.vacuum import Vacuumed, vacuum
from rapport.ledger.upkeep.verify import (
    Finding,
    SourceStatus,
    Status,
    status,
    status_by_source,
    verify,
)

__all__ = [
    "ANNOTATIONS",
    "ANNOTATION_SCHEMA",
    "ANONYMISE",
    "BEGUN",
    "DELETE",
    "DRAFT_SCHEMA",
    "ENGINES",
    "FIELDS",
    "FIELD_NAMES",
    "FIELD_TYPES",
    "IMPERSONAL_COLUMNS",
    "IMPERSONAL_FILES",
    "INTERACTION_WORDS",
    "MAPPED_FIELDS",
    "RESTORING",
    "SCHEMA",
    "SUPPRESSED_CUSTOMER",
    "SUPPRESSED_EMPLOYEE",
    "SUPPRESSED_ROW",
    "TOKEN",
    "Accounts",
    "Annotated",
    "Batch",
    "Bench",
    "Compacted",
    "Erasure",
    "Finding",
    "Frozen",
    "Import",
    "Journal",
    "Kind",
    "Ledger",
    "Limited",
    "Limits",
    "Noted",
    "Old",
    "Outcome",
    "Place",
    "Prepared",
    "Reason",
    "Receipt",
    "Rejection",
    "Sealed",
    "Settings",
    "Snapshot",
    "SourceStatus",
    "Status",
    "Subject",
    "Suppression",
    "Table",
    "Vacuumed",
    "annotate",
    "annotations",
    "ask_limited",
    "begin_erasure",
    "begin_import",
    "clear_spill",
    "compact",
    "condition",
    "count_interactions",
    "create_ledger",
    "declare",
    "drop_import",
    "end_erasure",
    "end_import",
    "entry_of",
    "erase",
    "erase_old",
    "erased_row",
    "find_import",
    "forget_annotations",
    "forget_in_imports",
    "forget_rejected",
    "forget_subject",
    "former_rows",
    "from_bytes",
    "frozen",
    "has_store",
    "ids_of_subject",
    "import_history",
    "is_half_restored",
    "known_kinds",
    "lay_tables",
    "mentions",
    "move_in",
    "new_token",
    "open_erasures",
    "open_ledger",
    "open_new",
    "postgres_url",
    "reach",
    "readable",
    "record_people",
    "refill",
    "refuse_newer",
    "rejected_events",
    "rejected_rows",
    "rejections",
    "rename_employee",
    "rows_of",
    "schema_of",
    "seal",
    "shorten",
    "status",
    "status_by_source",
    "stored_rows",
    "sweep_annotations",
    "sync",
    "to_bytes",
    "undo",
    "upkeep_steps",
    "vacuum",
    "verify",
    "waiting",
    "without_names",
    "without_words",
]
