"""The web server as a child of `rapport serve`: granian over WSGI, one process, 16 threads.

One process, because SQLite has one writer anyway and two that compete for it made the slowest
requests seven times slower.
"""

from collections.abc import Sequence

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

THREADS = 16
STOP_SECONDS = 3


def main(arguments: Sequence[str]) -> int:
    """Serve at `HOST PORT` until told to stop."""
    host, port = arguments
    Server(
        "rapport.web.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.error,
        log_access=False,
        websockets=False,
    ).serve()
    return 0
