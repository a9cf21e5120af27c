"""Who may look at which page: each view says what one must be allowed, or it is not found.

A view without a word is refused: forgetting it closes a page, never opens one. Who may not see a
page is told what somebody is told who asks for a page that does not exist.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRefresh

from rapport.office.api import SIGHTS, VERBS, Actor, actor_of_user, any_user, permits
from rapport.web.trouble import answer_to

View = TypeVar("View", bound=Callable[..., Any])

# Of the numbers that rows of a table can have.
_LARGEST = 2**63 - 1
ANYBODY = "anybody"
SIGNED_IN = "signed in"
# Pages of the library that signs people in guard themselves.
_LIBRARY = ("allauth.",)
# What the library has and this house has not: nobody signs up or changes an address by themselves.
_CLOSED = frozenset(
    {
        *("account_signup", "account_email", "account_email_verification_sent"),
        *("account_confirm_email", "account_confirm_login_code", "account_inactive"),
        *("socialaccount_signup", "socialaccount_connections"),
    }
)


def allowed(need: str) -> Callable[[View], View]:
    """Let a view be seen by whoever has a sight or may do a verb; ANYBODY and SIGNED_IN too.

    >>> @allowed("see_figures")
    ... def page(request): ...
    >>> page.need
    'see_figures'
    """
    assert need in {ANYBODY, SIGNED_IN} | SIGHTS | VERBS, f"there is no sight or verb {need!r}"

    def mark(view: View) -> View:
        view.need = need  # type: ignore[attr-defined]
        return view

    return mark


def signed_in(request: HttpRequest) -> AbstractBaseUser:
    """Who is signed in; for views that nobody else reaches."""
    assert isinstance(request.user, AbstractBaseUser), "the view lets in who is not signed in"
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; the units they see are in it."""
    found = getattr(request, "actor", None)
    if found is None:
        found = actor_of_user(int(request.user.pk)) if request.user.is_authenticated else NOBODY
        request.actor = found  # type: ignore[attr-defined]
    return found


NOBODY = Actor("nobody", frozenset(), frozenset())


class _Guarded:
    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            # Looked up here, where a database that is away can still be told.
            _ = request.user.is_authenticated
        except Exception as error:
            request.user = AnonymousUser()
            answer = answer_to(request, error)
            if answer is None:
                raise
            return answer
        return self._answer(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, named: dict[str, Any]
    ) -> HttpResponse | None:
        """None lets the request through."""
        if any(isinstance(given, int) and given > _LARGEST for given in named.values()):
            raise Http404
        match = request.resolver_match
        if match is not None and match.url_name in _CLOSED:
            raise Http404
        need = need_of(view, request.method or "GET")
        if need == ANYBODY:
            return None
        if not (request.user.is_authenticated or getattr(request, "actor", None)):
            # A part of a page cannot show the sign-in: the whole page is asked for again.
            is_part = request.headers.get("HX-Request") == "true"
            return (
                HttpResponseClientRefresh() if is_part else HttpResponseRedirect(_way_in(request))
            )
        if need is None or (need != SIGNED_IN and not permits(actor_of(request), need)):
            raise Http404
        return None


def _way_in(request: HttpRequest) -> str:
    if not any_user():
        return "/welcome"
    return f"{settings.LOGIN_URL}?next={quote(_place(request))}"


def _place(request: HttpRequest) -> str:
    """Where somebody was: of a form that was sent, the page on which it stands."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, request.get_host()):
        return "/"
    return urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl()


def need_of(view: Callable[..., Any], method: str = "GET") -> str | None:
    """What one must be allowed to see a view; None where it does not say.

    An address of the API says it for each method.
    """
    needs = getattr(view, "needs", {})
    need: str | None = needs.get(method, getattr(view, "need", None))
    if need is None:
        need = getattr(getattr(view, "view_class", None), "need", None)
    if need is None and (view.__module__ or "").startswith(_LIBRARY):
        return ANYBODY
    return need


def access_middleware(answer: Callable[[HttpRequest], HttpResponse]) -> _Guarded:
    """Django middleware: lets requests through to views that their sender may see."""
    return _Guarded(answer)
