"""Arrow tables as bytes and back: how a batch lies in the journal."""

import pyarrow as pa

_OPTIONS = pa.ipc.IpcWriteOptions(compression="zstd")


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
        pyarrow.ArrowInvalid: the bytes are damaged.
    """
    return pa.ipc.open_stream(body).read_all()
