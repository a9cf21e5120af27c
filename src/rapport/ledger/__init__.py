"""Interactions at rest: schema, intake, journal, lake, engines. See README.md."""
