"""Does a request come from this very computer? Only then are there doors without a password.

Such doors are the first account of a new store and the people of the demo company. They are shut
where the server listens to others, and where a proxy passes requests on: a proxy says whom it
speaks for, or asks for its own name.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

_PASSED_ON = (
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "Forwarded",
    "Via",
)
_NAMES = ("localhost", "127.0.0.1", "::1")


def is_local(request: HttpRequest) -> bool:
    """Whether nobody but this computer can have sent the request."""
    if not settings.LOCAL or any(name in request.headers for name in _PASSED_ON):
        return False
    origin = request.headers.get("Origin", "")
    named = urlsplit(f"//{request.get_host()}").hostname in _NAMES
    ours = origin in ("", "null") or urlsplit(origin).hostname in _NAMES
    return named and ours and _is_loopback(str(request.META.get("REMOTE_ADDR", "")))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address.rpartition("%")[0] or address).is_loopback
    except ValueError:
        return False
