"""Somebody of each role in a store, who signs in at this computer without a password.

`python -m tests.web.people HOME`: in a process of its own, since one process works on one store.
"""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa

from rapport.office.api import DEMO_HOST, ROLES, Actor, add_user, any_user, put_units
from rapport.web.django_setup import migrate, prepare

UNIT = "care-chat"
PASSWORD = "a sentence nobody tries"


def add_people(home: Path, *owners: str) -> None:
    """Add them, from a test that is bound to another store; `owners` have a password."""
    root = Path(__file__).resolve().parents[2]
    words = [sys.executable, "-m", "tests.web.people", str(home), *owners]
    subprocess.run(words, check=True, cwd=root)


def main() -> None:
    """Add one of each role, an agent who sees one unit only, and owners with a password."""
    prepare(Path(sys.argv[1]))
    migrate()
    if any_user():
        return
    for name in sys.argv[2:]:
        add_user(f"{name}@x.example", "owner", actor=Actor.operator(), password=PASSWORD)
    for role in sorted(set(ROLES) - {"system"}):
        email = f"{role.replace(' ', '-')}@{DEMO_HOST}"
        add_user(email, role, actor=Actor.operator(), name=f"An {role}")
    put_units(pa.table({"key": [UNIT], "name": ["Care, chat"]}), actor=Actor.operator())
    add_user(f"agent-of-one-unit@{DEMO_HOST}", "agent", actor=Actor.operator(), unit=UNIT)


if __name__ == "__main__":
    main()
