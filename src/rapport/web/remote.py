"""The same data frames as of a store on this machine, from one that is served elsewhere.

    import rapport
    shop = rapport.connect("https://cx.example", token)
    shop.measure("nps", by="channel", every="month").pandas()

Rows travel as Arrow streams, so that types are what they are there. Long answers are fetched page
by page; who asks too often waits as long as the server says.
"""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from http.client import HTTPException, HTTPMessage
from typing import IO, Any

import pyarrow as pa

from rapport.kernel.errors import (
    BusyError,
    ForbiddenError,
    InputError,
    NotFoundError,
    RapportError,
    StoreError,
)
from rapport.measures.api import figures_of_table
from rapport.web.frames import Figures, Frame, listed

ARROW = "application/vnd.apache.arrow.stream"
_JSON = "application/json"
_PAGE = 100_000
_TIMEOUT_SECONDS = 300
_LONGEST_WAIT_SECONDS = 60
_TRIES = 5
_KINDS: Mapping[int, type[RapportError]] = {
    401: ForbiddenError,
    404: NotFoundError,
    500: StoreError,
    503: BusyError,
}

Pairs = list[tuple[str, str]]


class Remote:
    """A store that is served elsewhere, open for reading."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address.rstrip("/")
        self._token = token
        self._opener = urllib.request.build_opener(_NoRedirects)

    @property
    def address(self) -> str:
        """Where it is served."""
        return self._address

    def measures(self) -> Frame[dict[str, Any]]:
        """Which measures there are: name, question, unit, direction, minimum_n."""
        names = ("name", "question", "unit", "direction", "minimum_n")
        told = self._json("/api/v1/measures")["measures"]
        return Frame(pa.Table.from_pylist([{name: one[name] for name in names} for one in told]))

    def measure(
        self,
        name: str,
        *,
        by: str | Sequence[str] = (),
        every: str | None = None,
        first_day: date | str | None = None,
        last_day: date | str | None = None,
        where: str | Sequence[str] = (),
        weight: str | None = None,
        parameters: Mapping[str, str | int | float | bool] | None = None,
        confidence: float = 0.95,
        mix: bool = False,
    ) -> Figures:
        """The figures of a measure; arguments and errors are those of `Rapport.measure`."""
        asked = _asked(by, every, first_day, last_day, where, weight, parameters, mix)
        asked.append(("confidence", repr(confidence)))
        [table] = self._tables(f"/api/v1/measures/{_part(name)}/figures", asked)
        return Figures(figures_of_table(table))

    def explain(
        self,
        name: str,
        *,
        by: str | Sequence[str] = (),
        every: str | None = None,
        first_day: date | str | None = None,
        last_day: date | str | None = None,
        where: str | Sequence[str] = (),
        weight: str | None = None,
        parameters: Mapping[str, str | int | float | bool] | None = None,
        mix: bool = False,
    ) -> str:
        """How a figure comes about: definition, SQL, interval, source. Arguments as `measure`."""
        asked = _asked(by, every, first_day, last_day, where, weight, parameters, mix)
        told = self._json(f"/api/v1/measures/{_part(name)}/explanation", asked)
        return str(told["explanation"])

    def interactions(
        self,
        where: str | Sequence[str] = (),
        columns: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> Frame[dict[str, Any]]:
        """Interactions that fit the filter, oldest first; as `Rapport.interactions`."""
        asked = [("where", one) for one in listed(where)]
        asked += [("columns", one) for one in columns or ()]
        return self._rows("/api/v1/interactions", asked, limit)

    def customer(self, key: str, limit: int | None = None) -> Frame[dict[str, Any]]:
        """The interactions of one customer, newest first; no rows where nobody is called so."""
        return self._rows(f"/api/v1/customers/{_part(key)}/timeline", [], limit)

    def sql(self, query: str) -> Frame[dict[str, Any]]:
        """What a query of one's own gives, within what the token's user may see.

        Raises:
            InputError: the query cannot be run, or gives more than 100,000 rows.
        """
        path = f"/api/v1/sql?{urllib.parse.urlencode({'query': query})}"
        body, headers = self._get(path, ARROW)
        if headers.get("Rapport-Cut") == "true":
            raise InputError("The query gives too many rows", expected=f"at most {_PAGE:,}")
        with pa.ipc.open_stream(body) as stream:
            return Frame(stream.read_all())

    def _rows(self, path: str, asked: Pairs, limit: int | None) -> Frame[dict[str, Any]]:
        """Rows of as many pages as it takes."""
        if limit is not None and limit < 0:
            raise InputError("The limit cannot be negative", got=limit)
        size = min(_PAGE, _PAGE if limit is None else max(limit, 1))
        parts: list[pa.Table] = []
        count = 0
        for part in self._tables(path, [*asked, ("limit", str(size))]):
            parts.append(part)
            count += part.num_rows
            if limit is not None and count >= limit:
                break
        table = pa.concat_tables(parts)
        return Frame(table if limit is None else table.slice(0, limit))

    def _tables(self, path: str, asked: Pairs) -> Iterator[pa.Table]:
        """The pages of an answer as tables."""
        address: str | None = f"{path}?{urllib.parse.urlencode(asked)}"
        while address is not None:
            body, headers = self._get(address, ARROW)
            with pa.ipc.open_stream(body) as stream:
                yield stream.read_all()
            address = _next(headers.get("Link", ""))

    def _json(self, path: str, asked: Pairs | None = None) -> Any:
        body, _headers = self._get(f"{path}?{urllib.parse.urlencode(asked or [])}", _JSON)
        return json.loads(body)

    def _get(self, path: str, form: str) -> tuple[bytes, HTTPMessage]:
        """The body and the headers of an answer.

        Raises:
            RapportError: of the kind that the same question raises on the machine itself.
        """
        headers = {"Accept": form, "Authorization": f"Bearer {self._token}"}
        for _ in range(_TRIES):
            try:
                request = urllib.request.Request(self._address + path, headers=headers)  # noqa: S310
                with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                    return answer.read(), answer.headers
            except urllib.error.HTTPError as error:
                if error.code != 429:
                    raise _told(error, self._address) from None
                time.sleep(min(_LONGEST_WAIT_SECONDS, int(error.headers.get("Retry-After", "1"))))
            except (OSError, HTTPException, ValueError) as error:
                raise _away(self._address, error) from None
        raise BusyError("The server asks us to come less often", hint="Try again in a minute.")


def connect(address: str, token: str) -> Remote:
    """The store that is served at `address`, for whoever the token stands for.

    Args:
        address: of the server, such as "https://cx.example".
        token: made at /settings/tokens there, with the scopes see_figures, see_interactions and
            see_customers for all that can be asked here.

    Raises:
        InputError: the address is none.
        ForbiddenError: the token opens nothing.
        StoreError: nobody answers there, or somebody else does.
    """
    if not address.lower().startswith(("http://", "https://")):
        raise InputError("This is no address", got=address, expected="http://... or https://...")
    if not token.isascii() or not token.isprintable():
        raise InputError("This is no token", hint="Copy it as it was shown, without line breaks.")
    remote = Remote(address, token)
    remote._json("/api/v1/me")
    return remote


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to wherever it points."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


def _asked(
    by: str | Sequence[str],
    every: str | None,
    first_day: date | str | None,
    last_day: date | str | None,
    where: str | Sequence[str],
    weight: str | None,
    parameters: Mapping[str, str | int | float | bool] | None,
    mix: bool,
) -> Pairs:
    """A question to a measure as the query of an address."""
    plain = {"every": every, "from": first_day, "to": last_day, "weight": weight}
    pairs = [(name, str(value)) for name, value in plain.items() if value is not None]
    pairs += [("by", one) for one in listed(by)]
    pairs += [("where", one) for one in listed(where)]
    pairs += [("set", f"{name}={value}") for name, value in (parameters or {}).items()]
    return [*pairs, ("mix", str(mix).lower())]


def _part(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def _next(link: str) -> str | None:
    """The address of the next page, of the same server."""
    address, _, rest = link.removeprefix("<").partition(">")
    return address if 'rel="next"' in rest and address.startswith("/") else None


def _told(error: urllib.error.HTTPError, address: str) -> RapportError:
    """The problem that a server tells, as the error it is."""
    try:
        told = json.loads(error.read())
        kind = _KINDS.get(error.code, InputError)
        return kind(
            told["detail"],
            got=told.get("got"),
            expected=told.get("expected"),
            hint=told.get("hint"),
        )
    except (ValueError, TypeError, KeyError, OSError):
        return StoreError(
            f"{address} does not answer as Rapport does",
            got=f"status {error.code}",
            hint="Is the address right, and the server as new as this program?",
        )


def _away(address: str, error: Exception) -> StoreError:
    return StoreError(
        f"{address} cannot be reached", got=error, hint="Is Rapport served there, and the way open?"
    )
