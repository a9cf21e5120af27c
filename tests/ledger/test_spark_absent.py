"""What is said where Spark was asked for and is not to be had."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rapport.kernel.errors import InputError
from rapport.ledger.api import Ledger, create_ledger
from rapport.ledger.engines import session
from tests.requirements import needs


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty store."""
    create_ledger(tmp_path / "home").close()
    return tmp_path / "home"


def refusal(home: Path, **environment: str) -> str:
    """What `rapport measure --engine spark` says as it gives up."""
    command = [sys.executable, "-m", "rapport", "--home", str(home)]
    kept = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"}
    done = subprocess.run(
        [*command, "measure", "volume", "--engine", "spark"],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_without_pyspark_one_is_told_what_to_install(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(InputError, match=r"rapport-cx\[spark\]"):
        ledger.read("spark")


def test_an_unknown_engine_is_told_with_those_there_are(ledger: Ledger) -> None:
    with pytest.raises(InputError, match="Did you mean spark"):
        ledger.read("sparc")


def test_without_java_one_is_told_what_to_install(home: Path) -> None:
    assert "apt install default-jre-headless" in refusal(home, PATH="/nowhere")


def test_a_java_that_is_too_old_is_told(home: Path, tmp_path: Path) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho UnsupportedClassVersionError: 61.0 >&2\nexit 1\n")
    java.chmod(0o755)
    said = refusal(home, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert "Java 17 or newer" in said
    assert "UnsupportedClassVersionError" in said


def test_a_master_that_is_none_is_told(home: Path) -> None:
    needs("java")
    assert "spark://host:port" in refusal(home, RAPPORT_SPARK="10.0.0.5:7077")


def test_a_master_that_does_not_answer_is_told_at_once(home: Path) -> None:
    needs("java")
    assert "No Spark master answers" in refusal(home, RAPPORT_SPARK="spark://127.0.0.1:1")


@pytest.mark.parametrize(
    ("named", "megabytes"), [("4GB", 4096), ("1.5 GiB", 1536), ("100MB", 512), ("2TB", 2097152)]
)
def test_memory_is_told_to_spark_in_its_own_words(named: str, megabytes: int) -> None:
    assert session.megabytes(named) == megabytes


def test_a_size_that_is_none_is_told() -> None:
    with pytest.raises(InputError, match="such as 4GB"):
        session.megabytes("80%")
