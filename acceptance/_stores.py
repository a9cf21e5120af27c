"""Copies of whole stores, whichever database their relational half lies in."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from acceptance.servers import programs

_SCHEMA_FILE = "postgres.schema"


def copy_store(home: Path, to: Path) -> Path:
    """A copy of a store that nobody writes to just now; gives `to` back."""
    shutil.copytree(home, to)
    kept = to / _SCHEMA_FILE
    if kept.exists():
        kept.write_text(_copy_schema(kept.read_text()), "ascii")
    return to


def _copy_schema(schema: str) -> str:
    """A copy of a schema in the database that DATABASE_URL names; its name."""
    url = os.environ["DATABASE_URL"]
    copy = f"rapport_{secrets.token_hex(4)}"
    dumped = _run("pg_dump", "-O", "-x", "-n", schema, url).replace(schema.encode(), copy.encode())
    _run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, told=dumped)
    return copy


def _run(program: str, *words: str, told: bytes = b"") -> bytes:
    command = [str(programs() / program), *words]
    return subprocess.run(command, check=True, input=told, stdout=subprocess.PIPE).stdout
