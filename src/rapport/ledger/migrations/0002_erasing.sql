-- Whom we no longer know: keyed hashes of names and of row ids (see suppression.py).
CREATE TABLE ledger_suppressed (
    hash BLOB PRIMARY KEY,
    what TEXT NOT NULL,              -- customer, employee, row; lifted for names let in again
    at INTEGER NOT NULL
) WITHOUT ROWID;

-- One erasure. `subject` says who it is about, as JSON, until the person is gone from everywhere
-- else; then it is emptied.
CREATE TABLE ledger_erasure (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    subject TEXT,
    how TEXT NOT NULL,               -- anonymise, delete
    state TEXT NOT NULL,             -- begun, cleaning, done
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    interactions INTEGER NOT NULL    -- how many were rewritten or taken out
);

-- What a write of the task `erase` does to ids; emptied when the write is finished.
CREATE TABLE ledger_erased_row (
    write INTEGER NOT NULL,
    id BLOB NOT NULL,
    batch INTEGER NOT NULL,
    new_id BLOB,                     -- null where the interaction is deleted
    new_mark BLOB,
    hash BLOB NOT NULL,              -- for ledger_suppressed
    PRIMARY KEY (write, id)
) WITHOUT ROWID;
