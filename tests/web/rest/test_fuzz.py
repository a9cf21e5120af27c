"""The API keeps to its own description, whatever is sent to it."""

import subprocess
import sys
from pathlib import Path

from .shop import Shop

# What the fuzzer could shut itself out with; the tests of these ask them one by one.
SPARED = r"/(tokens|users)/\{number\}"
# A request can fit its schema and still name a measure or a field that is not there.
LEFT_OUT = "positive_data_acceptance"


def fuzzed(shop: Shop, *more: str) -> None:
    """Run the fuzzer over every operation; it says what it found."""
    program = Path(sys.executable).with_name("schemathesis")
    words = [str(program), "run", f"{shop.served.address}/api/openapi.json", "--no-color"]
    words += ["--generation-database", "none", "--exclude-checks", LEFT_OUT, "--warnings", "off"]
    words += ["--exclude-path-regex", SPARED, "--seed", "1"]
    told = subprocess.run([*words, *more], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_an_owner_finds_nothing_that_is_not_described(small_shop: Shop) -> None:
    token = f"Authorization: Bearer {small_shop.tokens['owner']}"
    phases = ["--phases", "examples,coverage,fuzzing"]
    fuzzed(small_shop, "--header", token, *phases, "--max-examples", "2")
    found = small_shop.call("/api/v1/store/verification").json["findings"]
    assert all(one["holds"] for one in found)
    assert "Traceback" not in small_shop.served.log.read_text()


def test_nobody_finds_nothing_at_all(small_shop: Shop) -> None:
    fuzzed(small_shop, "--phases", "examples", "--max-examples", "2")
