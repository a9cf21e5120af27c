"""One command, one file: `import_.py` holds `rapport import`, `ledger.py` holds `rapport ledger`."""
