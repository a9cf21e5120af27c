"""An archive gives back what was put in, or says where it is damaged."""

import random
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from rapport.kernel.errors import InputError, StoreError
from rapport.web import archive
from rapport.web.archive import FORMAT, MANIFEST, Manifest

MEMBERS = {
    "secret.key": b"key",
    "tables/ledger_batch/000000.arrow": bytes(range(256)) * 7,
    "lake/empty.parquet": b"",
    "lake/large.parquet": random.Random(4).randbytes(70_000),
}


def ignore(_: int) -> None:
    pass


def manifest(members: list[archive.Member], form: int = FORMAT) -> Manifest:
    return Manifest(
        format=form,
        made_by="0.1",
        made_at="2025-01-01T00:00:00+00:00",
        organisation="Shop",
        schema=1,
        changes=[("office", "0001_first")],
        lake_version=3,
        rows={"ledger_batch": 1},
        counters={},
        members=members,
    )


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "made.tar"
    make(path)
    return path


def make(path: Path, form: int = FORMAT) -> None:
    with archive.written(path, ignore) as writing:
        for name, content in MEMBERS.items():
            writing.add_bytes(name, content)
        writing.finish(manifest(list(writing.members), form))


def test_every_tar_can_read_it(made: Path) -> None:
    with tarfile.open(made) as found:
        assert found.getnames() == [*MEMBERS, MANIFEST, "SHA256"]


def test_what_was_put_in_comes_out(made: Path) -> None:
    listed = archive.proved(made, ignore)
    assert {member.name: member.size for member in listed.members} == {
        name: len(content) for name, content in MEMBERS.items()
    }
    found = {name: content.read() for name, content in archive.members(made)}
    assert {name: found[name] for name in MEMBERS} == MEMBERS


def test_all_bytes_are_told_while_reading(made: Path) -> None:
    told: list[int] = []
    archive.proved(made, told.append)
    assert 0 < made.stat().st_size - sum(told) <= 4096, "all but the known end"


def flips(size: int) -> Iterator[tuple[int, int]]:
    """Places of bits: all of the first and last blocks' bytes by samples, others at random."""
    chance = random.Random(8)
    yield from ((at, chance.randrange(8)) for at in chance.sample(range(size), 300))
    yield from ((at, 0) for at in range(0, 1024, 7))
    yield from ((size - 1 - at, 7) for at in range(0, 2048, 7))


def test_no_flipped_bit_stays_unnoticed(made: Path) -> None:
    good = made.read_bytes()
    for at, bit in flips(len(good)):
        bad = bytearray(good)
        bad[at] ^= 1 << bit
        made.write_bytes(bad)
        with pytest.raises(StoreError, match="is damaged"):
            archive.proved(made, ignore)


@pytest.mark.parametrize("name", list(MEMBERS))
def test_the_damaged_member_is_named(made: Path, name: str) -> None:
    with tarfile.open(made) as found:
        member = found.getmember(name)
    # An empty member has nothing but its header.
    at = member.offset_data if member.size else member.offset + 3
    bad = bytearray(made.read_bytes())
    bad[at] ^= 1
    made.write_bytes(bad)
    with pytest.raises(StoreError, match=name):
        archive.proved(made, ignore)


def test_a_damaged_manifest_is_named(made: Path) -> None:
    good = made.read_bytes()
    for at in range(good.index(b'{"format"'), good.rindex(b"}"), 3):
        bad = bytearray(good)
        bad[at] ^= 0x80
        made.write_bytes(bad)
        with pytest.raises(StoreError, match=MANIFEST):
            archive.proved(made, ignore)


@pytest.mark.parametrize("left", [0, 1, 600, 40_000, -1, -1024, -2000])
def test_an_archive_that_was_cut_short_is_refused(made: Path, left: int) -> None:
    made.write_bytes(made.read_bytes()[:left])
    with pytest.raises(StoreError, match="is damaged"):
        archive.proved(made, ignore)


def test_a_missing_member_is_named(made: Path) -> None:
    with tarfile.open(made) as found:
        member = found.getmember("secret.key")
    good = made.read_bytes()
    made.write_bytes(good[: member.offset] + good[member.offset + 1024 :])
    with pytest.raises(StoreError, match=r"secret.key is missing"):
        archive.proved(made, ignore)


def test_one_that_a_newer_program_made_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "newer.tar", FORMAT + 1)
    with pytest.raises(InputError, match="newer version"):
        archive.proved(tmp_path / "newer.tar", ignore)


def test_nothing_is_written_over(made: Path) -> None:
    with pytest.raises(InputError, match="already"), archive.written(made, ignore):
        pass


def test_one_that_was_not_finished_is_not_there(tmp_path: Path) -> None:
    with suppress(ZeroDivisionError), archive.written(tmp_path / "half", ignore) as writing:
        writing.add_bytes("secret.key", b"key")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../outside", "/outside", "lake/../../outside"])
def test_a_member_that_would_lie_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "made.tar"
    with archive.written(path, ignore) as writing:
        writing.add_bytes(name, b"x")
        writing.finish(manifest([]))
    with pytest.raises(StoreError, match="what it should not"):
        archive.proved(path, ignore)
