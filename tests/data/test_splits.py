"""Splits: fixed by the codepoints, disjoint, with something of every role held out."""

import itertools
import json

import pytest

from fusion.data import splits
from fusion.errors import FusionError

KEYS = tuple(f"{0x1F300 + i:x}" for i in range(300))
POOLS = {"wide": (KEYS, KEYS[50:]), "narrow": (KEYS[:12], KEYS[100:130])}


@pytest.fixture
def drawn(monkeypatch):
    """The splits with the synthetic pools' held-out emoji."""
    held_out = splits.draw_held_out(POOLS)
    monkeypatch.setattr(splits, "held_out_emoji", lambda: held_out)
    return held_out


def test_the_hash_is_the_same_everywhere():
    assert splits.hash_share("1f600") == pytest.approx(0.98776, abs=1e-5)
    assert splits.hash_share("1f600", "1f355") != splits.hash_share("1f355", "1f600")


def test_every_role_gives_up_some_and_keeps_most(drawn):
    for role in itertools.chain.from_iterable(POOLS.values()):
        out = drawn.intersection(role)
        assert len(out) >= min(splits.PER_ROLE, len(role) // 3)
        assert len(out) <= len(role) / 2
    assert 0.05 < len(drawn) / len(KEYS) < 0.15


def test_each_pair_belongs_to_one_split_in_either_order(drawn):
    for a, b in itertools.combinations(KEYS[:80], 2):
        member = [splits.belongs_to(name, a, b) for name in ("train", "pairs", "emoji")]
        assert sum(member) == 1
        assert member == [splits.belongs_to(name, b, a) for name in ("train", "pairs", "emoji")]


def test_about_a_tenth_of_the_seen_pairs_is_held_out(drawn):
    seen = [key for key in KEYS if key not in drawn]
    pairs = list(itertools.combinations(seen, 2))
    share = sum(splits.is_held_out_pair(a, b) for a, b in pairs) / len(pairs)
    assert share == pytest.approx(splits.PAIR_SHARE, abs=0.01)


def test_weights_for_people_see_every_emoji_but_no_held_out_pair(drawn):
    pairs = list(itertools.combinations(KEYS, 2))
    everything = [pair for pair in pairs if splits.belongs_to("all", *pair)]
    assert drawn <= {key for pair in everything for key in pair}
    assert not any(splits.belongs_to("pairs", *pair) for pair in everything)
    assert all(splits.belongs_to("all", *pair) for pair in pairs if splits.belongs_to("train", *pair))


def test_the_style_split_shows_the_held_out_pairs(drawn):
    pairs = list(itertools.combinations(KEYS[:60], 2))
    assert [splits.belongs_to("style", *pair) for pair in pairs] == [splits.belongs_to("pairs", *p) for p in pairs]


def test_newer_roles_never_free_an_emoji(tmp_path):
    path = tmp_path / "held_out.json"
    before = splits.write_held_out(POOLS, path)
    after = splits.write_held_out({"wide": POOLS["wide"], "new": (KEYS[200:220], KEYS[30:40])}, path)
    assert before <= after
    assert sorted(after) == json.loads(path.read_text())["emoji"]


def test_an_unknown_split_and_a_missing_list_are_named(monkeypatch, tmp_path):
    with pytest.raises(FusionError, match="pairs, emoji, style"):
        splits.belongs_to("tests", "a", "b")
    monkeypatch.setattr(splits, "HELD_OUT_FILE", tmp_path / "held_out.json")
    splits.held_out_emoji.cache_clear()
    try:
        with pytest.raises(FusionError, match="restore"):
            splits.held_out_emoji()
    finally:
        splits.held_out_emoji.cache_clear()


def test_the_written_list_covers_the_roles_of_the_router():
    from fusion.recipes.router import pools

    roles = [role for pool in pools().values() for role in pool]
    held_out = splits.held_out_emoji()
    for role in roles:
        assert len(held_out.intersection(role)) >= min(splits.PER_ROLE, len(role) // 12)
    everyone = set(itertools.chain.from_iterable(roles))
    assert 0.08 < len(held_out & everyone) / len(everyone) < 0.14
