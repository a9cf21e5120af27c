"""A port that cannot be had is told in one line with what to do."""

import os
import socket

import pytest

from rapport.kernel.errors import InputError
from rapport.web.serve_port import check_port


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_taken_port_names_its_process_and_another_port(listener):
    port = listener.getsockname()[1]
    with pytest.raises(InputError, match=f"Port {port} is taken .by process {os.getpid()}") as told:
        check_port("127.0.0.1", port)
    assert "PORT=" in str(told.value)


def test_a_port_is_free_again_when_its_listener_is_gone(listener):
    port = listener.getsockname()[1]
    listener.close()
    check_port("127.0.0.1", port)


def test_a_host_of_another_machine_is_refused():
    with pytest.raises(InputError, match="no address of this machine"):
        check_port("192.0.2.1", 8000)


def test_a_host_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="There is no host"):
        check_port("nowhere.invalid", 8000)
