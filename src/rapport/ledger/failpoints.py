"""Named places where a test can end the process as a power cut would.

`FAILPOINT=bulk.files:2` kills this process with SIGKILL at the second pass of `bulk.files`, and
`FAILPOINT=*:7` at the seventh pass of any place. Passes that count are told on standard error.
Without the variable a place costs one comparison.
"""

import os
import signal

ANY = "*"
_ASKED, _, _NTH = os.environ.get("FAILPOINT", "").partition(":")
_passes = 0


def reach(name: str) -> None:
    """Pass a named place; end the process here if that was asked for."""
    if _ASKED not in (name, ANY):
        return
    global _passes  # noqa: PLW0603 - one counter for one process is the point
    _passes += 1
    os.write(2, f"failpoint {name}\n".encode())
    if _passes == int(_NTH or "1"):
        os.kill(os.getpid(), signal.SIGKILL)
