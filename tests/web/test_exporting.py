"""Rows as files: whole, and without a formula that a spreadsheet would run."""

import csv
import io
from contextlib import ExitStack

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rapport.kernel.errors import InputError
from rapport.web.exporting import as_file

ROWS = {"=name": ["=1+1", "@x", "fine", 'a\nb,"c"', None], "number": [-1.5, 2.0, None, 0.0, 1.0]}


def batches():
    table = pa.table(ROWS)
    yield pa.RecordBatch.from_pylist([], table.schema)
    yield from table.to_batches(max_chunksize=2)


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_csv_holds_every_row_and_disarms_formulas():
    text = body(as_file(batches(), "csv", "rows", ExitStack())).decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["'=name", "number"],
        ["'=1+1", "-1.5"],
        ["'@x", "2.0"],
        ["fine", ""],
        ['a\nb,"c"', "0.0"],
        ["", "1.0"],
    ]


def test_parquet_holds_the_rows_as_they_are():
    answer = as_file(batches(), "parquet", "rows", ExitStack())
    assert answer["Content-Disposition"] == 'attachment; filename="rows.parquet"'
    assert pq.read_table(io.BytesIO(body(answer))).to_pydict() == ROWS


def test_what_is_held_is_let_go_at_the_end():
    gone = []
    held = ExitStack()
    held.callback(gone.append, True)
    answer = as_file(batches(), "csv", "rows", held)
    assert gone == []
    body(answer)
    assert gone == [True]


def test_an_error_of_the_first_part_is_told_before_the_answer_and_lets_go():
    def broken():
        raise InputError("no")
        yield

    gone = []
    held = ExitStack()
    held.callback(gone.append, True)
    with pytest.raises(InputError):
        as_file(broken(), "csv", "rows", held)
    assert gone == [True]
