"""Blind comparisons: the order tells nothing, votes land on the right side, the interval is Wilson's."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from PIL import Image

from fusion.__main__ import main
from fusion.errors import FusionError
from fusion.evaluation.blind import Card, Vote, cast, common_names, deal, read_votes, summary, wilson, write_votes
from fusion.evaluation.blind_server import BlindServer


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders of three pictures each: red ones and blue ones; one further picture has no partner."""
    for folder, colour in (("a", "red"), ("b", "blue")):
        (tmp_path / folder).mkdir()
        for name in ("x", "y", "z"):
            Image.new("RGB", (4, 4), colour).save(tmp_path / folder / f"{name}.png")
    (tmp_path / "a" / "alone.png").write_bytes(b"")
    return tmp_path / "a", tmp_path / "b"


def test_only_pictures_that_both_folders_hold_are_judged(folders):
    assert common_names(*folders) == ["x.png", "y.png", "z.png"]
    with pytest.raises(FusionError, match="no folder"):
        common_names(folders[0], folders[1] / "gone")


@pytest.mark.parametrize("seed", range(20))
def test_every_card_comes_once_and_either_side_as_often(seed):
    names = [f"{k}.png" for k in range(40)]
    cards = deal(names, seed)
    assert sorted(card.name for card in cards) == sorted(names)
    assert sum(card.a_left for card in cards) == 20
    assert cards == deal(names, seed) != deal(names, seed + 1)


@pytest.mark.parametrize("a_left", [True, False])
@pytest.mark.parametrize("choice", ["left", "right", "neither"])
def test_a_vote_lands_on_the_folder_that_stood_there(a_left, choice):
    vote = cast(Card("x.png", a_left), choice, "send", "poor")
    assert (vote.grade_a, vote.grade_b) == (("send", "poor") if a_left else ("poor", "send"))
    assert vote.choice == {"left": "ab"[not a_left], "right": "ab"[a_left]}.get(choice, "neither")
    with pytest.raises(FusionError, match="means nothing"):
        cast(Card("x.png", a_left), "up", "send", "poor")


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (90, 120, 0.6656, 0.8190)]
)
def test_the_interval_is_wilsons(hits, n, low, high):
    share = wilson(hits, n)
    assert (share.low, share.high) == pytest.approx((low, high), abs=5e-4)
    assert share.low <= share.share <= share.high
    assert wilson(n - hits, n).low == pytest.approx(1 - share.high)


def test_the_summary_counts_preference_among_the_decided_alone(tmp_path):
    votes = [Vote("1", "b", "poor", "send"), Vote("2", "a", "send", "poor"), Vote("3", "neither", "poor", "poor")]
    shares = summary(votes)
    assert (shares["b_preferred"].share, shares["b_preferred"].n) == (0.5, 2)
    assert (shares["b_send"].share, shares["a_poor"].share) == pytest.approx((1 / 3, 2 / 3))
    write_votes(tmp_path / "votes.json", votes, tmp_path, tmp_path)
    assert read_votes(tmp_path / "votes.json") == votes


def test_the_page_shows_the_pictures_takes_votes_and_goes_on_later(folders, tmp_path):
    out, cards = tmp_path / "votes.json", deal(common_names(*folders), 3)
    with BlindServer(*folders, cards, out) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = urllib.request.urlopen(server.address).read().decode()
        assert str(folders[0]) not in page
        assert cards[0].name not in page
        for side in ("left", "right"):
            wanted = folders[(side == "left") != cards[1].a_left] / cards[1].name
            assert urllib.request.urlopen(f"{server.address}{side}/1").read() == wanted.read_bytes()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{server.address}left/7")
        said = json.dumps({"choice": "left", "left": "send", "right": "poor"}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{server.address}vote/1", said))
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(urllib.request.Request(f"{server.address}vote/2", b"{}"))
        server.shutdown()
    votes = read_votes(out)
    assert [(vote.name, vote.choice) for vote in votes] == [(cards[1].name, "a" if cards[1].a_left else "b")]
    with BlindServer(*folders, cards, out, votes) as server:
        assert [card.name for card in server.cards] == [cards[0].name, cards[2].name]


def test_the_command_sums_up_and_refuses_half_a_question(folders, tmp_path, capsys):
    write_votes(tmp_path / "v.json", [Vote("x.png", "b", "poor", "send")], *folders)
    assert main(["blind", "--summary", str(tmp_path / "v.json"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["b_preferred"]["n"] == 1
    assert main(["blind", str(folders[0])]) == 2
    assert main(["blind", "--summary", str(tmp_path / "gone.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 2
