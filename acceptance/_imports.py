"""How proofs begin an import: its file stands for its content, and for nothing else."""

from rapport.ledger.api import Ledger, begin_import


def begun(ledger: Ledger, name: str) -> int:
    """The number of a new import, or of the one of that name that was cut off."""
    number, _ = begin_import(
        ledger.database,
        file=name,
        digest=name,
        source="shop",
        record="interactions",
        mapping="",
        actor="proof",
    )
    return number
