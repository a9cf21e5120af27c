"""Who was erased, known by keyed hash only, so that late rows of them do not come in.

Three kinds of things are suppressed: names of customers, names of employees and ids of rows. Of
each the table `ledger_suppressed` holds a BLAKE2b hash under a key of this installation
(`HOME/erased.key`), so that neither the table nor a copy of it tells who it was, and a guess cannot
be tried without the key. Names are also in `HOME/erased.log`, which is only added to and synced:
it outlives a restored backup of the database, and `unheeded` says what such a backup has
forgotten.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rapport.kernel.errors import StoreError
from rapport.ledger.disk import sync
from rapport.ledger.relational.database import Database, set_meta

CUSTOMER, EMPLOYEE, ROW, LIFTED = "customer", "employee", "row", "lifted"
ANONYMISE, DELETE, LIFT = "anonymise", "delete", "lift"
KEY_FILE, LOG_FILE = "erased.key", "erased.log"
_KEY_BYTES, _HASH_BYTES = 32, 16
# As many parameters as every database of ours takes in one statement.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of the log.

    Attributes:
        what: customer, employee or row.
        how: anonymise, delete or lift.
        hash: keyed, of the name or the id.
        at: when, µs since 1970.
        lifted: whether it was let in again since.
    """

    what: str
    how: str
    hash: bytes
    at: int
    lifted: bool = False


class Suppression:
    """The suppressed names and rows of one store."""

    def __init__(self, home: Path, database: Database) -> None:
        self._home = home
        self._database = database
        self._key: bytes | None = None
        self._names: tuple[str, dict[str, frozenset[bytes]]] = ("", {})

    @property
    def log(self) -> Path:
        """The file that outlives the database."""
        return self._home / LOG_FILE

    def hash(self, what: str, value: str | bytes) -> bytes:
        """The keyed hash of a name (in its one spelling) or of a row's id."""
        plain = value if isinstance(value, bytes) else spelling(value).encode()
        return hashlib.blake2b(
            plain, digest_size=_HASH_BYTES, key=self._secret(), person=what.encode()
        ).digest()

    def add_names(self, what: str, names: Iterable[str], how: str) -> None:
        """Suppress names from now on: in the log first, then for intake; both synced."""
        hashes = sorted({self.hash(what, name) for name in names})
        now = time.time_ns() // 1000
        self._note([Noted(what, how, found, now) for found in hashes])
        with self._database.write() as connection:
            add(connection, what, hashes, now)

    def add_rows(self, ids: Iterable[bytes], how: str) -> None:
        """Suppress rows that no name leads to, in the log too."""
        hashes = sorted({self.hash(ROW, one) for one in ids})
        now = time.time_ns() // 1000
        self._note([Noted(ROW, how, found, now) for found in hashes])
        with self._database.write() as connection:
            add(connection, ROW, hashes, now)

    def heed(self, noted: Sequence[Noted]) -> None:
        """Take what the log said into the database again; what was let in since stays in."""
        with self._database.write() as connection:
            for one in noted:
                add(connection, one.what, [one.hash], one.at)
        self._lift([one for one in noted if one.lifted])

    def lift(self, what: str, names: Iterable[str]) -> int:
        """Let names in again, for somebody who comes back; how many were suppressed.

        Rows that were erased stay out by their ids.
        """
        hashes = sorted({self.hash(what, name) for name in names})
        known = [found for found in hashes if found in self.names(what)]
        self._lift([Noted(what, LIFT, found, 0) for found in known])
        return len(known)

    def _lift(self, noted: Sequence[Noted]) -> None:
        now = time.time_ns() // 1000
        self._note([Noted(one.what, LIFT, one.hash, now) for one in noted])
        with self._database.write() as connection:
            # Kept as lifted: so a backup from before the erasure is told from a later one.
            connection.executemany(
                "UPDATE ledger_suppressed SET what = ? WHERE hash = ?",
                [(LIFTED, one.hash) for one in noted],
            )
            turn(connection)

    def any(self) -> bool:
        """Whether anything is suppressed; most stores say no, and that is one look."""
        return self._turn() is not None

    def _turn(self) -> str | None:
        found: str | None = self._database.value(
            "SELECT value FROM ledger_meta WHERE name = 'suppressed'"
        )
        return found

    def names(self, what: str) -> frozenset[bytes]:
        """Hashes of all suppressed names of a kind; read again only when they have changed."""
        turn = self._turn()
        if turn is None:
            return frozenset()
        if self._names[0] != turn:
            found: dict[str, set[bytes]] = {CUSTOMER: set(), EMPLOYEE: set()}
            for kind, digest in self._database.rows(
                "SELECT what, hash FROM ledger_suppressed WHERE what IN (?, ?)",
                (CUSTOMER, EMPLOYEE),
            ):
                found[kind].add(bytes(digest))
            self._names = (turn, {kind: frozenset(these) for kind, these in found.items()})
        return self._names[1][what]

    def suppressed(self, what: str, names: Iterable[str]) -> set[str]:
        """Those of the names that are suppressed."""
        known = self.names(what)
        return {name for name in names if self.hash(what, name) in known} if known else set()

    def rows(self, ids: Sequence[bytes]) -> list[int]:
        """Places of the ids whose rows are suppressed."""
        if not self._database.value(
            "SELECT 1 FROM ledger_suppressed WHERE what = ? LIMIT 1", (ROW,)
        ):
            return []
        hashes = [self.hash(ROW, one) for one in ids]
        known = self._known(hashes)
        return [place for place, found in enumerate(hashes) if found in known]

    def unheeded(self) -> list[Noted]:
        """Erasures of the log that the database knows nothing of: it is an older backup."""
        last: dict[bytes, Noted] = {}
        for noted in self._read():
            if noted.how != LIFT:
                last[noted.hash] = noted
            elif noted.hash in last:
                last[noted.hash] = replace(last[noted.hash], lifted=True)
        known = self._known(list(last))
        return [one for one in last.values() if one.hash not in known]

    def _known(self, hashes: Sequence[bytes]) -> set[bytes]:
        known: set[bytes] = set()
        for start in range(0, len(hashes), _AT_ONCE):
            part = hashes[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(part))
            query = f"SELECT hash FROM ledger_suppressed WHERE hash IN ({marks})"
            known.update(bytes(found) for (found,) in self._database.rows(query, part))
        return known

    def _secret(self) -> bytes:
        if self._key is None:
            self._key = _secret_of(self._home / KEY_FILE)
        return self._key

    def _note(self, lines: Sequence[Noted]) -> None:
        text = "".join(f"{n.what} {n.how} {n.hash.hex()} {n.at}\n" for n in lines)
        handle = os.open(self.log, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(handle).st_size
            # A power cut may have left half of a line.
            torn = size and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, (("\n" if torn else "") + text).encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        sync(self._home)

    def _read(self) -> Iterator[Noted]:
        if not self.log.is_file():
            return
        for line in self.log.read_text("ascii", errors="replace").splitlines():
            words = line.split()
            if len(words) == 4 and len(words[2]) == 2 * _HASH_BYTES:
                what, how, digest, at = words
                yield Noted(what, how, bytes.fromhex(digest), int(at))


def spelling(name: str) -> str:
    """A name as it is compared: an address is the same in capitals, a key is not.

    >>> spelling(" Ana@X.example"), spelling("C-17 ")
    ('ana@x.example', 'C-17')
    """
    plain = name.strip()
    return plain.lower() if "@" in plain else plain


def add(connection: Any, what: str, hashes: Iterable[bytes], now: int) -> None:
    """Suppress hashes inside the caller's transaction."""
    connection.executemany(
        "INSERT INTO ledger_suppressed (hash, what, at) VALUES (?, ?, ?) "
        "ON CONFLICT (hash) DO UPDATE SET what = excluded.what",
        [(found, what, now) for found in hashes],
    )
    turn(connection)


def turn(connection: Any) -> None:
    """Say that what is suppressed is other now; those who remember the names look again."""
    set_meta(connection, "suppressed", secrets.token_hex(8))


def _secret_of(path: Path) -> bytes:
    """The key in a file; the first call makes it, readable by its owner only."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            # Of two that make it at once one wins, whole.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        sync(path.parent)
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise StoreError(
            f"{path} does not hold the key of erased names",
            hint="Restore it from a backup: without it late rows of erased people would come in.",
        )
    return key
