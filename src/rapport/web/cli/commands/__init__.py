"""One command, one file: `import_.py` holds `rapport import`, found by its name."""
