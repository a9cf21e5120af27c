"""CSV and TSV: every row comes out or is refused, with its line."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.kernel.errors import InputError
from rapport.listening.files import FileOptions, limits, open_rows
from rapport.listening.files.quick import Quick

from .conftest import Write
from .reading import faults, read


def test_rows_come_with_the_physical_line_they_start_in(write: Write) -> None:
    path = write('id,note\n1,"two\nlines"\n\n2,x\n')
    rows = open_rows(path)
    assert (rows.format, rows.columns, rows.complete_columns) == ("csv", ("id", "note"), True)
    assert read(rows) == ([(2, "1", "two\nlines"), (5, "2", "x")], [])


def test_the_chunks_can_be_read_twice(write: Write) -> None:
    rows = open_rows(write("id\n1\n2\n"))
    assert read(rows) == read(rows) == ([(2, "1"), (3, "2")], [])


def test_empty_cells_and_named_texts_are_nothing(write: Write) -> None:
    path = write('id,note\n1,\n"",NA\nna,0\n')
    good, _ = read(open_rows(path, FileOptions(null=("NA",))))
    assert good == [(2, "1", None), (3, None, None), (4, "na", "0")]


@pytest.mark.parametrize(("mark", "word"), [(",", ","), (";", ";"), ("\t", "tab"), ("|", "|")])
def test_the_delimiter_is_found(write: Write, mark: str, word: str) -> None:
    lines = [f"id{mark}date{mark}text"] + [f'{n}{mark}1,5{mark}"a, b; c"' for n in range(30)]
    if mark == ",":
        lines = [line.replace("1,5", "15") for line in lines]
    rows = open_rows(write("\n".join(lines)))
    assert rows.columns == ("id", "date", "text")
    assert f"delimiter {word}" in rows.notes
    assert len(read(rows)[0]) == 30


def test_a_line_for_excel_tells_the_delimiter(write: Write) -> None:
    good, _ = read(open_rows(write("sep=;\nid;a,b\n1;2,5\n")))
    assert good == [(3, "1", "2,5")]


def test_one_column_needs_no_delimiter(write: Write) -> None:
    assert read(open_rows(write("name\nAna\nBen\n")))[0] == [(2, "Ana"), (3, "Ben")]


def test_rows_of_another_length_are_refused_and_the_others_kept(write: Write) -> None:
    good, refused = read(open_rows(write("a,b\n1,2\n3\n4,5,6\n7,8\n")))
    assert good == [(2, "1", "2"), (5, "7", "8")]
    assert [(each.line, each.got, each.raw) for each in refused] == [
        (3, "1 cells", "3"),
        (4, "3 cells", "4,5,6"),
    ]
    assert {each.expected for each in refused} == {"2 cells as in the header"}


def test_a_quote_that_never_closes_costs_its_line_only(write: Write) -> None:
    lines = ["id,note", '1,"open', *(f"{n},fine" for n in range(2, 20_000))]
    good, refused = read(open_rows(write("\n".join(lines))))
    assert faults(refused) == [(2, "malformed", None)]
    assert (good[0], good[-1], len(good)) == ((3, "2", "fine"), (20_000, "19999", "fine"), 19_998)


def test_a_quote_closed_by_a_later_one_costs_its_line_only(write: Write) -> None:
    good, refused = read(open_rows(write('a,b,c\n1,"x,y\n2,p,q\n3,r,"s"\n4,t,u\n')))
    assert [row[1] for row in good] == ["2", "3", "4"]
    assert faults(refused) == [(2, "malformed", None)]


def test_a_long_row_with_a_text_of_many_lines_is_refused_whole(write: Write) -> None:
    good, refused = read(open_rows(write('a,b\n1,"x\ny\nz",3\n4,5\n')))
    assert good == [(5, "4", "5")]
    assert [(each.line, each.raw) for each in refused] == [(2, '1,"x\ny\nz",3')]


def test_text_behind_a_closed_quote_is_refused(write: Write) -> None:
    _, refused = read(open_rows(write('a,b\n"x"y,1\n"x""y",2\n')))
    assert [(each.line, each.got) for each in refused] == [(2, '"x"y,1')]


def test_without_quotes_a_quote_is_a_letter(write: Write) -> None:
    good, _ = read(open_rows(write('a,b\n"x,1\n'), FileOptions(quote="")))
    assert good == [(2, '"x', "1")]


def test_an_escaped_delimiter_is_a_letter(write: Write) -> None:
    good, _ = read(open_rows(write("a,b\nx\\,y,1\n"), FileOptions(escape="\\")))
    assert good == [(2, "x,y", "1")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_are_found(write: Write, encoding: str) -> None:
    text = "id,name\r\n1,Zoë Müller\r\n2,Łukasz 你好\r\n" + "3,plain\r\n" * 50
    rows = open_rows(write(text.encode(encoding)))
    assert rows.columns == ("id", "name")
    assert read(rows)[0][:2] == [(2, "1", "Zoë Müller"), (3, "2", "Łukasz 你好")]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Grüße aus Köln – schöne Straße, sehr freundliche Bedienung für 5 €"),
        ("cp1251", "Очень хорошее обслуживание, быстрый ответ и вежливый персонал"),
        ("shift_jis", "とても良いサービスでした。また利用したいと思います。"),
    ],
)
def test_older_encodings_are_guessed_and_said(write: Write, encoding: str, text: str) -> None:
    rows = open_rows(write(("id,note\n" + f'1,"{text}"\n' * 20).encode(encoding)))
    assert read(rows)[0][0] == (2, "1", text)
    assert any(f"encoding {encoding}" in note for note in rows.notes)


def test_a_line_in_another_encoding_is_refused_alone(write: Write) -> None:
    text = "id,name\n1,Zoë\n".encode() + "2,Müller\n".encode("cp1252") + b"3,Ana\n"
    good, refused = read(open_rows(write(text)))
    assert good == [(2, "1", "Zoë"), (4, "3", "Ana")]
    assert [(each.line, each.field, each.got) for each in refused] == [(3, "name", r"M\xfcller")]
    assert refused[0].raw == r"2,M\xfcller"


def test_a_late_line_in_another_encoding_is_refused_alone(write: Write) -> None:
    lines = [f"{n},fine".encode() for n in range(400_000)]
    lines[390_000] = "390000,Müller".encode("cp1252")
    good, refused = read(open_rows(write(b"id,name\n" + b"\n".join(lines))))
    assert len(good) == 399_999
    assert faults(refused) == [(390_002, "malformed", "name")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_lone_surrogate_in_utf_16_is_refused(write: Write, encoding: str) -> None:
    text = "id,name\n1,Ana\n2,x\ud800y\n3,Ben\n".encode(encoding, "surrogatepass")
    good, refused = read(open_rows(write(text), FileOptions(encoding=encoding)))
    assert [row[1] for row in good] == ["1", "3"]
    assert faults(refused) == [(3, "malformed", "name")]


def test_a_surrogate_written_as_utf_8_is_refused(write: Write) -> None:
    good, refused = read(open_rows(write(b"id,name\n1,a\xed\xa0\x80b\n2,\xc3\xa9\n3,\xc3\xa9\n")))
    assert [row[1] for row in good] == ["2", "3"]
    assert faults(refused) == [(2, "malformed", "name")]


def test_a_nul_is_refused_with_line_and_field(write: Write) -> None:
    good, refused = read(open_rows(write("id,name\n1,a\0b\n2,ok\n")))
    assert good == [(3, "2", "ok")]
    assert [(each.line, each.field, each.got) for each in refused] == [(2, "name", r"a\x00b")]


def test_a_line_beyond_the_limit_is_refused_and_the_others_kept(write: Write) -> None:
    long = "2," + "x" * (3 * limits.LINE_BYTES_MAX)
    good, refused = read(open_rows(write(f"id,note\n1,a\n{long}\n3,b\n")))
    assert good == [(2, "1", "a"), (4, "3", "b")]
    assert [(each.line, each.reason) for each in refused] == [(3, "too_long")]
    assert refused[0].got.startswith(f"{len(long) + 1:,} bytes")
    assert len(refused[0].raw) == limits.RAW_CHARS_MAX


def test_a_line_just_beyond_the_limit_is_refused_too(write: Write) -> None:
    fits, over = "y" * (limits.LINE_BYTES_MAX - 3), "x" * limits.LINE_BYTES_MAX
    good, refused = read(open_rows(write(f"id,note\n1,{fits}\n2,{over}\n3,b\n")))
    assert [row[0] for row in good] == [2, 4]
    assert faults(refused) == [(3, "too_long", None)]


def test_header_names_are_made_unique_and_told(write: Write) -> None:
    rows = open_rows(write("id,name,name,,id_2,id\n1,2,3,4,5,6\n"))
    assert rows.columns == ("id", "name", "name_2", "column_4", "id_2", "id_3")
    assert "column name occurs again: called name_2" in rows.notes


def test_the_header_may_stand_further_down(write: Write) -> None:
    path = write("Report of May;;\n\nid;name\n1;Ana\n")
    good, _ = read(open_rows(path, FileOptions(header_row=3)))
    assert good == [(4, "1", "Ana")]


def test_a_header_alone_gives_no_rows(write: Write) -> None:
    rows = open_rows(write("id,name\n"))
    assert rows.columns == ("id", "name")
    assert read(rows) == ([], [])


def test_ten_thousand_columns_work_in_small_chunks(write: Write) -> None:
    header = ",".join(f"c{n}" for n in range(10_000))
    path = write(header + "\n" + (",".join("x" * 10_000) + "\n") * 250)
    chunks = list(open_rows(path).chunks())
    assert sum(chunk.table.num_rows for chunk in chunks) == 250
    assert max(chunk.table.num_rows for chunk in chunks) == limits.CHUNK_CELLS // 10_000
    assert chunks[0].table.num_columns == 10_000


def test_more_columns_than_anybody_means_are_refused(write: Write) -> None:
    with pytest.raises(InputError, match="too many columns"):
        open_rows(write("a," * limits.COLUMNS_MAX + "\n1\n"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n \n\n", "has no header"),
        ('"id,name\n1,2\n', "header of people.csv cannot be read"),
        (b"id,n\xc3\xa9\nb\xc3\xa9\n".replace(b"id", b"\xff"), "is not utf-8"),
        (b"\x7fELF" + b"\0" * 500, "is no text"),
        ("x" * (2 * limits.LINE_BYTES_MAX), "too long for a header"),
    ],
)
def test_what_cannot_be_a_table_is_an_error(
    write: Write, content: str | bytes, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        open_rows(write(content))


@pytest.mark.parametrize("encoding", ["klingon", "zlib", "punycode"])
def test_an_unknown_encoding_is_an_error(write: Write, encoding: str) -> None:
    with pytest.raises(InputError, match="encoding"):
        open_rows(write("id\n1\n"), FileOptions(encoding=encoding))


def test_quotes_that_never_close_again_and_again_end_the_reading(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REREAD_CHARS_FREE", 1_000)
    path = write("id,note\n" + 'a","b\n' * 1_000_000)
    with pytest.raises(InputError, match="open and do not close"):
        read(open_rows(path, FileOptions(delimiter=",")))


cell = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
awkward = st.text(st.sampled_from('ab,;"\n\r é\t'), max_size=8)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_table_written_by_the_csv_module_reads_back(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    width = data.draw(st.integers(2, 4))
    rows = data.draw(st.lists(st.lists(cell | awkward, min_size=width, max_size=width)))
    header = [f"c{n}" for n in range(width)]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    path = tmp_path_factory.mktemp("csv") / "any.csv"
    path.write_bytes(out.getvalue().encode())
    good, refused = read(open_rows(path, FileOptions(encoding="utf-8", delimiter=",")))
    assert refused == []
    assert [list(row[1:]) for row in good] == [[each or None for each in row] for row in rows]


@settings(max_examples=300, deadline=None)
@given(lines=st.lists(st.text(st.sampled_from('ab,"\n\ré '), max_size=12), max_size=12))
def test_the_short_cut_reads_what_the_long_way_reads(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    path = folder / "any.csv"
    path.write_bytes(("x,y\n" + "\n".join(lines)).encode())
    options = FileOptions(encoding="utf-8", delimiter=",")
    with pytest.MonkeyPatch.context() as patch:
        # Small blocks, so that the header does not take all lines the long way.
        patch.setattr(limits, "BLOCK_BYTES", 4)
        short = read(open_rows(path, options))
        patch.setattr(Quick, "table", lambda *_: None)
        assert read(open_rows(path, options)) == short
