"""The service for other programs, over HTTP: stickers and their caching, searches, and what goes wrong."""

from __future__ import annotations

import io
import json
import threading
import time
from dataclasses import replace

import pytest
from PIL import Image
from starlette.testclient import TestClient

from fusion.emoji.catalog import Catalog
from fusion.errors import FusionError
from fusion.packs.choice import choose_pairs
from fusion.packs.folder import make_pack
from fusion.packs.kept import Kept
from fusion.packs.services import SERVICES
from fusion.pipeline.overrides import check_layout
from fusion.service.app import Beside, build_service
from fusion.service.stickers import Stickers
from fusion.turns import Turns
from fusion.ui.doors import Doors, allowed_hosts
from tests.support.fake_fuser import FakeFuser

CATALOG = Catalog.default()
PAIR = "/kitchen/1f600_1f355.png"
HOME = "http://127.0.0.1:7860"


class Fuser(FakeFuser):
    """The stand-in, as strict as an engine about what is asked, and quick about the size."""

    def fuse(self, *pair, layout=None, say=None, fit=True, **asked):
        if layout is not None:
            check_layout(layout, self.frame)
        if say:
            raise FusionError("These weights know no words: leave the sentence out.")
        trace = super().fuse(*pair, layout=layout, **asked)
        return trace if fit else replace(trace, fitted=None)


class Served:
    """A service of its own over a folder of its own."""

    def __init__(self, folder, most=64) -> None:
        self.fuser, self.kept = Fuser(), Kept(folder)
        self.stickers = Stickers(lambda: self.fuser, CATALOG, Turns(most), self.kept)
        app = Doors(Beside(no_page, build_service(self.stickers)), allowed_hosts("127.0.0.1"))
        self.client = TestClient(app, HOME)

    def get(self, path, status=200, **headers):
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == status, answer.text[:300]
        return answer


async def no_page(scope, receive, send):
    raise AssertionError(f"{scope['path']} is the service's")


@pytest.fixture
def served(tmp_path):
    return Served(tmp_path / "stickers")


def picture(answer) -> Image.Image:
    return Image.open(io.BytesIO(answer.content))


# ---------------------------------------------------------------------------------------------- stickers


@pytest.mark.parametrize(
    "pair", ["1f600_1f355", "😀_🍕", "grinning face_pizza", "grinning_face_pizza", "u1f600_u1f355", "U+1F600_1F355"]
)
def test_emoji_go_by_character_code_points_and_name(served, pair):
    answer = served.get(f"/kitchen/{pair}.png")
    assert (picture(answer).format, picture(answer).size, picture(answer).mode) == ("PNG", (256, 256), "RGBA")
    assert [(call["first"], call["second"]) for call in served.fuser.calls] == [("😀", "🍕")]
    assert answer.headers["ETag"] == served.get(PAIR).headers["ETag"]


def test_presentation_selectors_may_be_there_or_not(served):
    assert served.get("/kitchen/2764-fe0f_1f600.png").content == served.get("/kitchen/2764_1f600.png").content


def test_webp_in_the_size_that_is_asked_for(served):
    answer = served.get("/kitchen/😀_🍕.webp?size=64")
    assert (answer.headers["Content-Type"], picture(answer).format, picture(answer).size) == (
        "image/webp",
        "WEBP",
        (64, 64),
    )


def test_what_is_asked_reaches_the_network(served):
    plain = served.get(PAIR)
    answers = [
        served.get(f"{PAIR}?{query}")
        for query in ("main=second", "layout=0.5,0.5,0.1,0", "hypothesis=2", "fit=false", "size=512")
    ]
    assert len({plain.headers["ETag"], *(answer.headers["ETag"] for answer in answers)}) == 6
    assert len({plain.content, *(answer.content for answer in answers)}) == 6
    calls = served.fuser.calls
    assert calls[1]["main"] == "second"
    assert calls[2]["layout"] == (0.5, 0.5, 0.1, 0.0)
    assert calls[3]["hypothesis"] == 2


def test_an_old_address_of_other_stickers_works(served):
    answer = served.get("/android/keyboard/emojikitchen/20201001/u1f600/u1f600_u1f355.png")
    assert picture(answer).size == (512, 512)


# ---------------------------------------------------------------------------------------------- caching


def test_a_conditional_request_needs_no_fusion(served):
    tag = served.get(PAIR).headers["ETag"]
    assert len(served.fuser.calls) == 1
    for given in (tag, f'W/{tag}, "other"', "*"):
        answer = served.get(PAIR, 304, **{"If-None-Match": given})
        assert (answer.content, answer.headers["ETag"]) == (b"", tag)
    served.get("/kitchen/1f600_1f408.png", 304, **{"If-None-Match": "*"})  # not even for a pair that was never fused
    assert len(served.fuser.calls) == 1
    assert served.get(PAIR, **{"If-None-Match": '"other"'}).content
    assert len(served.fuser.calls) == 1  # kept on the disk


def test_other_weights_make_another_sticker(served):
    before = served.get(PAIR).headers["ETag"]
    served.fuser.weights_hash = "ba9876543210"
    after = served.get(PAIR, **{"If-None-Match": before})
    assert after.headers["ETag"] != before
    assert len(served.fuser.calls) == 2


def test_an_address_that_names_the_weights_is_kept_for_longer(served):
    kept = {query: served.get(f"{PAIR}{query}").headers["Cache-Control"] for query in ("", "?v=0123456789ab", "?v=1")}
    assert kept[""] == kept["?v=1"] == "public, max-age=86400, immutable"
    assert kept["?v=0123456789ab"] == "public, max-age=31536000, immutable"


def test_head_tells_the_headers(served):
    assert served.client.head(PAIR).headers["ETag"] == served.get(PAIR).headers["ETag"]


def test_the_disk_is_bounded_and_forgets_what_was_not_read_for_longest(tmp_path):
    kept = Kept(tmp_path, limit=10_000)
    for number in range(30):
        kept.write(f"{number:040x}", bytes(1000))
        assert kept.read(f"{0:040x}")  # read again and again, so it stays
        time.sleep(0.002)  # times of files are coarse
    files = list(tmp_path.glob("??/*"))
    assert sum(file.stat().st_size for file in files) <= 10_000 * (1 + 1 / 16) + 1000
    assert kept.read(f"{29:040x}")
    assert kept.read(f"{1:040x}") is None


def test_a_disk_that_fails_costs_no_answer(tmp_path):
    (tmp_path / "stickers").write_text("no folder")
    served = Served(tmp_path / "stickers")
    assert served.get(PAIR).content == served.get(PAIR).content


class Packer(Fuser):
    """Also paints many pairs at once, as packs ask for it."""

    def outputs(self, pairs, size=256):
        raise AssertionError("what the service made is not painted again")


def test_packs_take_what_the_service_made(tmp_path):
    served = Served(tmp_path / "stickers")
    served.fuser = Packer()
    answer = served.get("/kitchen/1f600_1f355.png?size=128")
    pairs = choose_pairs(["😀"], ["🍕"], CATALOG)
    make_pack(served.fuser, SERVICES["slack"], pairs, tmp_path / "pack", "One", kept=served.kept)
    assert (tmp_path / "pack" / "001-1f600_1f355.png").read_bytes() == answer.content


# ---------------------------------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/kitchen/asdf_1f355.png", 404, "asdf"),
        ("/kitchen/pizzza_1f600.png", 404, "did you mean"),
        ("/kitchen/1f600.png", 404, "nothing at this address"),
        ("/kitchen/1f600_1f355.gif", 422, ".png or .webp"),
        (f"{PAIR}?size=100", 422, "multiple of 16"),
        (f"{PAIR}?size=huge", 422, "size"),
        (f"{PAIR}?main=third", 422, "main"),
        (f"{PAIR}?hypothesis=0", 422, "hypothesis"),
        (f"{PAIR}?hypothesis=9", 422, "no such hypothesis"),
        (f"{PAIR}?layout=1,2", 422, "four numbers"),
        (f"{PAIR}?layout=a,b,c,d", 422, "four numbers"),
        (f"{PAIR}?layout=9,9,0,0", 422, "out of range"),
        (f"{PAIR}?layout=nan,1,0,0", 422, "out of range"),
        (f"{PAIR}?say=small", 422, "no words"),
        ("/metadata.json?emoji=asdf", 404, "asdf"),
        ("/v2/featured", 422, "q"),
        ("/v2/featured?q=😀&limit=1000", 422, "limit"),
        ("/v2/trending", 404, "/docs"),
    ],
)
def test_bad_input_gets_one_sentence_and_the_right_status(served, path, status, said):
    answer = served.get(path, status)
    assert list(answer.json()) == ["error"]
    assert said in answer.json()["error"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_but_get(served):
    answer = served.client.post(PAIR, json={})
    assert answer.status_code == 405
    assert "GET" in answer.json()["error"]


def test_a_network_that_cannot_be_loaded_is_said_so(tmp_path):
    def missing():
        raise FusionError("There are no weights here.")

    service = build_service(Stickers(missing, CATALOG, Turns(), Kept(tmp_path)))
    answer = TestClient(service).get(PAIR)
    assert (answer.status_code, answer.json()) == (503, {"error": "There are no weights here."})


def test_a_full_queue_says_when_to_ask_again(tmp_path):
    served, release = Served(tmp_path, most=1), threading.Event()
    served.fuser.delay = lambda *_: release.wait(30) and 0
    waiting = threading.Thread(target=served.get, args=[PAIR])
    waiting.start()
    while not served.fuser.calls:
        time.sleep(0.01)
    try:
        answer = served.get("/kitchen/1f600_1f408.png", 503)
        assert int(answer.headers["Retry-After"]) > 0
        assert "try again" in answer.json()["error"]
        served.get(PAIR, 304, **{"If-None-Match": "*"})  # what needs no fusion is answered all the same
    finally:
        release.set()
        waiting.join()


def test_the_doors_stay_closed_to_other_names(served):
    assert served.get(PAIR, 421, Host="elsewhere.example").json()["error"]


def test_scripts_of_other_sites_may_read(served):
    for path in (PAIR, "/metadata.json?emoji=😀", "/v2/featured?q=😀", "/agents.md", "/docs"):
        assert served.get(path, Origin="https://elsewhere.example").headers["Access-Control-Allow-Origin"] == "*"


# ---------------------------------------------------------------------------------------------- searches, documents


def test_a_search_has_the_shape_that_programs_parse(served):
    answer = served.get("/v2/featured?q=😀_🍕&collection=emoji_kitchen_v6&key=k&contentfilter=high").json()
    (found,) = answer["results"]
    media = found["media_formats"]["png_transparent"]
    assert answer["next"] == ""
    assert found["url"] == media["url"]
    assert found["tags"] == ["😀", "🍕"]
    assert media["dims"] == [512, 512]
    assert media["size"] == 0
    sticker = served.get(found["url"].removeprefix(HOME))
    assert picture(sticker).size == (512, 512)
    again = served.get("/v2/featured?q=😀_🍕").json()["results"][0]
    assert again["media_formats"]["png_transparent"]["size"] == len(sticker.content)
    assert again["id"] == found["id"]


def test_a_search_escaped_twice_or_for_one_emoji(served):
    twice = served.get("/v2/featured?q=%25F0%259F%2598%2580_%25F0%259F%258D%2595").json()
    assert [one["tags"] for one in twice["results"]] == [["😀", "🍕"]]
    several = served.get("/v2/search?q=🍕&limit=5").json()["results"]
    assert [one["tags"][0] for one in several] == ["🍕"] * 5
    assert len({one["id"] for one in several}) == 5
    assert not served.fuser.calls


def test_a_search_for_what_nobody_has_gives_nothing(served):
    assert served.get("/v2/featured?q=asdf_🍕").json() == {"results": [], "next": ""}


def test_the_documents_name_what_there_is(served):
    page, agents = served.get("/docs").text, served.get("/agents.md").text
    for path in json.loads(served.get("/openapi.json").text)["paths"]:
        assert f"GET {path}" in page.replace("&amp;", "&")
    for name in ("size", "main", "layout", "hypothesis", "say", "fit"):
        assert f"<code>{name}</code>" in page
        assert f"| {name} |" in agents
    assert f"{HOME}/kitchen/" in agents
    assert "{" not in agents.replace("{first}_{second}", "").replace('{"error": "one sentence"}', "")
