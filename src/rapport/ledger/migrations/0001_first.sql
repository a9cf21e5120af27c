-- The ledger's own tables. The rows of interactions lie in `journal` until they are sealed into
-- the lake; everything else here is bookkeeping about them.
CREATE TABLE ledger_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One import: one file (or one load) under one mapping.
CREATE TABLE ledger_import (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file TEXT NOT NULL,
    digest TEXT NOT NULL,            -- SHA-256 of the file and its mapping: the same again continues
    source TEXT NOT NULL,
    record TEXT NOT NULL,            -- interactions, customers, employees, units, touchpoints
    mapping TEXT NOT NULL,
    state TEXT NOT NULL,             -- running, done, undoing, undone
    actor TEXT NOT NULL,
    started_at INTEGER NOT NULL,     -- microseconds since 1970, UTC
    ended_at INTEGER
);
CREATE INDEX ledger_import_digest ON ledger_import (digest);

-- One batch of interactions: stored whole or not at all.
CREATE TABLE ledger_batch (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    import_id INTEGER REFERENCES ledger_import (id),
    position INTEGER NOT NULL,       -- which batch of its import, from 0
    source TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    state TEXT NOT NULL,             -- pending, journal, lake, people, failed, undone, discarded
    read INTEGER NOT NULL,           -- rows read = received + aside
    aside INTEGER NOT NULL,          -- rows the mapping says to leave out
    received INTEGER NOT NULL,       -- = stored + duplicate + rejected
    stored INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    interactions INTEGER NOT NULL    -- interactions stored
);
CREATE INDEX ledger_batch_import ON ledger_batch (import_id, position);
CREATE INDEX ledger_batch_state ON ledger_batch (state) WHERE state IN ('pending', 'journal', 'failed', 'undone');

-- The durable head: the interactions of a batch as one Arrow stream.
CREATE TABLE ledger_journal (
    batch INTEGER PRIMARY KEY REFERENCES ledger_batch (number),
    interactions INTEGER NOT NULL,
    body BLOB NOT NULL
);

-- Rejected rows of a batch with line, reason, field, got, expected and the raw row: an Arrow stream.
CREATE TABLE ledger_rejected (
    batch INTEGER PRIMARY KEY REFERENCES ledger_batch (number),
    body BLOB NOT NULL
);

-- Ids for ever. `mark` tells the same content from changed content. The small table takes new ids,
-- the sealer moves them to the big one in sorted bulk; both are asked.
CREATE TABLE ledger_id (id BLOB PRIMARY KEY, mark BLOB NOT NULL, batch INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE ledger_id_recent (id BLOB PRIMARY KEY, mark BLOB NOT NULL, batch INTEGER NOT NULL) WITHOUT ROWID;

-- What revised interactions said before, so that an undo can put it back: for each id a chain from
-- the batch that revised it to the batch it was revised from. Erasure must walk the rows too.
CREATE TABLE ledger_revised (
    batch INTEGER NOT NULL REFERENCES ledger_batch (number),   -- revised the interaction
    id BLOB NOT NULL,
    mark BLOB NOT NULL,              -- of the content the batch brought
    former INTEGER NOT NULL REFERENCES ledger_batch (number),  -- whose interaction it was
    former_mark BLOB NOT NULL,
    piece INTEGER NOT NULL,          -- of ledger_revised_rows, holds the former content
    PRIMARY KEY (batch, id)
) WITHOUT ROWID;
CREATE INDEX ledger_revised_former ON ledger_revised (former);

-- The former contents: interactions as Arrow streams.
CREATE TABLE ledger_revised_rows (piece INTEGER PRIMARY KEY, body BLOB NOT NULL);

-- What is being written to the lake; its number is the lake's application transaction.
CREATE TABLE ledger_write (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    task TEXT NOT NULL,              -- batch, seal, undo
    batches TEXT NOT NULL            -- JSON list of batch numbers
);

-- Small versioned tables of other rooms that are read beside the interactions.
CREATE TABLE ledger_published (name TEXT PRIMARY KEY, version INTEGER NOT NULL, file TEXT NOT NULL) WITHOUT ROWID;
