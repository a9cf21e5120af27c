"""The generated file is the same each time and comes in by its mapping."""

from pathlib import Path

from bench.answers import write_answers
from bench.imports import MAPPING, bare_loop
from rapport.listening.api import load_mapping


def test_the_same_size_gives_the_same_bytes(tmp_path: Path) -> None:
    write_answers(tmp_path / "a.csv", 50)
    write_answers(tmp_path / "b.csv", 50)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_the_peer_reads_every_row(tmp_path: Path) -> None:
    write_answers(tmp_path / "a.csv", 70_000)
    told = bare_loop(str(tmp_path / "a.csv"), str(tmp_path / "a.parquet"))
    assert told == {"rows": 70_000}


def test_the_mapping_reads_all_columns(tmp_path: Path) -> None:
    write_answers(tmp_path / "a.csv", 1)
    head = (tmp_path / "a.csv").read_text("utf-8").splitlines()[0]
    mapping = load_mapping(MAPPING)
    read = {c for rule in mapping.rules for v in rule.fields.values() for c in v.columns()}
    assert read | set(mapping.id) == {name.strip('"') for name in head.split(",")}
