"""`python -m rapport.web.serve_child MODULE ARGUMENT...`: runs `MODULE.main(arguments)` as a child.

Standard input is a pipe that only the supervisor can write to. It never writes; when it is gone,
by whatever death, the pipe ends, and this process takes its whole group along.
"""

import importlib
import os
import signal
import sys
import threading
import time

GRACE_SECONDS = 3.0


def main() -> int:
    """Watch the supervisor's pipe and run the module's `main` with the other arguments."""
    threading.Thread(target=_follow_supervisor, daemon=True, name="supervisor's pipe").start()
    module, *arguments = sys.argv[1:]
    return int(importlib.import_module(module).main(arguments) or 0)


def _follow_supervisor() -> None:
    pipe = sys.stdin.fileno()
    while os.read(pipe, 1024):
        pass
    # This thread gets no signal handler of its own: the main thread is asked first.
    os.killpg(os.getpgrp(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
