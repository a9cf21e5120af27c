"""What keeps a ledger quick and whole: compacting, vacuum, checkpoints, proofs."""
