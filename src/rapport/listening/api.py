"""The door of listening."""

from rapport.listening.annotating import annotate_interactions
from rapport.listening.checking import Trial, try_mapping
from rapport.listening.foreseeing import foresee
from rapport.listening.importing import Report, import_file, is_running, undo_import
from rapport.listening.mapping.model import RECORDS, Mapping
from rapport.listening.mapping.reading import load_mapping, parse_mapping
from rapport.listening.rejected import rejected_lines, write_rejected
from rapport.listening.suggest.choosing import Choice, Peek, choices, choose, peek
from rapport.listening.suggest.suggestion import Suggestion, suggest
from rapport.listening.tracking.door import Application
from rapport.listening.tracking.keys import (
    TrackingKey,
    add_tracking_key,
    revoke_tracking_key,
    tracking_keys,
)
from rapport.listening.tracking.mount import Tracking
from rapport.listening.uploads.keeping import (
    Example,
    Upload,
    cancel_upload,
    drop_upload,
    find_upload,
    forget_old_uploads,
    forget_uploads,
    keep_upload,
    map_upload,
    start_upload,
    uploads,
)
from rapport.listening.uploads.working import work_on_uploads

__all__ = [
    "RECORDS",
    "Application",
    "Choice",
    "Example",
    "Mapping",
    "Peek",
    "Report",
    "Suggestion",
    "Tracking",
    "TrackingKey",
    "Trial",
    "Upload",
    "add_tracking_key",
    "annotate_interactions",
    "cancel_upload",
    "choices",
    "choose",
    "drop_upload",
    "find_upload",
    "foresee",
    "forget_old_uploads",
    "forget_uploads",
    "import_file",
    "is_running",
    "keep_upload",
    "load_mapping",
    "map_upload",
    "parse_mapping",
    "peek",
    "rejected_lines",
    "revoke_tracking_key",
    "start_upload",
    "suggest",
    "tracking_keys",
    "try_mapping",
    "undo_import",
    "uploads",
    "work_on_uploads",
    "write_rejected",
]
