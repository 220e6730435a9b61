"""What people say when they want a family, a size, a place, a count or a palette: data, at least twelve wordings each.

Every fourth wording is held out of training (:func:`wordings`), so that a network can be asked for what it never heard.
"""

from __future__ import annotations

from functools import cache

FAMILIES: dict[str, str] = {
    "aura": "behind it; in the background; huge behind its head; as an aura; around it like a glow; as a backdrop; "
    "surrounded by it; rising behind it; in front of it; glowing behind it; blazing all around; wrapped in it",
    "backdrop": "as a backdrop; with it as background; standing in front of it; set before it; large in the back; "
    "behind the thing; engulfed by it; filling the background; before the blaze; all of it behind; "
    "as scenery at the back; backed by it",
    "balance": "carried on the head; balanced on top of its head; balancing it; carry it on your head; "
    "loaded on the head; load it on the head; keep it balanced up there; a balancing act; "
    "lift it onto the head; carrying it up high; hold it over the head; balanced",
    "behind": "looking over the edge; peeking from behind; hiding behind it; staring over it; half hidden behind; "
    "it looks over the top; behind the edge; spying over the rim; stands behind with paws on it; "
    "emerging behind; leaning over from behind; watching from behind",
    "companion": "beside it; next to each other; side by side; as a small friend; standing near; in the corner; "
    "keep it company; at its side; with it nearby; in the free space; as its companion; close by",
    "creature": "with animal ears; turn it into an animal; with its snout and ears; as a creature; "
    "give the thing ears; with whiskers; make it a beast; half animal; with an animal face; "
    "an animal made of the thing; ears on the outline; with nose and ears",
    "dressed": "dressed in it; wearing it; put it on; equipped with it; let it wear that; as its outfit; "
    "dress up; have it put on; with it on; as clothing; adorned; sporting it",
    "expression": "with its expression; showing the same emotion; feeling like that; with the mood of the smiley; "
    "make the animal look so; with that look; let it feel this; wearing the emotion; "
    "looking like the smiley; same feelings; copy the expression; with the same look on its face",
    "face on object": "with its face; put the face on it; face on the object; give it this face; "
    "as a face on the thing; with eyes and mouth; make the thing smile; the face drawn on it; "
    "let it have a face; bring it to life; as a character; a thing with a face",
    "face on thing": "put a face on the thing; the thing gets a face; face in front; draw eyes and mouth on it; "
    "alive with a face; give the object a face; the smiley face on it; let the object look; "
    "with the features on it; a face across it; make it a living thing; the object has a face",
    "face swap": "with the other mouth; swap the mouth; exchange faces; its mouth on the face; take the mouth; "
    "mix the two faces; the eyes and the other mouth; change the mouth; blend the faces; "
    "combine both faces; half of each face; with the other smile",
    "gesture": "with the hand at its face; making the gesture; using the hand; hand at the chin; waving; "
    "pointing with it; hand on the cheek; with this hand; gesturing; hold up the hand; "
    "let it wave; show the hand",
    "guise": "in disguise; as its costume; in that role; dressed up as the other; in the guise; "
    "slip into the costume; masked as it; in its outfit; pretending; in fancy dress; play the role; "
    "acting as the other",
    "halo": "around the head; three of them around it; circles round the head; as a crown of three; floating around; "
    "orbiting; as a halo; in a ring around; dizzy with it; spinning around the head; a halo of them; hovering about",
    "hybrid": "with the other ears; a hybrid; crossed with it; with its horns; a blend of both animals; "
    "mixed species; half and half; a cross between; with its mane; ears of the other; breed them; one head of two",
    "inlay": "cast in metal; in the metal; set in the same metal; engraved; carved in; embedded; "
    "in the metal of the trophy; "
    "a sculpture of it; in gold; stamped; as a relief; as a coin",
    "inside": "inside it; in the bowl; inside the jar; on the screen; put it in; contained within; "
    "trapped in it; in the container; in the bubble; within; held in it; locked inside",
    "material": "made of it; of the same stuff; turned into that material; as if it were made from it; built of it; "
    "melted into it; consisting of it; of this substance; formed from it; all of that stuff; "
    "transformed into it; with that texture",
    "mix": "mix both faces; with the eyes of the other; combine the expressions; eyes of one and mouth of the other; "
    "merge them; both feelings at once; blended faces; a mixture; mixed emotions; unite the faces; "
    "join the two looks; with another eyes",
    "motif eyes": "as eyes; in place of the eyes; instead of eyes; for eyes; eyes of it; use it for the eyes; "
    "replace both eyes; one on each eye; eyes made of it; in the eyes; eyeballs; turn the eyes into it",
    "on top": "on top; standing on it; placed on the top; upon it; put it on the flat top; sitting above; "
    "resting on top; stand on the roof; set on top; on the upper side; stacked on it; atop",
    "part swap": "in place of its head; swap the top; replace the part; instead of the bulb; as its blossom; "
    "exchange the upper part; instead of the blade; as the new head; substitute the part; "
    "where the top was; in place of the scoop; as a replacement",
    "pattern": "with its pattern; texture like it; cut from it; made of the pattern; a coat of it; "
    "patterns; in that pattern; covered in the texture; with its surface; skin of it; clad in it; fabric of it",
    "peek": "peeking out; looking out of it; out of the cup; popping out; peek from the box; emerging from it; "
    "coming out; climbing out; with only the head out; out of the nest; sticking out; spying",
    "perch": "sitting on its head; perched on the head; riding on the head; resting on the hair; nest on the head; "
    "landed on it; small animal on top; on the head like a bird; settled on the head; "
    "sleeping on the head; nesting; sits up on the head",
    "print": "printed on it; as a print; as a badge; as a logo; a picture on the side; with its image on it; "
    "stamped on the front; as a label; as an emblem; one large print; as a sticker on it; its image on the thing",
    "recolour": "in its colours; in the same colour; coloured like it; painted like the other; with its colours; "
    "another colour; take the colours; change the colour; borrow the colours; dye it; in the other colour; "
    "a coloured version",
    "repaint": "printed all over; with prints of it; as a pattern on it; decorated with them; dots of it; "
    "as topping everywhere; three printed on; covered with it; spread on it; printed on the shirt; "
    "all over the wall; as decoration",
    "ride": "riding it; on its back; driving it; in the vehicle; take a ride; sit in the saddle; "
    "as the driver; mounted on it; travelling on it; surfing on it; aboard; as the rider",
    "scatter": "scattered all over; strewn over it; covered in tiny ones; many small ones; a lot of them; everywhere; "
    "sprinkle; six of them; tiny copies; spread all around; like confetti; dispersed",
    "scene": "in the landscape; in this place; as a scene; standing in the scenery; at that location; in front of the "
    "view; on holiday there; visiting the place; in the front; out there; at the scene; in that world",
    "shape": "in the shape of it; shaped like that; cut into the shape; with that outline; as a heart shape; "
    "cut out; with its silhouette; formed like it; fill the shape; the shape filled; as a mask; edges of it",
    "sign": "as a mark; with the sign on it; marked with it; bear the sign; as a symbol on the side; with ink; "
    "with the symbol; branded; as a tattoo; draw the symbol on; carrying the mark; labelled",
    "sky": "in the sky; above the land; over the horizon; shining above; up in the sky; behind the hills; "
    "as the weather; hanging in the sky; overhead; high above; in the air; rising over the land",
    "together": "together; both of them; as a couple; leaning on it; sit before it; united; as a team; as friends; "
    "in one picture; both whole; as partners; as a pair",
    "topping": "as a topping; served on it; on the cake; on the plate; as food on it; sauce of it; "
    "as cream; on a dish; on the bread; topped with it; lay it on the dish; serve",
    "two steps": "as eyes and behind; both in the eyes and in the background; eyes of it and a glow behind; twice eyes "
    "and once behind; in the eyes and all around; behind the head and in the eyes; completely mad about it; "
    "everywhere eyes and back; obsessed; eyes plus background; full of it; burning with it in the eyes",
    "wearable": "on its head; as a hat; worn; wear it; put it on the head; behind the ear; on the nose as glasses; "
    "as an accessory; like a cap; as a helmet; put on; over the eyes as glasses",
    "wheels": "as wheels; with wheels of it; rolling on it; for tires; in place of the wheels; instead of wheels; "
    "replace the wheels; driving on them; wheels made of it; two wheels; roll on them; use them as wheels",
}
"""Family -> its wordings, between semicolons. A family that is not here goes by its name."""

SIZES: dict[str, str] = {
    "small": "small; smaller; tiny; make it little; a bit smaller; shrink it; reduce its size; mini; less big; "
    "scaled down; quite small; miniature",
    "big": "big; bigger; large; make it huge; a bit larger; expand it; increase its size; giant; grow it; "
    "scaled up; really big; enormous",
}

PLACES: dict[str, str] = dict.fromkeys(
    ("upper left", "upper right", "lower left", "lower right", "left", "right"),
    "to the {}; further {}; on the {} side; move it {}; at the {}; shift it to the {}; place it {}; in the {} part; "
    "{} please; more to the {}; put it to the {}; towards the {}",
) | {
    "up": "higher; further up; move it up; raise it; a bit higher; to the top; lift it; upwards; up; at the top; "
    "above; put it higher",
    "down": "lower; further down; move it down; sink it; a bit lower; to the bottom; drop it; downwards; down; "
    "at the bottom; below; put it lower",
}

COUNTS: dict[str, str] = {
    "one": "one; just one; only one; a single one; once; one of them; exactly one; one copy; not more than one; "
    "one alone; a lone one; single",
    "two": "two; two of them; a pair of them; both sides; twice; one each side; exactly two; double; two copies; "
    "a couple of them; two times; twin",
    "three": "three; three of them; three copies; a trio; three times; triple; exactly three; three pieces; "
    "three in all; "
    "a group of three; use three; three small ones",
}

PALETTES: dict[str, str] = {
    "other": "in its colours; another colour; take over the colours; with the other palette; in the other colours; "
    "swap the colours; change the colours; dye it; same colours as the other; paint it; use its palette; painted",
    "own": "don't change the colour; keep its colours; in its own colours; leave the colours; same colours as before; "
    "do not change the colours; no new colour; without other colours; original colours; natural colours; "
    "keep the palette; colours as they are",
}

HELD_OUT = 4
"""Every so many-th wording of each list is held out."""


@cache
def wordings(text: str, value: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The wordings in ``text`` for training, and those held out; ``value`` is put where they have braces."""
    every = [phrase.strip().format(value) for phrase in text.split(";")]
    held_out = tuple(every[HELD_OUT - 1 :: HELD_OUT])
    return tuple(phrase for phrase in every if phrase not in held_out), held_out


def family_wordings(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The wordings of a family for training, and those held out; its name is both where it has none."""
    if name in FAMILIES:
        return wordings(FAMILIES[name])
    return ((name.replace("_", " "),),) * 2
