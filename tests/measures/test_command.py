"""`rapport measure` and `rapport measures`, as a person or a script runs them."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

from rapport.kernel.errors import InputError
from rapport.ledger.api import create_ledger
from rapport.web.cli.commands import measure, measures


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Forty answers in January and February 2025, half of them by web."""
    moments = [datetime(2025, 1 + n % 2, 3, n % 24, n, tzinfo=UTC) for n in range(40)]
    ledger = create_ledger(tmp_path)
    table = pa.table(
        {
            "occurred_at": pa.array(moments, pa.timestamp("us", tz="UTC")),
            "kind": ["survey.answered"] * 40,
            "scale": ["nps"] * 40,
            "score": [10.0] * 30 + [0.0] * 10,
            "channel": ["web"] * 20 + ["phone"] * 20,
        }
    )
    ledger.load([table], "test")
    ledger.close()
    return tmp_path


def run(home: Path, *words: str) -> str:
    result = CliRunner().invoke(measure.command, words, obj=home, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_json_is_an_array_of_figures(home: Path) -> None:
    words = ("nps", "--by", "channel", "--every", "month", "--format", "json")
    rows = json.loads(run(home, *words, "--set", "minimum_n=10"))
    assert [(r["period"], r["by"]["channel"], r["value"]) for r in rows] == [
        ("2025-01", "phone", 0.0),
        ("2025-01", "web", 100.0),
        ("2025-02", "phone", 0.0),
        ("2025-02", "web", 100.0),
    ]


def test_from_and_to_take_periods(home: Path) -> None:
    [row] = json.loads(
        run(home, "volume", "--from", "2025-02", "--to", "2025-Q1", "--format", "json")
    )
    assert (row["value"], row["from"], row["to"]) == (20, "2025-02-01", "2025-03-31")


def test_a_table_tells_value_interval_and_n(home: Path) -> None:
    shown = run(home, "nps")
    assert "50.0" in shown
    assert " to " in shown
    assert " 40" in shown


def test_csv_has_a_line_for_each_figure(home: Path) -> None:
    lines = list(
        csv.DictReader(io.StringIO(run(home, "volume", "--by", "channel", "--format", "csv")))
    )
    assert [(line["channel"], line["value"]) for line in lines] == [
        ("phone", "20.0"),
        ("web", "20.0"),
    ]


def test_explain_shows_definition_sql_and_source(home: Path) -> None:
    told = run(home, "nps", "--where", "channel = web", "--explain")
    assert "SELECT" in told
    assert "channel = 'web'" in told
    assert "Source: Reichheld" in told


def test_a_parameter_without_a_value_is_refused(home: Path) -> None:
    with pytest.raises(InputError, match="NAME=VALUE"):
        run(home, "nps", "--set", "minimum_n")


def test_measures_are_listed_with_question_and_unit() -> None:
    listed = CliRunner().invoke(measures.command, ["--format", "json"])
    named = {row["name"]: row for row in json.loads(listed.stdout)}
    assert named["nps"]["unit"] == "points"
    assert named["retention_repeat"]["parameters"] == {"window": 90, "minimum_n": 10}
    assert "How many interactions" in CliRunner().invoke(measures.command, []).stdout
