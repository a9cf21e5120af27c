"""Saved views: addresses of the table of interactions and of SQL under a name."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.office.api import remove_view, require, save_view, saved_views
from rapport.web.access import actor_of, allowed
from rapport.web.contract.shape import Body, Done, Line, Number, Text, shown

router = Router(tags=["interactions"])

# The page of a view, and the sight that opens it.
_SIGHTS = {"explore": "see_interactions", "sql": "query_sql"}
Page = Literal["explore", "sql"]


class ViewOut(Schema):
    """A saved view; `query` is the query of the page's address."""

    model_config = shown(
        id=1, page="explore", name="Bad web", query="channel=web", by="user:1", shared=True
    )

    id: int
    page: str
    name: str
    query: str
    by: str
    shared: bool


class Views(Schema):
    """Saved views, by name."""

    views: list[ViewOut]


class ViewIn(Body):
    """An address to keep; a view of yours by that name is replaced."""

    model_config = shown(page="explore", name="Bad web", query="channel=web", shared=False)

    page: Page
    name: Line
    query: Text
    shared: bool = False


class AskedViews(Schema):
    """Whose views."""

    page: Page = Field("explore", description="The table of interactions, or SQL.")


@router.get("/views", response=Views)
@allowed("save_view")
def list_views(request: HttpRequest, asked: Query[AskedViews]) -> Any:
    """Your saved views of a page, and those that are shared with everybody."""
    actor = actor_of(request)
    require(actor, _SIGHTS[asked.page])
    return {"views": saved_views(asked.page, actor=actor)}


@router.post("/views", response=ViewOut)
@allowed("save_view")
def keep_view(request: HttpRequest, view: ViewIn) -> Any:
    """Save a view of a page under a name."""
    actor = actor_of(request)
    require(actor, _SIGHTS[view.page])
    number = save_view(view.page, view.name, view.query, actor=actor, shared=view.shared)
    return next(one for one in saved_views(view.page, actor=actor) if one.id == number)


@router.delete("/views/{number}", response=Done)
@allowed("save_view")
def delete_view(request: HttpRequest, number: Number) -> Any:
    """Take a view of yours away; an owner also a shared one."""
    remove_view(number, actor=actor_of(request))
    return Done()
