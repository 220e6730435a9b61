"""What an emoji can be in a recipe: face, wearable, motif, container, surface, scene, stuff, ...

Every role follows from the catalogue (category, subcategory, name) and from anatomy (size, seat, eyes, palette),
so that it can be seen or looked up for an emoji that nobody has met before. Short hand-made lists are what a
network cannot generalise from (DESIGN section 8).

Source: DESIGN section 3.
"""

from __future__ import annotations

import re
from functools import cache

from fusion.emoji.catalog import Catalog, Emoji
from fusion.recipes.anatomy.anatomy import Anatomy, anatomy

NARROW_SEAT = 16.0
"""Radius in drawing-area units below which no face fits on an object (DESIGN section 8)."""

ROOMY_SEAT = 23.0
"""Radius from which something else fits in, or a print fits on."""

FLOWERS = {"plant-flower"}
LEAVES = re.compile(r"\b(leaf|clover|shamrock|herb|feather|seedling|leaves)\b")
BOWS = re.compile(r"\b(ribbon|bow)\b")
HATS = re.compile(r"\b(hat|cap|crown|helmet)\b")
GLASSES = re.compile(r"(glasses|goggles|diving mask)")
STUFF = re.compile(
    r"\b(water|wave|ice|cloud|snowflake|"
    r"honey|chocolate|butter|cheese|droplets?|blood|wood|rock|brick|bubbles|fog|coral|"
    r"clover|shamrock|herb|watermelon|custard|milk|soap|oil|moss|coconut|kiwi|avocado|sponge|foggy|tornado|pudding)\b"
)
FLOATING = re.compile(
    r"\b(stars?|sparkles?|sparkler|"
    r"musical notes?|"
    r"butterfly|honeybee|mosquito|fly|lady beetle|snowflake|feather|dizzy|comet|zzz|bubbles|confetti|fireworks)\b"
)
NOT_FLOATING = re.compile(r"\b(hole|balloon|bubble|bomb)\b")
BLAZE = re.compile(
    r"\b(fire|rainbow|sun|cloud|wave|"
    r"collision|cyclone|tornado|explosion|moon|galaxy|milky way|globe|web|fog|sunflower)\b"
)
VESSEL = re.compile(
    r"\b(jar|bowl|cup|mug|glass|pot|pan|"
    r"basket|bucket|bathtub|bag|bags|backpack|handbag|pouch|purse|box|package|cart|crystal ball|"
    r"balloon|bubble|television|computer|laptop|phone|camera|mirror|window|picture|frame|bottle|nest|tent|door|coffin|trophy|"
    r"envelope|mailbox|wastebasket|chest|tray|plate|cabinet|drum|dish|tube|radio|screen|disk|dvd|video|book|newspaper|clock|"
    r"calendar|card|ticket|clipboard|scroll|notebook|placard|label|stamp|bed|toilet|urn|locker|cinema|globe|shield|coin|"
    r"aquarium|takeout|can|canned|amphora|teapot|mate|beverage|luggage|briefcase|folder|file|x-ray|petri|fondue)\b"
)
CAST = re.compile(r"\b(trophy|medal|coin|crystal ball|bell|shield|ring|moai|statue)\b")
PRINTABLE = {"Objects", "Food & Drink", "Travel & Places", "Activities"}
ALSO_PRINTED_ON = {"food-sweet", "money"}
MOTIFS = {
    "heart", "food-fruit", "food-sweet", "sport", "currency", "zodiac", "geometric",
    "plant-flower", "plant-other", "money",
    "sky-weather", "food-vegetable", "animal-bug", "emotion", "punctuation", "math", "religion",
}  # fmt: skip
SCENES = {"place-geographic", "place-building", "place-religious", "place-other", "place-map"}
MARKS = {"Symbols", "Flags"}
HOLDLESS = {"People & Body", "Flags", "Animals & Nature", "Symbols"}
STUFFLESS = {"Smileys & Emotion", "Symbols", "People & Body", "Activities", "Flags"}
FACED = re.compile(
    r"^(face|cat-face|monkey-face|emotion|animal-(mammal|bird|amph|rept|marine)|person($|-(role|gest|fant)))"
)
"""Subcategories in which two dark dots are eyes; elsewhere they are wheels and windows."""
FACED_NAMES = re.compile(r"\b(face|snowman|doll|dolls|teddy bear|jack-o-lantern|moai)\b")
PURE = {"geometric", "heart"}
"""Subcategories of plain shapes, on which a face reads well although they are signs."""


@cache
def emoji(key: str) -> Emoji:
    """The catalogue's entry."""
    return Catalog.default()[key]


@cache
def kind(key: str) -> str:
    """Subcategory, lower case; the category where the catalogue gives none."""
    return emoji(key).kind.lower()


def named(key: str, pattern: re.Pattern[str]) -> bool:
    """Whether the emoji's name matches."""
    return pattern.search(emoji(key).name.lower()) is not None


@cache
def is_smiley(key: str) -> bool:
    """A round face whose features can be taken off its disc."""
    body = anatomy(key)
    return body.is_smiley and body.clean and body.disc is not None


@cache
def is_face(key: str) -> bool:
    """A frontal face that is not a smiley: animal, ghost, robot, person, ..."""
    body = anatomy(key)
    return (
        body.is_face
        and body.eyes is not None
        and not is_smiley(key)
        and (FACED.match(kind(key)) is not None or named(key, FACED_NAMES))
    )


def has_head(key: str) -> bool:
    """A face, smiley or not: something can be put on it, over it or about it."""
    return is_smiley(key) or is_face(key)


@cache
def is_person(key: str) -> bool:
    """A human being, whole or head, alone or in company."""
    return kind(key).startswith(("person", "family"))


@cache
def is_hand(key: str) -> bool:
    """A hand, or another part of the body."""
    return kind(key).startswith(("hand", "body"))


@cache
def is_animal(key: str) -> bool:
    """An animal, from in front or from the side."""
    return kind(key).startswith(("animal", "cat-face", "monkey-face"))


@cache
def is_critter(key: str) -> bool:
    """A whole animal, or its face: not a paw print, a wing, a web."""
    return is_animal(key) and not named(key, re.compile(r"\b(paw|wing|feather|web|nose|shell|coral)\b"))


@cache
def is_creature(key: str) -> bool:
    """Anything alive, or with a face: goes *on* scenes and *into* vessels."""
    return is_animal(key) or is_person(key) or is_face(key) or is_smiley(key)


@cache
def is_tile(key: str) -> bool:
    """A picture that fills a square or a rectangle, like a photograph or a button."""
    body = anatomy(key)
    return body.cover * 128 * 128 > 0.93 * body.width * body.height and body.cover > 0.5


@cache
def is_scene(key: str) -> bool:
    """A place that fills its picture, for a creature to stand in front of."""
    if is_stuff(key):
        return False
    body = anatomy(key)
    if is_tile(key) and kind(key) in ("sky-weather", "event"):
        return 0.9 < body.width / body.height < 1.1
    return kind(key) in SCENES and body.cover > 0.45


@cache
def is_mark(key: str) -> bool:
    """A sign, a button or a flag."""
    return emoji(key).category in MARKS


def is_thing(key: str) -> bool:
    """Anything but places, signs and flags: can be put into a container or in front of a place."""
    return not (is_scene(key) or is_mark(key))


@cache
def wear_seat(key: str) -> str | None:
    """Where on a head the emoji is worn: ``"eyes"``, ``"head"``, ``"ears"``, ``"ear"``; else ``None``."""
    if is_smiley(key) or is_face(key) or is_person(key) or emoji(key).category in MARKS:
        return None
    if named(key, GLASSES) and kind(key) not in ("drink", "dishware", "science"):
        return "eyes"
    if named(key, re.compile(r"\bheadphone")):
        return "ears"
    if kind(key) in ("clothing", "event", "award-medal", "other-object"):
        if named(key, HATS):
            return "head"
        if named(key, BOWS):
            return "ear"
    if kind(key) in FLOWERS or (named(key, LEAVES) and kind(key) in ("plant-other", "animal-bird")):
        return "ear"
    return None


@cache
def is_wearable(key: str) -> bool:
    """Can be put on a head."""
    return wear_seat(key) is not None


@cache
def is_stuff(key: str) -> bool:
    """Something a face can be made of: liquid, ice, cloud, honey, leaf, ..."""
    return named(key, STUFF) and emoji(key).category not in STUFFLESS and not is_animal(key)


@cache
def is_floating(key: str) -> bool:
    """Small and light, seen in swarms about a head: stars, notes, butterflies, question marks."""
    if is_smiley(key) or is_face(key) or is_tile(key) or is_scene(key):
        return False
    if kind(key) == "punctuation" or (
        kind(key) == "emotion" and anatomy(key).cover < 0.45 and not named(key, NOT_FLOATING)
    ):
        return True
    return named(key, FLOATING) and not is_mark(key) and emoji(key).category != "Food & Drink"


@cache
def is_blaze(key: str) -> bool:
    """Large, bright, without hard edges: looks well behind a head."""
    return (
        named(key, BLAZE)
        and kind(key) in ("sky-weather", "emotion", "place-map", "place-geographic", "plant-flower", "animal-bug")
        and not is_face(key)
        and not is_smiley(key)
        and anatomy(key).cover > 0.3
    )


def compact(body: Anatomy) -> bool:
    """Neither long nor thin: recognisable when small."""
    ratio = max(body.width, 1) / max(body.height, 1)
    return 0.5 < ratio < 2.0 and (body.cover > 0.25 or body.seat[2] > 20)


@cache
def is_motif(key: str) -> bool:
    """Compact and clear, recognisable in a small copy."""
    if is_smiley(key) or is_face(key) or is_person(key) or is_tile(key):
        return False
    return (kind(key) in MOTIFS or emoji(key).category == "Symbols") and compact(anatomy(key))


@cache
def is_container(key: str) -> bool:
    """Something that can hold or show another thing: jar, bowl, screen, frame, speech balloon."""
    if is_smiley(key) or is_face(key) or emoji(key).category in HOLDLESS or kind(key) in SCENES:
        return False
    return named(key, VESSEL) and anatomy(key).seat[2] >= ROOMY_SEAT


@cache
def holds_inlay(key: str) -> bool:
    """Cast metal or glass with room for a relief: trophy, medal, coin, crystal ball."""
    return named(key, CAST) and anatomy(key).seat[2] >= NARROW_SEAT


@cache
def is_surface(key: str) -> bool:
    """A thing with room for a pattern: clothing, vehicles, dishes; no motif itself, but for sweets and money."""
    if is_creature(key) or is_scene(key) or emoji(key).category not in PRINTABLE:
        return False
    body = anatomy(key)
    return (kind(key) in ALSO_PRINTED_ON or not is_motif(key)) and body.seat[2] >= ROOMY_SEAT and body.cover > 0.3


@cache
def takes_face(key: str) -> bool:
    """An object with room for a face, that is not alive and not a scene."""
    if is_creature(key) or is_scene(key) or is_hand(key) or named(key, FACED_NAMES):
        return False
    if kind(key).startswith(("face", "cat-", "monkey-")):
        return False
    if emoji(key).category == "Symbols" and kind(key) not in PURE:
        return False
    body = anatomy(key)
    return body.seat_good and body.seat[2] >= NARROW_SEAT


@cache
def chroma(key: str) -> float:
    """How colourful the emoji is as a whole, 0 to 1: spread of the mean colour's channels."""
    rgb = anatomy(key).mean_rgb
    return float(max(rgb) - min(rgb))
