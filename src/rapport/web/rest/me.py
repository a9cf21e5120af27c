"""Who asks, and what they may do."""

from django.http import HttpRequest
from ninja import Router, Schema

from rapport.office.api import scopes_of
from rapport.web.access import SIGNED_IN, actor_of, allowed
from rapport.web.contract.shape import shown

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


@router.get("/me", response=Me)
@allowed(SIGNED_IN)
def me(request: HttpRequest) -> Me:
    """Who you are here, and what this token or session opens."""
    actor = actor_of(request)
    units = None if actor.units is None else sorted(actor.units)
    return Me(id=actor.id, roles=sorted(actor.roles), scopes=scopes_of(actor), units=units)
