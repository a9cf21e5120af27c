"""Once only: a POST with an `Idempotency-Key` is done the first time and repeated after that."""

import hashlib
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from rapport.office.api import KeptAnswer, give_back_key, keep_answer, take_key
from rapport.web.access import actor_of
from rapport.web.contract.formats import FILE, JSON
from rapport.web.contract.problems import ProblemError

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEY_PATTERN = "^[!-~]+$"
LONGEST_KEY = 255
_LONGEST_BODY = 1_000_000


def once(request: HttpRequest, answer: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """The answer to a request, which is done at most once for its key.

    Raises:
        ProblemError: the key cannot be or names another request, or nobody knows how that ended.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return answer(request)
    if not re.fullmatch(KEY_PATTERN, key) or len(key) > LONGEST_KEY:
        expected = f"1 to {LONGEST_KEY} letters, digits and signs without space"
        raise ProblemError("input", f"{HEADER} cannot be this", got=key, expected=expected)
    user, digest = int(actor_of(request).id.partition(":")[2]), _digest(request)
    known = take_key(user, key, digest)
    if known is not None:
        return _again(known, digest)
    try:
        response = answer(request)
    except BaseException:
        give_back_key(user, key)
        raise
    if response.status_code < 300:
        keep_answer(user, key, response.status_code, _kept(response))
    else:
        give_back_key(user, key)
    return response


def _kept(response: HttpResponse) -> str | None:
    """The body as it may be kept: neither a secret that is shown once, nor a file."""
    secret = getattr(response, "shown_once", False)
    text = response.get("Content-Type", "").startswith(JSON) or not response.content
    if secret or response.streaming or not text or len(response.content) > _LONGEST_BODY:
        return None
    return response.content.decode()


def _again(known: KeptAnswer, digest: str) -> HttpResponse:
    if known.digest != digest:
        hint = "Take a new key for a new request."
        raise ProblemError("conflict", f"This {HEADER} was used for another request", hint=hint)
    if known.status is None:
        raise ProblemError(
            "conflict",
            "The first request of this key still runs, or was cut off",
            hint="Look whether it was done before you send it under a new key.",
            headers={"Retry-After": "1"},
        )
    if known.body is None:
        hint = "Look at what there is; under a new key it would be done once more."
        raise ProblemError("conflict", "This was done before; its answer is not kept", hint=hint)
    response = HttpResponse(known.body, content_type=JSON, status=known.status)
    response[REPLAYED] = "true"
    return response


def _digest(request: HttpRequest) -> str:
    """Names a request: its address and its body; of a file only how large it is."""
    found = hashlib.sha256(repr([request.method, request.get_full_path()]).encode())
    if request.content_type == FILE:
        found.update(request.headers.get("Content-Length", "").encode())
    else:
        found.update(request.body)
    return found.hexdigest()
