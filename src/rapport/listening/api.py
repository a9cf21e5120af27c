"""The door of listening."""

from rapport.listening.checking import Trial, try_mapping
from rapport.listening.importing import Report, import_file, undo_import
from rapport.listening.mapping.model import RECORDS, Mapping
from rapport.listening.mapping.reading import load_mapping, parse_mapping
from rapport.listening.rejected import write_rejected
from rapport.listening.suggest.suggestion import Suggestion, suggest

__all__ = [
    "RECORDS",
    "Mapping",
    "Report",
    "Suggestion",
    "Trial",
    "import_file",
    "load_mapping",
    "parse_mapping",
    "suggest",
    "try_mapping",
    "undo_import",
    "write_rejected",
]
