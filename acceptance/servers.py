"""A PostgreSQL server of our own for tests and proofs: started in a folder, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_USERS = ("postgres", "nobody")
_START_SECONDS = 60


class NoPostgresError(Exception):
    """There is no PostgreSQL here, or nobody it may run as."""


@dataclass
class Postgres:
    """A server in a folder; `url(name)` makes a database and gives its address."""

    data: Path
    port: int
    _run: Callable[..., str]
    _bin: Path

    def start(self) -> None:
        """Start it and wait until it answers."""
        # Every commit is synced, as at home. Only the loopback is listened at.
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run(
            *(self._bin / "pg_ctl", "-D", self.data, "-w", "-t", _START_SECONDS, "-s"),
            *("-l", self.data / "server.log", "-o", options, "start"),
        )

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `immediate` is what a crash of the server is."""
        self._run(self._bin / "pg_ctl", "-D", self.data, "-w", "-s", "-m", mode, "stop")

    def url(self, name: str) -> str:
        """A new, empty database of that name; its DATABASE_URL."""
        words = ("-h", "127.0.0.1", "-p", self.port, "-U", "rapport", name)
        self._run(self._bin / "createdb", *words)
        return f"postgresql://rapport@127.0.0.1:{self.port}/{name}"


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A running server whose data lie in a new folder below `folder`.

    Raises:
        NoPostgresError: initdb is not installed, or we are root and there is no other user.
    """
    folder_of_programs = programs()
    user = _user()
    data = folder / "postgres"
    data.mkdir(parents=True)
    if user:
        os.chown(data, user.pw_uid, user.pw_gid)
        _let_through(data.parent)

    def run(*words: object) -> str:
        done = subprocess.run(
            [str(word) for word in words],
            check=False,
            stdin=subprocess.DEVNULL,
            # A server inherits what pg_ctl writes to; a pipe would never be closed.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if "start" not in words else subprocess.DEVNULL,
            cwd=data,
            text=True,
            **({"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}),
        )
        if done.returncode:
            log = data / "server.log"
            told = log.read_text() if log.exists() else done.stderr
            raise NoPostgresError(f"{words[0]} failed: {told}")
        return done.stdout or ""

    run(
        *(folder_of_programs / "initdb", "-D", data / "cluster", "-U", "rapport", "-A", "trust"),
        *("-E", "UTF8", "--locale=C"),
    )
    server = Postgres(data / "cluster", _free_port(), run, folder_of_programs)
    server.start()
    try:
        yield server
    finally:
        with suppress(NoPostgresError):
            server.stop("immediate")
        shutil.rmtree(data, ignore_errors=True)


def programs() -> Path:
    """The folder of initdb and its kin; distributions keep it off the path.

    Raises:
        NoPostgresError: there is none.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    if named is None:
        raise NoPostgresError("initdb is not installed (Debian, Ubuntu: apt install postgresql)")
    return Path(named).parent


def _version(initdb: Path) -> int:
    name = initdb.parents[1].name
    return int(name) if name.isdigit() else 0


def _user() -> pwd.struct_passwd | None:
    """Whom the server runs as where we are root, which it refuses; None for ourselves."""
    if os.getuid() != 0:
        return None
    for name in _USERS:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgresError("we are root, and there is no other user to run PostgreSQL as")


def _let_through(folder: Path) -> None:
    """Let the other user pass (not read) the folders above its own."""
    for above in (folder, *folder.parents):
        mode = above.stat().st_mode
        if not mode & 0o001:
            above.chmod(mode | 0o001)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
