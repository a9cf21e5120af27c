"""How much a file may ask of us: every limit of the readers in one place.

They keep memory far below 1 GB whatever the file holds, and leave room for every file a person
would mean to import.
"""

MIB = 1 << 20

# One read from the stream. Half of a line's limit, so that an ordinary block needs no check.
BLOCK_BYTES = 512 * 1024
# A physical line longer than this is refused without being loaded.
LINE_BYTES_MAX = MIB
# A row in quotes may run over several lines, up to here; so far back can be read again.
ROW_CHARS_MAX = 2 * MIB
# A file in which quotes open and never close is read again from line to line; this is how
# often its size, and how much at least, before the reader gives up on it.
REREAD_FACTOR_MAX = 8
REREAD_CHARS_FREE = 256 * MIB

# A chunk ends when any of these is reached.
CHUNK_CHARS = 16 * MIB
CHUNK_CELLS = 2_000_000

COLUMNS_MAX = 20_000
RAW_CHARS_MAX = 10_000
GOT_CHARS_MAX = 200

# What is looked at to find encoding, delimiter and first columns.
SAMPLE_BYTES = MIB
SNIFF_RECORDS = 100

# More than this ratio beyond that size is no honest file: deflate itself ends at 1,032 to 1.
UNPACK_RATIO_MAX = 1_000
UNPACK_RATIO_FREE_BYTES = 100 * 1_000_000
UNPACKED_BYTES_MAX = 1_000_000_000_000
# Formats that need the whole file at hand (Parquet, XLSX) are unpacked to memory up to here.
UNPACKED_IN_MEMORY_MAX = 256 * MIB
# The list of contents of a zip: about 300,000 members.
ZIP_DIRECTORY_BYTES_MAX = 32 * MIB

XLSX_UNPACKED_BYTES_MAX = 512 * MIB
XLSX_CELLS_MAX = 12_000_000

# One tag of an XES file with all its attributes.
XES_TAG_BYTES_MAX = 4 * MIB
XES_DEPTH_MAX = 100
