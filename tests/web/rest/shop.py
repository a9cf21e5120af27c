"""A served demo company of the API's own, and a token of each sort of person.

`python -m tests.web.rest.shop HOME`: makes the tokens, in a process of its own.
"""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapport.office.api import ROLES, Actor, actor_of_user, add_token, add_user, scopes_of
from rapport.web.django_setup import prepare
from tests.web.served import Served

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Shop:
    """The demo company: where it lies, where it is served, and a token for each role."""

    home: Path
    served: Served
    tokens: dict[str, str]

    def call(
        self,
        path: str,
        *,
        role: str | None = "owner",
        method: str | None = None,
        send: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """The answer to a request; `send` is JSON, or bytes as they are."""
        body = send if send is None or isinstance(send, bytes) else json.dumps(send).encode()
        request = urllib.request.Request(self.served.address + path, body, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if role is not None:
            request.add_header("Authorization", f"Bearer {self.tokens[role]}")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, _small(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, _small(error.headers), error.read())


def _small(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def make_tokens(home: Path) -> dict[str, str]:
    """A token of all they may do for each role; "of ghent" is an analyst of one shop."""
    words = [sys.executable, "-m", "tests.web.rest.shop", str(home)]
    told = subprocess.run(words, check=True, cwd=ROOT, capture_output=True, text=True)
    found: dict[str, str] = json.loads(told.stdout)
    return found


def main() -> None:
    """Make somebody of each role, and a token for them."""
    prepare(Path(sys.argv[1]))
    operator, made = Actor.operator(), {}
    roles = {role: (role, None) for role in sorted(set(ROLES) - {"system"})}
    of_one_shop = {f"{role} of ghent": (role, "store-ghent") for role in ("owner", "manager")}
    of_one_shop["of ghent"] = ("analyst", "store-ghent")
    for name, (role, unit) in {**roles, **of_one_shop}.items():
        email = f"{name.replace(' ', '-')}@api.example"
        user = actor_of_user(add_user(email, role, actor=operator, unit=unit))
        made[name] = add_token("tests", scopes_of(user), actor=user)
    made["figures only"] = add_token(
        "figures", ["see_figures"], actor=operator, email="owner@api.example"
    )
    sys.stdout.write(json.dumps(made))


if __name__ == "__main__":
    main()
