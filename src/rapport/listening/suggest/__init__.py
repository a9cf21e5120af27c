"""Proposes a mapping for a file that nobody has described yet, with a reason for each field."""
