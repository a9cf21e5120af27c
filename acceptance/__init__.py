"""Long proofs: `python -m acceptance NAME [--quick|--full] [--seed N] [--db sqlite|postgres]`."""
