"""Doors: what strangers may ask of the server, over real HTTP."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fusion.ui.bodies import MOST_UPLOADED
from fusion.ui.doors import allowed_hosts, host_name

JSON = {"Content-Type": "application/json"}
FUSE = "/gradio_api/call/fuse"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A server that must not be asked: its address, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<script>1</script>")

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/page.html", asked
    server.shutdown()


def ask(served, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None):
    """Status and text of one request, sent exactly as given."""
    where = urlsplit(served.url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
    connection.request(method, path, body or None, headers or {})
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, text


@pytest.mark.parametrize(
    "door",
    [
        "/gradio_api/file={url}",
        "/gradio_api/file/{url}",
        "/gradio_api/file=%68ttp://{rest}",
        "//gradio_api/./file={url}",
        "/gradio_api/proxy={url}",
        "/gradio_api/file=ftp://{rest}",
        "/gradio_api/file=//{rest}",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_door_fetches_an_address(served, elsewhere, door, method):
    url, asked = elsewhere
    status, _ = ask(served, method, door.format(url=url, rest=url.partition("//")[2]))
    assert status in (403, 404)
    assert asked == []


@pytest.mark.parametrize("shape", [{"url": "{url}"}, {"path": "{url}"}, {"path": "x", "url": "{url}", "meta": {}}])
def test_no_endpoint_fetches_a_file_that_is_named_by_its_address(served, elsewhere, shape):
    url, asked = elsewhere
    file = {key: url if value == "{url}" else value for key, value in shape.items()}
    file |= {"meta": {"_type": "gradio.FileData"}}
    status, text = ask(served, "POST", FUSE, json.dumps({"data": [file, "pizza"]}).encode(), JSON)
    assert (status, asked) == (403, [])
    assert "upload the picture itself" in text


@pytest.mark.parametrize("path", ["/etc/passwd", "", "..", "a\0b", "x" * 5000, 5, None, ["a"]])
def test_no_endpoint_takes_a_file_that_was_not_uploaded(served, path):
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    status, text = ask(
        served, "POST", "/gradio_api/call/v2/fuse", json.dumps({"first": file, "second": "x"}).encode(), JSON
    )
    assert status == 403
    assert "upload the picture itself" in text


@pytest.mark.parametrize("path", ["/etc/passwd", "assets/picker/0.webp", "/nowhere", "..", "%00", "", "x" * 5000])
def test_no_door_hands_out_or_repeats_what_was_not_uploaded(served, path):
    status, text = ask(served, "GET", f"/gradio_api/file={path}")
    assert (status, json.loads(text)["error"][:13]) == (404, "There is no s")
    assert "passwd" not in text


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/openapi.json"])
def test_no_path_of_this_machine_is_told(served, path):
    status, text = ask(served, "GET", path)
    assert status == 200
    places = [str(Path(__file__).parents[2]), sys.prefix, tempfile.gettempdir(), str(Path.home())]
    assert [place for place in places if f"{place}/" in text] == []


def test_the_picker_s_pictures_have_an_address_of_their_own(served):
    _, text = ask(served, "GET", "/config")
    address = re.search(r"picker/\w+", text)[0] + "/0.webp"
    assert ask(served, "GET", f"/{address}")[0] == 200


def test_a_large_upload_is_refused_before_it_is_sent(served):
    where = urlsplit(served.url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
    connection.putrequest("POST", "/gradio_api/upload")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", str(10**9))
    connection.endheaders()
    answer = connection.getresponse()  # not a byte of the body has gone
    assert answer.status == 413
    assert "8 MB" in answer.read().decode()


def test_an_upload_to_a_full_disk_gets_a_sentence(served, monkeypatch):
    from gradio import route_utils

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(route_utils, "NamedTemporaryFile", full)
    form = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\nx\r\n--b--\r\n'
    status, text = ask(served, "POST", "/gradio_api/upload", form, {"Content-Type": "multipart/form-data; boundary=b"})
    assert status == 507
    assert "disk" in json.loads(text)["error"]


def test_an_upload_that_does_not_say_its_length_is_counted(served):
    def pieces():
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
        for _ in range(MOST_UPLOADED // 100_000 + 3):
            yield b"x" * 100_000
        yield b"\r\n--b--\r\n"

    where = urlsplit(served.url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused while it was still being sent
        connection.request("POST", "/gradio_api/upload", pieces(), headers)
    assert connection.getresponse().status == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Host": "evil.example"}, 421),
        ({"Host": "localhost.evil.example:80"}, 421),
        ({"Host": "203.0.113.9"}, 421),
        ({}, 200),
    ],
)
def test_only_the_own_page_and_programs_change_anything(served, headers, status):
    body = json.dumps({"data": ["1f600", "1f355", *[None] * 5]}).encode()
    assert ask(served, "POST", FUSE, body, JSON | headers)[0] == status


def test_the_own_origin_is_welcome(served):
    origin = served.url.rstrip("/")
    assert (
        ask(
            served,
            "POST",
            FUSE,
            b'{"data": ["1f600", "1f355", null, null, null, null, null]}',
            JSON | {"Origin": origin},
        )[0]
        == 200
    )


def test_a_foreign_host_does_not_even_get_the_page(served):
    assert ask(served, "GET", "/", headers={"Host": "evil.example"})[0] == 421
    assert ask(served, "GET", "/", headers={"Host": "localhost"})[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (FUSE, b"[1, 2]", 400),
        (FUSE, b"7", 400),
        (FUSE, b"{", 400),
        (FUSE, b"[" * 100_000, 400),
        (FUSE, b'{"data": ' + b"[" * 200 + b"]" * 200 + b"}", 400),
        ("/gradio_api/call/v2/fuse", b'{"first": "1f600"}', 400),
        ("/gradio_api/call/v2/fuse", b'{"first": "1f600", "second": "1f355", "colour": 1}', 400),
        ("/gradio_api/call/v2/fuse", b'{"first": "1f600", "second": "1f355", "\\ud800": 1}', 400),
        ("/gradio_api/call/v2/nothing", b"{}", 404),
        ("/gradio_api/component_server", b'{"data": {}, "component_id": 99, "fn_name": "f", "session_hash": "s"}', 404),
    ],
)
def test_what_makes_no_sense_gets_a_sentence(served, path, body, status):
    got, text = ask(served, "POST", path, body, JSON)
    assert got == status
    sentence = json.loads(text)["error"]
    assert sentence.endswith(".") or ";" in sentence
    assert "Traceback" not in text


def test_hosts_come_from_the_command_line_and_the_environment(monkeypatch):
    monkeypatch.setenv("SPACE_HOST", "someone-emoji.hf.space")
    monkeypatch.setenv("EMOJI_FUSION_HOSTS", "a.example, B.example")
    hosts = allowed_hosts("0.0.0.0", ["c.example"])
    assert {"localhost", "0.0.0.0", "someone-emoji.hf.space", "a.example", "b.example", "c.example"} <= hosts
    assert [host_name(one) for one in ("[::1]:80", "A.example:1", "[", "")] == ["::1", "a.example", "", ""]
