"""One module for each family of operations of the API, found by its name.

A module holds a `router`; each operation is marked with what one must be allowed
(`access.allowed`), says its answer as a schema with an example, and calls queries and verbs.
"""
