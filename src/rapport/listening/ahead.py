"""Reading ahead: one thread reads the next rows while another stores the last ones."""

import queue
import threading
from collections.abc import Generator, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
_PATIENCE_SECONDS = 0.2


class _End:
    """What the reader puts last: the error that ended it, or none."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class _Reader(threading.Thread, Generic[T]):
    def __init__(self, things: Iterator[T], most: int) -> None:
        super().__init__(name="reader", daemon=True)
        self.things = things
        self.waiting: queue.Queue[T | _End] = queue.Queue(maxsize=most)
        self.stopped = threading.Event()

    def run(self) -> None:
        try:
            for thing in self.things:
                self.put(thing)
                if self.stopped.is_set():
                    break
            if isinstance(self.things, Generator):
                self.things.close()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that asks
            self.put(_End(error))
        else:
            self.put(_End(None))

    def put(self, found: T | _End) -> None:
        while not self.stopped.is_set():
            try:
                self.waiting.put(found, timeout=_PATIENCE_SECONDS)
            except queue.Full:
                continue
            return


def ahead(things: Iterator[T], most: int = 1) -> Generator[T, None, None]:
    """The same things in the same order, read by a thread of their own at most so many ahead.

    An error of the reading is raised here, after the things that came before it. Whoever may stop
    before the end closes it (`contextlib.closing`): then the thread has ended, and what it reads
    from can be closed too.

    >>> list(ahead(iter("abc")))
    ['a', 'b', 'c']
    """
    reader = _Reader(things, most)
    reader.start()
    try:
        while not isinstance(found := reader.waiting.get(), _End):
            yield found
        if found.error is not None:
            raise found.error
    finally:
        reader.stopped.set()
        reader.join()
