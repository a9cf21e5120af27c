"""A store that is served by the real program, and a system that sends events to it."""

import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from acceptance._programs import Server, rapport, wait_until
from acceptance._writers import Store

_ANSWER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends batches to the door with a tracking key."""

    port: int
    key: str

    def send(self, items: Sequence[Mapping[str, Any]], **head: object) -> dict[str, Any]:
        """What the door answered; it must have answered 200."""
        body = json.dumps({"batch": items, **head}).encode()
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_SECONDS)
        try:
            asked.request("POST", "/v1/batch", body, {"Authorization": f"Bearer {self.key}"})
            answer = asked.getresponse()
            told: dict[str, Any] = json.loads(answer.read())
        finally:
            asked.close()
        assert answer.status == http.client.OK, told
        return told


@contextmanager
def served(store: Store, source: str) -> Iterator[Sender]:
    """Serve a store that was made; the sender's key stands for `source`. Stopped as by Ctrl-C."""
    key = rapport(store, "key", "add", source).strip()
    server = Server(store)
    try:
        wait_until(server.answers, server.must_run, f"nothing was served: {server.log}")
        yield Sender(server.port, key)
    finally:
        server.stop()
