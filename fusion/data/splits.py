"""Which emoji and which pairs training never sees: fixed by a hash, so that everyone's numbers compare.

* *held-out emoji*: the lowest hashes of the codepoints, overall and within each role (a role is "stands first
  in family F" or "stands second in family F"). The list is written down in ``assets/held_out.json``, because
  roles grow while weights that were trained on the older roles stay in use.
* *held-out pairs*: both emoji seen, the hash of the unordered pair under a fixed share.
* *style*: the held-out pairs, drawn in another art style.

Source: DESIGN section 5 ("The splits are fixed by a hash of the codepoints, held-out emoji within each role").
Run ``python -m fusion splits`` to add what newer roles need to the written list.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import blake2b
from pathlib import Path

from fusion.assets import ASSETS
from fusion.errors import FusionError
from fusion.files import write_beside
from fusion.recipes.teacher import Pools

SPLITS = ("pairs", "emoji", "style")
HELD_OUT_FILE = ASSETS / "held_out.json"
EMOJI_SHARE = 0.09
PAIR_SHARE = 0.10
PER_ROLE = 8


def hash_share(*keys: str) -> float:
    """A number in [0, 1) that depends on the codepoints alone."""
    digest = blake2b("|".join(keys).encode(), digest_size=8, person=b"emoji-fusion").digest()
    return int.from_bytes(digest, "big") / 2**64


def draw_held_out(pools: Pools) -> frozenset[str]:
    """The emoji to hold out: ``EMOJI_SHARE`` of all, and ``PER_ROLE`` of each role.

    A small role gives up a third of its members at most, so that something is left to learn it from.
    """
    roles = [sorted(role, key=hash_share) for pool in pools.values() for role in pool]
    held_out = {key for role in roles for key in role if hash_share(key) < EMOJI_SHARE}
    for role in roles:
        held_out.update(role[: min(PER_ROLE, len(role) // 3)])
    return frozenset(held_out)


@cache
def held_out_emoji() -> frozenset[str]:
    """The written list of emoji that no training pair contains."""
    try:
        return frozenset(json.loads(HELD_OUT_FILE.read_text())["emoji"])
    except (OSError, ValueError, KeyError) as error:
        raise FusionError(
            f"The list {HELD_OUT_FILE.name} is missing or damaged: restore assets/ from the repository."
        ) from error


def is_held_out_emoji(key: str) -> bool:
    """Whether training never sees this emoji in any pair."""
    return key in held_out_emoji()


def is_held_out_pair(first: str, second: str) -> bool:
    """Whether both emoji are seen in training, but never together (in either order)."""
    seen = not (is_held_out_emoji(first) or is_held_out_emoji(second))
    return seen and hash_share(*sorted((first, second))) < PAIR_SHARE


def is_training_pair(first: str, second: str) -> bool:
    """Whether training may use this pair."""
    unseen = is_held_out_emoji(first) or is_held_out_emoji(second)
    return not unseen and not is_held_out_pair(first, second)


def belongs_to(split: str, first: str, second: str) -> bool:
    """Whether the pair is one of ``split``: ``"train"``, ``"all"``, ``"pairs"``, ``"emoji"`` or ``"style"``.

    ``"all"`` is for weights that people use: every emoji is seen, the held-out pairs still never are.
    """
    if split == "train":
        return is_training_pair(first, second)
    if split == "all":
        return hash_share(*sorted((first, second))) >= PAIR_SHARE
    if split == "emoji":
        return is_held_out_emoji(first) or is_held_out_emoji(second)
    if split in SPLITS:
        return is_held_out_pair(first, second)
    raise FusionError(f"There is no split '{split}': choose one of {', '.join(SPLITS)}.")


def write_held_out(pools: Pools, path: Path = HELD_OUT_FILE) -> frozenset[str]:
    """Write the list for ``pools``, keeping every emoji that is on it already."""
    kept = set(json.loads(path.read_text())["emoji"]) if path.exists() else set()
    emoji = sorted(kept | draw_held_out(pools))
    with write_beside(path) as partial:
        partial.write_text(json.dumps({"share": EMOJI_SHARE, "per_role": PER_ROLE, "emoji": emoji}, indent=0) + "\n")
    return frozenset(emoji)
