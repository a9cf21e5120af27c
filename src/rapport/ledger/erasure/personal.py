"""What of the ledger points to nobody: columns of its tables, files of the home, and why.

Everything else has a place in the registry of the room `privacy`; a test lays both beside a store
that was used for everything, so that a new column or file is not forgotten.
"""

_COUNTS = "numbers, states and moments of ours; whose rows they were is not said"

IMPERSONAL_COLUMNS: dict[str, str] = {
    "ledger_meta.*": "settings of the installation, versions",
    "ledger_batch.*": _COUNTS,
    "ledger_write.*": _COUNTS,
    "ledger_published.*": "names and versions of tables",
    "ledger_journal.batch": _COUNTS,
    "ledger_journal.interactions": _COUNTS,
    "ledger_rejected.batch": _COUNTS,
    "ledger_import.id": _COUNTS,
    "ledger_import.digest": "of a whole file with its mapping: nobody can guess all of both",
    "ledger_import.source": "a word of ours for a system",
    "ledger_import.record": "one of a closed list",
    "ledger_import.state": "one of a closed list",
    "ledger_import.actor": "an opaque id, as in the audit",
    "ledger_import.started_at": _COUNTS,
    "ledger_import.ended_at": _COUNTS,
    "ledger_id.batch": _COUNTS,
    "ledger_id_recent.batch": _COUNTS,
    "ledger_revised.batch": _COUNTS,
    "ledger_revised.former": _COUNTS,
    "ledger_revised.piece": _COUNTS,
    "ledger_revised_rows.piece": _COUNTS,
    "ledger_erased_row.write": _COUNTS,
    "ledger_erased_row.batch": _COUNTS,
    "ledger_erased_row.hash": "under a key of the installation",
    "ledger_suppressed.*": "hashes under a key of the installation: who was erased stays unknown",
    "ledger_erasure.number": _COUNTS,
    "ledger_erasure.how": _COUNTS,
    "ledger_erasure.state": _COUNTS,
    "ledger_erasure.started_at": _COUNTS,
    "ledger_erasure.ended_at": _COUNTS,
    "ledger_erasure.interactions": _COUNTS,
}

IMPERSONAL_FILES: dict[str, str] = {
    "rapport.sqlite3": "the relational half: its columns are told one by one",
    "rapport.sqlite3-*": "what the file is written through; emptied when an erasure ends",
    "postgres.schema": "the name of a schema",
    "lake/_delta_log/*": "names and sizes of data files; no statistics, no values",
    "locks/*": "empty, or which files a reader holds",
    "locks/readers/*": "which files a reader holds",
    "erased.key": "random",
    "erased.log": "keyed hashes of names",
    "secret.key": "random",
    "retention.new": "rules that are being written",
    "retention.toml": "rules of ours: kinds, sources, months",
}
