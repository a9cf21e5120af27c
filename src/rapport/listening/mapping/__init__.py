"""Mappings: which column of a file means what. `docs/mappings.md` is written for people."""
