"""The doors that strangers may knock at. Each is a strategy and a check that raises AssertionError.

What no door may do: answer 500 or above, show a traceback, hang, leave without a sentence, or take what is wrong for
something right.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import strategies as st

from fusion.__main__ import main
from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError
from tests.fuzz import values

SECONDS = 60
"""After so long an answer counts as one that does not come."""
ANSWERS = (
    *("fuse", "stages", "parts", "bundle", "drawing", "compared", "thumbnail", "contract", "catalogue"),
    *("evaluation_runs", "evaluation_poll", "evaluation_cancel", "evaluation_charts", "evaluation_csv"),
    *(
        "evaluation_worst",
        "evaluation_delete",
        "evaluation_compared",
        "correction",
        "corrections_read",
        "nothing_of_that_name",
    ),
)


@dataclass(frozen=True)
class Door:
    """``cases``: what is sent; ``check``: sends it and looks at the answer; ``share``: of all cases."""

    name: str
    cases: st.SearchStrategy[Any]
    check: Callable[[Any], None]
    share: int


def server_doors(url: str, component: int) -> list[Door]:
    """Those of a running page. ``component``: the number of the page in its configuration."""
    # A connection for each case: one that is kept may be closed in the moment in which it is used again.
    client = httpx.Client(base_url=url, timeout=SECONDS, limits=httpx.Limits(max_keepalive_connections=0))

    def page(case: tuple[str, Any]) -> None:
        name, data = case
        body = {"data": data, "component_id": component, "fn_name": name, "session_hash": "s"}
        calm(post(client, "/gradio_api/component_server", body))

    def endpoint(case: tuple[str, dict[str, Any]]) -> None:
        name, data = case
        begun = calm(post(client, f"/gradio_api/call/v2/{name}", data))
        if begun.status_code == 200:
            answer = client.get(f"/gradio_api/call/{name}/{begun.json()['event_id']}")
            calm(answer)
            told(answer.text)

    def upload(content: bytes) -> None:
        sent = calm(client.post("/gradio_api/upload", files={"files": ("a.png", content)}))
        assert sent.status_code == 200
        file = {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
        endpoint(("fuse", {"first": file, "second": "1f355"}))

    def service(case: tuple[str, dict[str, Any]]) -> None:
        path, query = case
        written = "&".join(f"{name}={quote(str(value).encode('utf-8', 'replace'))}" for name, value in query.items())
        with contextlib.suppress(httpx.InvalidURL):
            calm(client.get(f"{quote(path.encode('utf-8', 'replace'))}?{written}"))

    bodies = values.JSON | st.binary(max_size=200)
    return [
        Door("page", st.tuples(st.sampled_from(ANSWERS), values.questions()), page, 8),
        Door("endpoint", values.calls(), endpoint, 5),
        Door("http", st.tuples(values.METHODS, values.PATHS, values.HEADERS, bodies), partial(anything, client), 8),
        Door("upload", values.FILES, upload, 2),
        Door("service", values.SERVICE, service, 4),
    ]


def anything(client: httpx.Client, case: tuple[str, str, dict[str, str], Any]) -> None:
    """Any method, path, headers and body."""
    method, path, headers, body = case
    content = body if isinstance(body, bytes) else values.encoded(body)
    with contextlib.suppress(httpx.InvalidURL, UnicodeEncodeError):
        request = client.build_request(method, quote(path, safe="/=?%&:"), headers=headers, content=content)
        with contextlib.closing(client.send(request, stream=True)) as answer:
            # What is a stream of events never ends; its head has said how it went.
            if "event-stream" not in answer.headers.get("content-type", ""):
                answer.read()
                calm(answer)
            assert answer.status_code < 500


def post(client: httpx.Client, path: str, data: Any) -> httpx.Response:
    """JSON as it is, sent without the client's own opinion of it."""
    return client.post(path, content=values.encoded(data), headers={"Content-Type": "application/json"})


def calm(answer: httpx.Response) -> httpx.Response:
    """The answer, if it is one that a server should give."""
    assert answer.status_code < 500, (answer.status_code, answer.text[:500])
    text = answer.text if len(answer.content) < 100_000 else answer.text[:2000]
    assert "Traceback (most recent" not in text
    with contextlib.suppress(ValueError):
        data = answer.json()
        if isinstance(data, dict) and "error" in data:
            assert isinstance(data["error"], str), data
            assert data["error"].strip(), data
    return answer


def told(stream: str) -> None:
    """The events of a call end with a result or with a sentence."""
    assert "event: complete" in stream or "event: error" in stream, stream[-500:]
    if "event: error" in stream:
        data = stream.rpartition("data: ")[2].strip()
        assert data != "null", stream[-500:]
        assert "Traceback" not in data


# ---------------------------------------------------------------------------------------------- without a server


def emoji_text(case: tuple[str, str]) -> None:
    """An emoji with words glued to it is none; what is found is found again by its own name."""
    char, tail = case
    catalog = Catalog.default()
    try:
        found = catalog.find(char + tail)
    except FusionError:
        return
    assert catalog.find(found.char) is found
    letters = [one for one in tail if one.isalnum()]
    assert not (char and letters), (char, tail, found)


def command_line(words: list[str]) -> None:
    """Exit code 0 or 2, and what is said on stderr is one line."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as leaving:
            code = leaving.code
    assert code in (0, 2), (words, code)
    if code == 2:
        assert err.getvalue().strip(), words
        assert err.getvalue().count("\n") == 1, (words, err.getvalue())


def settings_file(folder: Path) -> Callable[[Any], None]:
    """A config.json of any content: a network's settings, or one sentence."""
    from fusion.model import FusionConfig
    from fusion.model.weights import read_config

    def check(content: bytes) -> None:
        (folder / "config.json").write_bytes(content)
        try:
            config = read_config(folder / "config.json")
        except FusionError:
            return
        assert FusionConfig.from_dict(json.loads(content) if content.strip() != b"{}" else {}) == config

    return check


def layouts(case: Any) -> None:
    """A layout is taken as it was given, or refused."""
    from fusion.geometry import STICKER_FRAME
    from fusion.pipeline.overrides import check_layout

    try:
        found = check_layout(case, STICKER_FRAME)
    except FusionError:
        return
    assert [float(one) for one in found] == [float(one) for one in case]
    assert not any(isinstance(one, bool | str) for one in case)
    assert all(map(math.isfinite, found))


SLOW = ("fuse", "sheet", "evaluate", "bench", "app", "kitchen", "pack", "publish", "attention", "train", "nothing")
WORDS = st.lists(values.TEXTS, max_size=2)
COMMANDS = st.one_of(
    st.builds(lambda words: ["catalog", *words], st.lists(values.TEXTS, max_size=3)),
    st.builds(lambda a, b: ["recipes", a, b], values.TEXTS, values.TEXTS),
    # With an option that nobody knows: what these do, when they understand, takes minutes.
    st.builds(
        lambda name, words: [name, *words, "--nobody-knows"], st.sampled_from(SLOW), st.lists(values.TEXTS, max_size=2)
    ),
    st.builds(lambda port: ["app", "--port", str(port)], values.SCALARS.filter(lambda port: not is_port(port))),
    st.builds(lambda a, b, layout: ["fuse", a, b, "--layout", layout], values.TEXTS, values.TEXTS, values.TEXTS),
)


def is_port(value: object) -> bool:
    """Whether ``--port`` would take it, and so begin to serve."""
    text = str(value)
    return text.isdecimal() and 0 < int(text[:6]) < 65536


def local_doors(folder: Path) -> list[Door]:
    """Those that need no server. ``folder``: an empty one to write to."""
    from fusion.model import FusionConfig

    names = list(FusionConfig.__dataclass_fields__)
    settings = st.dictionaries(st.sampled_from(names) | values.TEXTS, values.JSON, max_size=4).map(values.encoded)
    return [
        Door("emoji", st.tuples(st.sampled_from(["", *values.CHARS]), values.TEXTS), emoji_text, 5),
        Door("command line", COMMANDS, command_line, 4),
        Door("config.json", settings | st.binary(max_size=60), settings_file(folder), 4),
        Door("layout", st.lists(values.SCALARS, min_size=3, max_size=5) | values.JSON, layouts, 4),
    ]
