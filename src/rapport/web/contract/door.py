"""The door of the API: who asks, how often, once only; and no error leaves it as a page.

A request comes by a token (`Authorization: Bearer`) or by the session of somebody who is signed in,
then with Django's token against foreign forms. What one may see is asked behind this door, as for
pages (`web/access.py`).
"""

import platform
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja.utils import check_csrf

from rapport.office.api import Actor, actor_of_token
from rapport.web.access import actor_of
from rapport.web.contract.once import once
from rapport.web.contract.problems import ProblemError, as_problem, problem_of
from rapport.web.contract.rate import Buckets, Standing

PREFIX = "/api/v1/"
_SAFE = ("GET", "HEAD", "OPTIONS")
_WAY_IN = {"WWW-Authenticate": 'Bearer realm="Rapport"'}

Answer = Callable[[HttpRequest], HttpResponse]


def api_middleware(answer: Answer) -> Answer:
    """Django middleware: what every request of the API passes; others pass by."""

    def answered(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return answer(request)
        response = _answered(request, answer)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Vary", "Accept, Authorization, Cookie")
        return response

    return answered


def _answered(request: HttpRequest, answer: Answer) -> HttpResponse:
    standing = None
    try:
        actor = _known(request)
        standing = _buckets().take(actor.id if actor else _stranger(request))
        if not standing.allowed:
            raise ProblemError("too-many", hint=f"Wait {standing.wait_seconds} s.")
        if actor is None:
            raise ProblemError(
                "nobody",
                hint="Make a token at /settings/tokens and send it: `Authorization: Bearer TOKEN`.",
                headers=_WAY_IN,
            )
        response = as_problem(once(request, answer))
    except Exception as error:
        problem = problem_of(error)
        if problem is None:
            raise
        response = problem.answer()
    return _with_standing(response, standing)


def _with_standing(response: HttpResponse, standing: Standing | None) -> HttpResponse:
    for name, value in (standing.headers() if standing else {}).items():
        response[name] = value
    return response


def _known(request: HttpRequest) -> Actor | None:
    """Who asks; None for somebody without a session or a token that opens anything.

    Raises:
        ProblemError: a change by a session without the token against foreign forms.
    """
    sort, _, secret = request.headers.get("Authorization", "").partition(" ")
    if sort:
        found = actor_of_token(secret.strip()) if sort.lower() == "bearer" else None
        request.actor = found  # type: ignore[attr-defined]
        return found
    if not request.user.is_authenticated:
        return None
    if request.method not in _SAFE and check_csrf(request) is not None:
        hint = "Send the value of the cookie rapport_csrf as the header X-CSRFToken, or a token."
        raise ProblemError("foreign-form", hint=hint)
    actor = actor_of(request)
    request.actor = actor  # type: ignore[attr-defined]
    return actor


def _stranger(request: HttpRequest) -> str:
    return f"address:{request.META.get('REMOTE_ADDR', '')}"


@cache
def _buckets() -> Buckets:
    # Of several machines over one store each counts for itself: their clocks differ.
    file = settings.HOME / "locks" / f"rate-{platform.node()}"
    return Buckets(file, settings.API_PER_MINUTE, settings.SECRET_KEY.encode())
