"""Doors without a password are open to this computer and to nobody else."""

import pytest
from django.test import RequestFactory

from rapport.web.at_this_computer import is_local


@pytest.fixture(autouse=True)
def served_locally(settings):
    settings.LOCAL = True
    settings.ALLOWED_HOSTS = ["*"]


def request(host="127.0.0.1:8000", sender="127.0.0.1", **headers):
    return RequestFactory().get("/", headers={"host": host, **headers}, REMOTE_ADDR=sender)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "localhost"])
def test_a_browser_here_is_let_in(host):
    assert is_local(request(host))
    assert is_local(request(host, origin=f"http://{host}"))


@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "via", "forwarded"]
)
def test_what_a_proxy_passes_on_is_not(header):
    assert not is_local(request(**{header: "anything"}))


def test_another_sender_host_or_origin_is_not():
    assert not is_local(request(sender="192.0.2.7"))
    assert not is_local(request(sender=""))
    assert not is_local(request(host="rapport.example"))
    assert not is_local(request(host="127.0.0.1.evil.example"))
    assert not is_local(request(origin="https://shop.example"))


def test_a_server_that_listens_to_others_lets_nobody_in(settings):
    settings.LOCAL = False
    assert not is_local(request())
