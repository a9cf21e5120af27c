"""Which format a file has, and the way in."""

from collections.abc import Mapping
from pathlib import Path

from rapport.kernel.errors import InputError, did_you_mean
from rapport.listening.files.formats import Format, every_format
from rapport.listening.files.rows import FileOptions, Rows
from rapport.listening.files.source import GZIP_MAGIC, ZIP_MAGIC, Source, find_source
from rapport.listening.files.text import find_encoding, sample

_NOTHING_KNOWN = FileOptions()
_AS_MANY: Mapping[str, int] = {}
_HEAD_BYTES = 16 * 1024
# What is met often enough to deserve a better answer than "this is no text".
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", "Save it as .xlsx or .csv."),
    (b"%PDF", "a PDF", "Export the table behind it as CSV."),
    (b"\x89PNG", "a picture", None),
    (b"SQLite format 3\0", "an SQLite database", "Export its table as CSV."),
    (b"BZh", "packed with bzip2", "Unpack it first; gzip and zip are read as they are."),
    (b"\xfd7zXZ", "packed with xz", "Unpack it first; gzip and zip are read as they are."),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "Unpack it first; gzip and zip are read as is."),
)


def open_rows(
    path: Path,
    options: FileOptions = _NOTHING_KNOWN,
    *,
    chunk_rows: int = 50_000,
    fewer: Mapping[str, int] = _AS_MANY,
) -> Rows:
    """Opens a file of any format, plain, in gzip or in a zip; nothing but its beginning is read.

    Args:
        path: a file.
        options: what is known about it.
        chunk_rows: the most rows a chunk may hold; wide or long rows come in smaller ones.
        fewer: the same for formats that want smaller chunks, by name.

    Raises InputError when there is no such file, it is empty or a folder, its format is not known,
    or it is certainly not of the format it claims.
    """
    source = find_source(Path(path), options.member)
    head = sample(source, _HEAD_BYTES)
    if not head:
        raise InputError(f"{source.name} is empty", got="0 bytes")
    found = _find_format(source, head, options)
    packed_again = source.packing != "plain" and head.startswith((GZIP_MAGIC, *ZIP_MAGIC))
    if packed_again and "xlsx" not in found.NAMES:
        raise InputError(f"{source.name} is packed twice", hint="Unpack it once.")
    most = min([chunk_rows, *(fewer[name] for name in found.NAMES if name in fewer)])
    return found.open_rows(source, options, max(1, most))


def _find_format(source: Source, head: bytes, options: FileOptions) -> Format:
    if options.format is not None:
        return _named(options.format, source)
    for magic, what, hint in _OTHERS:
        if head.startswith(magic):
            raise InputError(f"{source.name} is {what}", expected=_known(), hint=hint)
    encoding = find_encoding(head, None)
    text = head[len(encoding.mark) :].decode(encoding.name, "replace")
    for each in every_format():
        if each.recognises(text):
            return each
    return _named(None, source)


def _named(name: str | None, source: Source) -> Format:
    """The format that is said, or that the file's name tells; CSV if neither."""
    suffix = Path(source.name).suffix.lower()
    for each in every_format():
        if name in each.NAMES or (name is None and suffix in each.SUFFIXES):
            return each
    if name is None:
        return _named("csv", source)
    names = [name for each in every_format() for name in each.NAMES]
    raise InputError(
        "The format is not known", got=name, expected=_known(), hint=did_you_mean(name, names)
    )


def _known() -> str:
    return ", ".join(name for each in every_format() for name in each.NAMES)
