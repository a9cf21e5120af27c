"""The organisation itself: its name, what was fixed when the store was made, who may do what."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from rapport.office.api import GIVEN_ROLES, ROLES
from rapport.web.access import actor_of, allowed
from rapport.web.contract.shape import Body, Line, shown
from rapport.web.renaming import rename_organisation
from rapport.web.store import ledger

router = Router(tags=["organisation"])


class OrganisationOut(Schema):
    """What the organisation is called; every figure has its zone, week (0: Monday), currency."""

    model_config = shown(
        organisation="Brandt & Söhne", zone="Europe/Berlin", week_start=0, currency="EUR"
    )

    organisation: str
    zone: str
    week_start: int
    currency: str


class NameIn(Body):
    """A new name, and the one you have seen."""

    model_config = shown(organisation="Brandt & Töchter", was="Brandt & Söhne")

    organisation: Line
    was: Line


class RoleOut(Schema):
    """A role: what it lets people see and do, by the names that scopes have too."""

    model_config = shown(name="employee", may=["add_token", "see_figures"])

    name: str
    may: list[str]


class Roles(Schema):
    """The table of who may do what."""

    roles: list[RoleOut]


@router.get("/organisation", response=OrganisationOut)
@allowed("see_office")
def get_organisation(request: HttpRequest) -> Any:  # noqa: ARG001
    """What the organisation is called, and what was fixed when the store was made."""
    return _organisation()


@router.put("/organisation", response=OrganisationOut)
@allowed("change_settings")
def name_organisation(request: HttpRequest, sent: NameIn) -> Any:
    """Call the organisation something else; of two who do so at once the second is told."""
    rename_organisation(ledger(), sent.organisation, was=sent.was, actor=actor_of(request))
    return _organisation()


@router.get("/roles", response=Roles)
@allowed("see_office")
def list_roles(request: HttpRequest) -> Any:  # noqa: ARG001
    """Who may see and do what: the one table that pages, commands and the API go by."""
    return {"roles": [{"name": role, "may": sorted(ROLES[role])} for role in sorted(GIVEN_ROLES)]}


def _organisation() -> dict[str, Any]:
    return {name: getattr(ledger().settings, name) for name in OrganisationOut.model_fields}
