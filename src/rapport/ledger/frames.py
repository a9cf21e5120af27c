"""Arrow tables as bytes and back: how a batch lies in the journal."""

import pyarrow as pa

from rapport.kernel.errors import StoreError

# Small frames in a hurry: threads and a better compression would cost more than they bring.
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)


def to_bytes(table: pa.Table) -> bytes:
    """The table as one compressed Arrow stream, schema included."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
        writer.write_table(table)
    body: bytes = sink.getvalue().to_pybytes()
    return body


def from_bytes(body: bytes) -> pa.Table:
    """The table that `to_bytes` was given.

    Raises:
        StoreError: the bytes are damaged.
    """
    try:
        return pa.ipc.open_stream(body).read_all()
    except (pa.ArrowException, OSError) as error:
        raise StoreError(
            "A batch in the relational file is damaged",
            got=str(error).splitlines()[0],
            hint="Restore the store from a backup.",
        ) from error
