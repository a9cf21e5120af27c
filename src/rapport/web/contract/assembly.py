"""The API as a whole: the families of `rest` at their addresses."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache, wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation, PathView

from rapport import __version__
from rapport.kernel.errors import did_you_mean
from rapport.web import rest
from rapport.web.access import SIGNED_IN
from rapport.web.contract.problems import ProblemError, problem_of
from rapport.web.contract.wire import Renderer, StrictParser


class _Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """An operation goes by the name of its function."""
        return operation.view_func.__name__


@cache
def assembled() -> NinjaAPI:
    """All operations, each with its errors told as problems."""
    api = _Api(
        title="Rapport",
        version=__version__,
        docs_url=None,
        openapi_url=None,
        parser=StrictParser(),
        renderer=Renderer(),
        urls_namespace="api-v1",
    )
    for found in sorted(pkgutil.iter_modules(rest.__path__), key=lambda one: one.name):
        module = importlib.import_module(f"{rest.__name__}.{found.name}")
        api.add_router("", module.router)
    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, _told)
    return api


def views() -> Iterator[tuple[str, PathView]]:
    """Each address of the API (without its prefix), and the operations there."""
    for router in assembled()._get_bound_routers():
        yield from router.path_operations.items()


@cache
def needs() -> frozenset[str]:
    """The sights and verbs that open an operation."""
    return frozenset(_need(one) for _, view in views() for one in view.operations)


def urlpatterns() -> list[URLPattern]:
    """The addresses of all operations, each view marked with what its methods need.

    A key in an address may hold slashes, so what ends in one is asked last.
    """
    ordered = sorted(views(), key=lambda one: one[0].rpartition("/")[2].startswith("{path:"))
    return [_pattern(address, view) for address, view in ordered]


def _pattern(address: str, view: PathView) -> URLPattern:
    for operation in view.operations:
        operation.run = _known_names_only(operation)  # type: ignore[method-assign]
    answer = view.get_view()
    answer.needs = {  # type: ignore[attr-defined]
        method: _need(operation) for operation in view.operations for method in operation.methods
    }
    # Another method is told to whoever is signed in, and does nothing.
    answer.need = SIGNED_IN  # type: ignore[attr-defined]
    return path(address.lstrip("/").replace("{", "<").replace("}", ">"), answer)


def _need(operation: Operation) -> str:
    need: str | None = getattr(operation.view_func, "need", None)
    assert need, f"{operation.view_func.__name__} does not say who may"
    return need


def _known_names_only(operation: Operation) -> Callable[..., HttpResponseBase]:
    """The operation, which refuses names in the address that it would not read."""
    run = operation.run
    known = names_in_address(operation)

    @wraps(run)
    def answered(request: HttpRequest, **given: Any) -> HttpResponseBase:
        for name in request.GET:
            if name not in known:
                problem = ProblemError(
                    "input",
                    f"There is no parameter {name!r} here",
                    hint=did_you_mean(name, known) or "There are none.",
                    errors=[{"field": f"query.{name}", "message": "unknown"}],
                )
                return problem.answer()
        return run(request, **given)

    return answered


def names_in_address(operation: Operation) -> frozenset[str]:
    """The names that an operation reads from the query of its address."""
    names: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            names |= set(model.__ninja_flatten_map__)
    return frozenset(names)


def _told(_request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    assert isinstance(error, Exception)
    problem = problem_of(error)
    if problem is None:
        raise error
    return problem.answer()
