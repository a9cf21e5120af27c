"""Readers of files: a file comes in, chunks of raw rows with exact places come out.

They know formats, encodings and packings, and nothing of interactions. See README.md for how to
add a format.
"""

from rapport.listening.files.opening import open_rows
from rapport.listening.files.rows import Chunk, FileOptions, Refusal, Rows

__all__ = ["Chunk", "FileOptions", "Refusal", "Rows", "open_rows"]
