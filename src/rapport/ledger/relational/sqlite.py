"""The one SQLite library of the process.

SQLite 3.7.0 to 3.51.2 can lose commits when a checkpoint misses a reset of the write-ahead log.
Where a wheel with a newer library exists it is used, for every connection of the process.
"""

try:
    import pysqlite3 as library
except ImportError:  # no wheel for this platform: the interpreter's own library has to do
    import sqlite3 as library

SAFE_SINCE = (3, 51, 3)
version: tuple[int, ...] = library.sqlite_version_info
is_safe: bool = version >= SAFE_SINCE

__all__ = ["SAFE_SINCE", "is_safe", "library", "version"]
