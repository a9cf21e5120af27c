"""XLSX: cells as text, rows by their numbers, nothing that bursts the memory."""

import io
import zipfile

import pytest

from rapport.kernel.errors import InputError
from rapport.listening.files import FileOptions, limits, open_rows

from .conftest import Write
from .reading import read

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STYLES = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs>'


def book(**sheets: str) -> bytes:
    """A workbook by hand: the rows of each sheet as XML."""
    names = list(enumerate(sheets, start=1))
    links = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/s{n}.xml"/>'
        for n, _ in names
    )
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in names)
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{links}<Relationship '
        f'Id="rs" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{_STYLES}</styleSheet>',
    }
    for n, name in names:
        rows = f"<sheetData>{sheets[name]}</sheetData>"
        parts[f"xl/worksheets/s{n}.xml"] = f'<worksheet xmlns="{_MAIN}">{rows}</worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, '<?xml version="1.0"?>' + text)
    return out.getvalue()


def text(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


HEADER = "<row r='1'>" + text("A1", "id") + text("B1", "when") + text("C1", "paid") + "</row>"
ROWS = (
    '<row r="3"><c r="A3"><v>12</v></c><c r="B3" s="1"><v>45351</v></c>'
    '<c r="C3"><v>1.5</v></c></row>'
    '<row r="4"><c r="A4"><v>9007199254740991</v></c><c r="B4" s="2"><v>45351.5</v></c>'
    '<c r="C4" t="b"><v>1</v></c></row>'
)


def test_cells_become_text_with_the_number_of_their_row(write: Write) -> None:
    rows = open_rows(write(book(May=HEADER + ROWS), "a.xlsx"))
    assert (rows.format, rows.columns) == ("xlsx", ("id", "when", "paid"))
    assert read(rows)[0] == [
        (3, "12", "2024-02-29", "1.5"),
        (4, "9007199254740991.0", "2024-02-29T12:00:00", "true"),
    ]


def test_a_sheet_is_found_by_its_name(write: Write) -> None:
    path = write(book(May=HEADER, June=HEADER + ROWS), "a.xlsx")
    assert read(open_rows(path)) == ([], [])
    assert len(read(open_rows(path, FileOptions(sheet="June")))[0]) == 2
    with pytest.raises(InputError, match="Did you mean June"):
        open_rows(path, FileOptions(sheet="Jun"))


def test_the_header_may_stand_further_down(write: Write) -> None:
    title = "<row r='1'>" + text("A1", "Report") + "</row>"
    path = write(book(May=title + HEADER.replace("1", "2") + ROWS), "a.xlsx")
    assert open_rows(path, FileOptions(header_row=2)).columns == ("id", "when", "paid")


def test_a_nul_is_refused_with_row_and_column(write: Write) -> None:
    bad = '<row r="5"><c r="B5" t="str"><v>a_x0000_b</v></c></row>'
    good, refused = read(open_rows(write(book(May=HEADER + ROWS + bad), "a.xlsx")))
    assert len(good) == 2
    assert [(each.line, each.field, each.got) for each in refused] == [(5, "when", r"a\x00b")]


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1048576">' + "<c><v>1</v></c>" * 20 + "</row>",
    ],
)
def test_two_cells_far_apart_are_refused_before_they_fill_the_memory(
    write: Write, far: str
) -> None:
    with pytest.raises(InputError, match="Save the sheet as CSV"):
        open_rows(write(book(May=HEADER + far), "a.xlsx"))


@pytest.mark.parametrize("lie", [False, True])
def test_a_bomb_is_refused_even_when_it_lies_about_its_size(
    write: Write, monkeypatch: pytest.MonkeyPatch, lie: bool
) -> None:
    monkeypatch.setattr(limits, "XLSX_UNPACKED_BYTES_MAX", 1_000_000)
    packed = book(May=HEADER + " " * 2_000_000)
    if lie:
        size = (2_000_000).to_bytes(4, "little")[2:]
        at = [n for n in range(len(packed)) if packed[n : n + 2] == size and packed[n + 2] == 0]
        for place in at:
            packed = packed[:place] + b"\x01\x00" + packed[place + 2 :]
    with pytest.raises(InputError, match=r"too large to be read as XLSX|no whole XLSX"):
        open_rows(write(packed, "a.xlsx"))


def test_an_empty_sheet_and_a_broken_book_are_errors(write: Write) -> None:
    with pytest.raises(InputError, match="names no columns"):
        open_rows(write(book(May=""), "a.xlsx"))
    with pytest.raises(InputError, match="no whole XLSX"):
        open_rows(write(book(May=HEADER + "<row><c></row>"), "b.xlsx"))
