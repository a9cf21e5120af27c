"""Files plain, in gzip and in a zip; bombs and damage."""

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from rapport.kernel.errors import InputError
from rapport.listening.files import FileOptions, limits, open_rows

from .conftest import Write
from .reading import read

PEOPLE = "id,name\n1,Ana\n2,Ben\n"
ANA_AND_BEN = [(2, "1", "Ana"), (3, "2", "Ben")]
# Without the time of packing: names of tests are made from it.
_TWICE = gzip.compress(gzip.compress(PEOPLE.encode(), mtime=0), mtime=0)


def zipped(**members: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv"), content)
    return out.getvalue()


def test_gzip_is_unpacked_on_the_way(write: Write) -> None:
    rows = open_rows(write(gzip.compress(PEOPLE.encode()), "people.csv.gz"))
    assert read(rows) == (ANA_AND_BEN, [])


def test_gzips_joined_together_are_one_file(write: Write) -> None:
    head, rest = PEOPLE[:15].encode(), PEOPLE[15:].encode()
    path = write(gzip.compress(head) + gzip.compress(rest) + b"\0" * 100, "people.csv.gz")
    assert read(open_rows(path)) == (ANA_AND_BEN, [])


def test_a_zip_of_one_file_is_that_file(write: Write) -> None:
    path = write(zipped(people_csv=PEOPLE, MACOSX="").replace(b"MACOSX", b".OSX__"), "people.zip")
    assert read(open_rows(path)) == (ANA_AND_BEN, [])


def test_a_zip_of_several_files_lists_them(write: Write) -> None:
    path = write(zipped(people_csv=PEOPLE, more__others_csv="id\n1\n"), "people.zip")
    with pytest.raises(InputError, match=r"people\.csv, more/others\.csv"):
        open_rows(path)
    assert read(open_rows(path, FileOptions(member="people.csv"))) == (ANA_AND_BEN, [])
    with pytest.raises(InputError, match=r"Did you mean people\.csv"):
        open_rows(path, FileOptions(member="peple.csv"))


def test_a_name_that_leads_outside_is_only_a_name(write: Write, tmp_path: Path) -> None:
    path = write(zipped(**{"..____evil_csv": PEOPLE}), "people.zip")
    assert read(open_rows(path)) == (ANA_AND_BEN, [])
    assert [file.name for file in tmp_path.iterdir()] == ["people.zip"]


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_a_bomb_is_refused_while_it_unfolds(
    write: Write, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(limits, "UNPACK_RATIO_FREE_BYTES", 10_000_000)
    monkeypatch.setattr(limits, "UNPACK_RATIO_MAX", 900)
    bomb = b"id,name\n" + b"1,a\n" * 5_000_000
    packed = gzip.compress(bomb) if kind == "gz" else zipped(people_csv=bomb)
    with pytest.raises(InputError, match="like a zip bomb"):
        read(open_rows(write(packed, f"people.csv.{kind}"), chunk_rows=1_000_000))


def test_a_file_that_packs_well_is_no_bomb(write: Write) -> None:
    path = write(gzip.compress(b"id,name\n" + b"1,Ana\n" * 2_000_000), "people.csv.gz")
    assert sum(chunk.table.num_rows for chunk in open_rows(path).chunks()) == 2_000_000


def test_a_gzip_that_breaks_off_keeps_the_rows_before(write: Write) -> None:
    text = "id,name\n" + "".join(f"{n},{n * 7919 % 10007}\n" for n in range(100_000))
    whole = gzip.compress(text.encode())
    good, refused = read(open_rows(write(whole[: len(whole) // 2], "people.csv.gz")))
    assert 10_000 < len(good) < 90_000
    assert refused[-1].expected == "the rest of the file"
    assert refused[-1].line == len(good) + len(refused) + 1


def test_a_zip_with_wrong_bytes_keeps_the_rows_before(write: Write) -> None:
    text = "id,name\n" + "".join(f"{n},{n * 7919 % 10007}\n" for n in range(100_000))
    packed = bytearray(zipped(people_csv=text))
    packed[-400] ^= 0xFF
    good, refused = read(open_rows(write(bytes(packed), "people.zip")))
    assert len(good) > 1_000
    assert refused[-1].expected == "the rest of the file"


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"PK\x03\x04 and then nothing", "people.zip", "damaged"),
        (zipped(), "people.zip", "holds no file"),
        (gzip.compress(b"", mtime=0), "people.csv.gz", "is empty"),
        (_TWICE, "people.csv.gz.gz", "packed twice"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "people.xls", "Save it as .xlsx"),
        (b"%PDF-1.7", "people.pdf", "is a PDF"),
    ],
)
def test_what_cannot_be_read_says_why(
    write: Write, content: bytes, name: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(open_rows(write(content, name)))


def test_a_zip_with_a_password_says_so(write: Write) -> None:
    packed = bytearray(zipped(people_csv=PEOPLE))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InputError, match="has a password"):
        open_rows(write(bytes(packed), "people.zip"))


def test_a_folder_and_a_missing_file_are_errors(write: Write, tmp_path: Path) -> None:
    write(PEOPLE)
    with pytest.raises(InputError, match="is a folder"):
        open_rows(tmp_path)
    with pytest.raises(InputError, match=r"There is no file .*Did you mean people.csv"):
        open_rows(tmp_path / "poeple.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_is_an_error(write: Write) -> None:
    path = write(PEOPLE)
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read"):
        open_rows(path)


def test_an_unknown_format_names_those_there_are(write: Write) -> None:
    with pytest.raises(InputError, match="csv, tsv, jsonl") as caught:
        open_rows(write(PEOPLE), FileOptions(format="parket"))
    assert "parquet" in str(caught.value)


def test_the_share_read_grows_to_one(write: Write) -> None:
    path = write("id,name\n" + "".join(f"{n},x\n" for n in range(300_000)))
    shares = [chunk.share_read for chunk in open_rows(path).chunks()]
    assert shares == sorted(shares)
    assert (0 < shares[0] < 0.5, shares[-1]) == (True, 1.0)
