"""The door of listening."""

from rapport.listening.importing import Report, import_file, undo_import
from rapport.listening.mapping.model import Mapping
from rapport.listening.mapping.reading import load_mapping, parse_mapping
from rapport.listening.rejected import write_rejected

__all__ = [
    "Mapping",
    "Report",
    "import_file",
    "load_mapping",
    "parse_mapping",
    "undo_import",
    "write_rejected",
]
