"""The pages of a Rapport that really serves, seen from outside."""

import re
import signal
import socket
import subprocess
import sys

import pytest

from .served import get, serve


def test_the_front_leads_to_the_overview(served_demo):
    status, _, body = get(served_demo.address)
    assert status == 200
    assert "How customers experience us" in body


def test_each_headline_has_a_value_n_and_a_table(served_demo):
    _, _, body = get(served_demo.address)
    cards = re.findall(r'<li class="card".*?</li>', body, re.DOTALL)
    assert len(cards) >= 6
    for card in cards:
        assert 'class="value"' in card or "Too few" in card
        assert "<details>" in card
        assert "<table>" in card


def test_the_page_says_how_old_its_data_and_figures_are(served_demo):
    _, _, body = get(served_demo.address)
    assert re.search(r"Data to <strong>31 Oct 2026</strong>, figures \d+ (s|min) old", body)


def test_the_nps_of_a_programme_names_it(served_demo):
    _, _, body = get(served_demo.address)
    assert re.search(r'Net Promoter Score<.*?class="programme">relational', body)


def test_an_empty_store_says_what_to_do_next(served_empty):
    _, _, body = get(served_empty.address)
    assert 'href="/listen/imports/new"' in body
    assert "rapport import" in body
    assert "rapport --home demo demo" in body


@pytest.mark.parametrize("part", ["card/nps", "changes", "heard"])
def test_an_empty_store_has_no_parts_of_the_overview(served_empty, part):
    assert get(f"{served_empty.address}/measure/overview/{part}")[0] == 404


def test_no_page_allows_anything_inline_or_from_elsewhere(served_demo):
    _, headers, body = get(served_demo.address)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    inline = r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+="
    assert not re.search(inline + r"|(src|href)=\"(https?:)?//", body)


def test_a_page_is_not_kept_by_browsers_or_proxies(served_demo):
    assert "no-store" in get(served_demo.address)[1]["cache-control"]


def test_an_unknown_page_leads_back(served_demo):
    status, _, body = get(served_demo.address + "/nowhere")
    assert status == 404
    assert "There is no such page" in body


def test_another_host_name_is_refused(served_demo):
    host, port = served_demo.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_with_a_signal_and_frees_its_port(empty_home, tmp_path, number):
    running = serve(empty_home, tmp_path / "log")
    running.process.send_signal(number)
    assert running.process.wait(30) == 0
    again = serve(empty_home, tmp_path / "log", int(running.address.rpartition(":")[2]))
    assert again.stop() == 0


def test_a_taken_port_is_one_clear_line(served_empty, empty_home):
    port = served_empty.address.rpartition(":")[2]
    words = [sys.executable, "-m", "rapport", "--home", str(empty_home), "serve", "--port", port]
    told = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
    assert told.returncode == 2
    assert told.stderr.startswith(f"rapport: Port {port} is taken")
    assert len(told.stderr.strip().splitlines()) == 1


def test_serving_without_a_store_says_how_to_make_one(tmp_path):
    words = [sys.executable, "-m", "rapport", "--home", str(tmp_path / "none"), "serve"]
    told = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
    assert told.returncode == 2
    assert "Make one with `rapport init`" in told.stderr


def test_a_calm_start_is_one_line(empty_home, tmp_path):
    running = serve(empty_home, tmp_path / "log")
    get(running.address)
    running.stop()
    assert len(running.log.read_text().splitlines()) == 1
