"""Starts the real `rapport serve` and asks it for pages, as one of the people who sign in there."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import cache
from http.cookiejar import CookieJar
from pathlib import Path

# Status, headers (names in small letters) and body.
Answer = tuple[int, dict[str, str], str]


@dataclass
class Served:
    """A running `rapport serve`: its address, its process and what it says on standard error."""

    address: str
    process: "subprocess.Popen[str]"
    log: Path

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def serve(home: Path, log: Path, port: int | None = None, *more: str) -> Served:
    """Start `rapport serve` and wait until it says that it is ready, or has ended."""
    port = port or free_port()
    words = [sys.executable, "-m", "rapport", "--home", str(home), "serve", "--port", str(port)]
    words += more
    with log.open("w") as file:
        process = subprocess.Popen(words, stderr=file, text=True, env=dict(os.environ))
    deadline = time.monotonic() + 60
    while "Rapport is at" not in log.read_text() and process.poll() is None:
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return Served(f"http://127.0.0.1:{port}", process, log)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def get(address: str, role: str = "owner", language: str = "") -> Answer:
    """The answer to a page's address, as somebody of that role sees it; "nobody" has no account."""
    request = urllib.request.Request(address)
    if language:
        request.add_header("Accept-Language", language)
    return _answer(request, _visitor(_origin(address), role))


def get_bytes(address: str, role: str = "owner") -> bytes:
    """A file that a page gives."""
    with _visitor(_origin(address), role).open(address, timeout=60) as answer:
        found: bytes = answer.read()
    return found


def post(address: str, fields: Mapping[str, str], role: str = "owner") -> Answer:
    """The answer to a form that is sent, after redirects."""
    visitor = _visitor(_origin(address), role)
    token = next(c.value for c in _cookies(visitor) if c.name == "rapport_csrf")
    body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
    return _answer(urllib.request.Request(address, body), visitor)


def cookies(origin: str, role: str) -> list[dict[str, str]]:
    """Cookies of somebody who has signed in, as a browser takes them."""
    found = _cookies(_visitor(origin, role))
    return [{"name": c.name, "value": c.value or "", "url": origin} for c in found]


@cache
def _visitor(origin: str, role: str) -> urllib.request.OpenerDirector:
    jar = CookieJar()
    visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    visitor.jar = jar  # type: ignore[attr-defined]
    if role == "nobody":
        return visitor
    visitor.open(f"{origin}/account/login/", timeout=60).read()
    token = next((c.value for c in jar if c.name == "rapport_csrf"), "")
    email = f"{role.replace(' ', '-')}@demo.invalid"
    body = urllib.parse.urlencode({"email": email, "csrfmiddlewaretoken": token}).encode()
    visitor.open(f"{origin}/account/demo", body, timeout=60).read()
    return visitor


def _cookies(visitor: urllib.request.OpenerDirector) -> CookieJar:
    return visitor.jar  # type: ignore[attr-defined, no-any-return]


def _origin(address: str) -> str:
    return "/".join(address.split("/")[:3])


def send_event(served: Served, key: str, name: str, **properties: str) -> Answer:
    """The answer of the door to one event."""
    event = {"type": "track", "event": "E", "messageId": name, "properties": properties}
    request = urllib.request.Request(
        f"{served.address}/v1/batch", json.dumps({"batch": [event]}).encode()
    )
    request.add_header("Authorization", f"Bearer {key}")
    return _answer(request)


def _answer(
    request: urllib.request.Request, visitor: urllib.request.OpenerDirector | None = None
) -> Answer:
    try:
        with (visitor or urllib.request.build_opener()).open(request, timeout=60) as answer:
            return answer.status, _small(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, _small(error.headers), error.read().decode()


def _small(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
