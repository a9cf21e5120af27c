"""Runs the proofs that are asked for: modules of this package with `prove(asked, tally)`."""

import argparse
import importlib
import pkgutil
import random
import sys
import tempfile
from pathlib import Path

import acceptance
from acceptance.tally import Asked, Tally

_NOT_PROOFS = {"__main__", "tally", "servers"}


def names() -> list[str]:
    """The proofs there are: modules that do not begin with an underscore."""
    found = (module.name for module in pkgutil.iter_modules(acceptance.__path__))
    return sorted(name for name in found if name not in _NOT_PROOFS and name[0] != "_")


def main() -> int:
    """0 when everything held, 1 when something did not."""
    parser = argparse.ArgumentParser(prog="python -m acceptance", description=__doc__)
    parser.add_argument("name", nargs="+", choices=names(), help="which proof")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="the small size (default)")
    size.add_argument("--full", action="store_true", help="the size figures are published for")
    parser.add_argument("--seed", type=int, default=None, help="default: a new one, printed")
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if given.seed is None else given.seed
    results = [_prove(name, seed, given.full, given.db) for name in given.name]
    return 0 if all(results) else 1


def _prove(name: str, seed: int, full: bool, db: str) -> bool:
    size = "full" if full else "quick"
    print(f"{name} --{size} --seed {seed} --db {db}", flush=True)
    tally = Tally()
    proof = importlib.import_module(f"acceptance.{name}")
    with tempfile.TemporaryDirectory(prefix=f"rapport-{name}-") as folder:
        proof.prove(Asked(seed, full, db, Path(folder)), tally)
    print(tally.report(), flush=True)
    return tally.failed == 0 and tally.passed > 0


if __name__ == "__main__":
    sys.exit(main())
