"""The door of listening."""

from rapport.listening.annotating import annotate_interactions
from rapport.listening.checking import Trial, try_mapping
from rapport.listening.importing import Report, import_file, undo_import
from rapport.listening.mapping.model import RECORDS, Mapping
from rapport.listening.mapping.reading import load_mapping, parse_mapping
from rapport.listening.rejected import write_rejected
from rapport.listening.suggest.suggestion import Suggestion, suggest
from rapport.listening.tracking.door import Application
from rapport.listening.tracking.keys import (
    TrackingKey,
    add_tracking_key,
    revoke_tracking_key,
    tracking_keys,
)
from rapport.listening.tracking.mount import Tracking

__all__ = [
    "RECORDS",
    "Application",
    "Mapping",
    "Report",
    "Suggestion",
    "Tracking",
    "TrackingKey",
    "Trial",
    "add_tracking_key",
    "annotate_interactions",
    "import_file",
    "load_mapping",
    "parse_mapping",
    "revoke_tracking_key",
    "suggest",
    "tracking_keys",
    "try_mapping",
    "undo_import",
    "write_rejected",
]
