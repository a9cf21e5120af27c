"""The web server as a child of `rapport serve`: granian over WSGI, 16 threads in each process.

SQLite has one writer anyway, so it gets one process; PostgreSQL as many as wanted. A process that
is told to stop answers the requests it has begun first.
"""

from collections.abc import Sequence

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

THREADS = 16
STOP_SECONDS = 3


def main(arguments: Sequence[str]) -> int:
    """Serve at `HOST PORT`, in so many `PROCESSES`, until told to stop."""
    host, port, processes = arguments
    Server(
        "rapport.web.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(processes),
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.error,
        log_access=False,
        websockets=False,
    ).serve()
    return 0
