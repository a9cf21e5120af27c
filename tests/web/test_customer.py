"""`rapport customer`, run as a program on a store of its own."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from rapport.ledger.api import Settings, create_ledger
from rapport.web.cli.commands.customer import safe


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that was told of Ana and Ben; Ben's words try to steer the terminal."""
    place = tmp_path_factory.mktemp("store")
    assert rapport(place, "init", "--zone", "Europe/Berlin").returncode == 0
    ledger = create_ledger(place, Settings())
    moments = [datetime(2025, 7, day, 12, tzinfo=UTC) for day in (1, 2, 3)]
    told = {
        "occurred_at": moments,
        "customer": ["ana", "ben", "ben2"],
        "kind": ["survey.answered", "message.received", "order.completed"],
        "channel": ["email", "phone", "store"],
        "score": [9.0, None, None],
        "scale": ["nps", None, None],
        "amount": [None, None, 12.5],
        "currency": [None, None, "EUR"],
        "text": [None, "hi\x1b[2J\nthere " + "x" * 200, None],
    }
    ledger.load([pa.table(told)], "test")
    ledger.close()
    return place


def rapport(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the program as people do."""
    outside = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
    command = [sys.executable, "-m", "rapport", "--home", str(home), *words]
    return subprocess.run(command, env=outside, capture_output=True, text=True, check=False)


def test_a_line_shows_score_and_time_in_the_reporting_zone(home: Path) -> None:
    shown = rapport(home, "customer", "show", "ana").stdout
    assert "2025-07-01 14:00  email    survey.answered    9 on nps (0 to 10)\n" in shown


def test_words_cannot_steer_the_terminal(home: Path) -> None:
    shown = rapport(home, "customer", "show", "ben").stdout
    assert r"“hi\x1b[2J there xxx" in shown
    assert "\x1b" not in shown
    assert max(map(len, shown.splitlines())) < 160


def test_json_has_profile_and_timeline(home: Path) -> None:
    answer = json.loads(rapport(home, "customer", "show", "ana", "--format", "json").stdout)
    assert answer["profile"] is None
    assert answer["timeline"][0]["score"] == 9
    assert answer["timeline"][0]["occurred_at"] == "2025-07-01T12:00:00+00:00"


def test_an_unknown_customer_is_refused_with_the_nearest(home: Path) -> None:
    refused = rapport(home, "customer", "show", "anna")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "rapport: There is no customer 'anna'. Did you mean ana?\n"


def test_a_merge_shows_both_lines_under_one_name_and_a_split_takes_it_back(home: Path) -> None:
    merged = rapport(home, "customer", "merge", "ben", "ben2")
    assert merged.stdout == "Merge 1: ben2 is read as ben.\n"
    shown = rapport(home, "customer", "show", "ben2").stdout
    assert shown.startswith("ben\n  also known as  ben2\n")
    assert "12.50 EUR" in shown
    assert "“hi" in shown
    assert rapport(home, "customer", "split", "1").returncode == 0
    assert "12.50 EUR" not in rapport(home, "customer", "show", "ben").stdout


def test_a_store_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    refused = rapport(tmp_path / "none", "customer", "show", "ana")
    assert refused.returncode == 2
    assert "There is no store" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_letters_that_turn_the_writing_round_are_made_visible() -> None:
    assert safe("abc\u202egnp.exe") == "abc\\u202egnp.exe"


def test_joined_emoji_stay_whole() -> None:
    assert safe("👩‍👧") == "👩‍👧"
