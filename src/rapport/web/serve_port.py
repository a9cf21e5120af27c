"""Is the port free, and if not, who has it?"""

import contextlib
import errno
import socket
from pathlib import Path

from rapport.kernel.errors import InputError

_LISTENING = "0A"


def check_port(host: str, port: int) -> None:
    """Nothing when a server could listen at host and port.

    Raises:
        InputError: the port is taken (by whom, where that can be known), needs more rights,
            or the host is no address of this machine; says what to do.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            # As the server will: a port in TIME_WAIT counts as free, one listened at does not.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            trial.listen(1)
    except socket.gaierror:
        raise InputError(f"There is no host {host!r}", hint="Try --host 127.0.0.1.") from None
    except OSError as error:
        raise InputError(_told(host, port, error), hint=_hint(port, error)) from None


def _told(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        pid = _listener(port)
        return f"Port {port} is taken" + (f" (by process {pid})" if pid else "")
    if error.errno == errno.EACCES:
        return f"Port {port} may only be used by the administrator"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine"
    return f"Port {port} on {host} cannot be used: {error.strerror}"


def _hint(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRNOTAVAIL:
        return "Try --host 127.0.0.1."
    other = port + 1 if 1024 <= port < 65535 else 8001
    stop = "Stop that program or use" if error.errno == errno.EADDRINUSE else "Use"
    return f"{stop} another: --port {other}, or PORT={other} make run."


def _listener(port: int) -> int | None:
    """The process that listens at the port, as far as /proc of Linux lets us see."""
    sockets = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in Path("/proc/net", table).read_text().splitlines()[1:]:
                parts = line.split()
                if parts[3] == _LISTENING and int(parts[1].rpartition(":")[2], 16) == port:
                    sockets.add(f"socket:[{parts[9]}]")
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # other people's processes, and those just gone
            if any(str(handle.readlink()) in sockets for handle in (process / "fd").iterdir()):
                return int(process.name)
    return None
