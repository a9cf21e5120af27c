"""Our own organisation: units, people, permission and audit. See README.md."""
