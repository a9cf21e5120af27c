"""Who asks, and what they may do; their own account."""

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from ninja import Router, Schema

from rapport.office.api import change_own_account, scopes_of, sign_out_everywhere
from rapport.web.access import SIGNED_IN, actor_of, allowed
from rapport.web.contract.problems import ProblemError
from rapport.web.contract.shape import Body, Done, Line, shown
from rapport.web.forms.own_account import OwnAccount

router = Router(tags=["you"])


class Me(Schema):
    """Whoever asks.

    Attributes:
        id: opaque, as the audit has it.
        roles: what they are.
        scopes: sights and verbs they have by this token or session.
        units: business units they see; null for all.
    """

    model_config = shown(id="user:1", roles=["analyst"], scopes=["see_figures"], units=None)

    id: str
    roles: list[str]
    scopes: list[str]
    units: list[str] | None


class MyAccountIn(Body):
    """How you are greeted and how pages look to you; empty: as browser, organisation, computer."""

    model_config = shown(name="Ana", language="de", zone="Europe/Berlin", scheme="dark")

    name: Line
    language: Line = ""
    zone: Line = ""
    scheme: Line = ""


class MyAccountOut(Schema):
    """How you are greeted and how pages look to you."""

    model_config = shown(
        email="ana@x.example", name="Ana", language="de", zone="Europe/Berlin", scheme="dark"
    )

    email: str
    name: str
    language: str
    zone: str
    scheme: str


@router.get("/me", response=Me)
@allowed(SIGNED_IN)
def me(request: HttpRequest) -> Me:
    """Who you are here, and what this token or session opens."""
    actor = actor_of(request)
    units = None if actor.units is None else sorted(actor.units)
    return Me(id=actor.id, roles=sorted(actor.roles), scopes=scopes_of(actor), units=units)


@router.get("/me/account", response=MyAccountOut)
@allowed("change_own_account")
def my_account(request: HttpRequest) -> Any:
    """Your own account."""
    return get_user_model().objects.get(pk=_number(request))


@router.put("/me/account", response=MyAccountOut)
@allowed("change_own_account")
def change_my_account(request: HttpRequest, account: MyAccountIn) -> Any:
    """Change how you are greeted and how pages look to you."""
    form = OwnAccount(account.dict())
    if not form.is_valid():
        wrong = [
            {"field": f"body.{name}", "message": " ".join(map(str, told))}
            for name, told in form.errors.items()
        ]
        raise ProblemError("input", errors=wrong)
    change_own_account(_number(request), **form.cleaned_data, actor=actor_of(request))
    return my_account(request)


@router.post("/me/sign-out", response=Done)
@allowed("change_own_account")
def sign_me_out(request: HttpRequest) -> Any:
    """End every session of yours; tokens go on."""
    sign_out_everywhere(_number(request), actor=actor_of(request))
    return Done()


def _number(request: HttpRequest) -> int:
    return int(actor_of(request).id.removeprefix("user:"))
