"""What people say when they want a family, a size, a place, a count or a palette: data, two dozen wordings each.

Every fourth wording is held out of training (:func:`wordings`), so that a network can be asked for what it never heard;
no wording for training has just the same words as one held out.
"""

from __future__ import annotations

from functools import cache

FAMILIES: dict[str, str] = {
    "aura": "behind it; in the background; huge behind its head; as an aura; around it like a glow; as a backdrop; "
    "surrounded by it; rising behind it; in front of it; glowing behind it; blazing all around; wrapped in it; a glow "
    "behind; flames behind the head; it shines around it; radiating from behind; big and behind the face; let it burn "
    "behind; with an aura of it; halo of light behind; make it huge in the background; as a shining background; it "
    "frames the head; shimmering around",
    "backdrop": "as a backdrop; with it as background; standing in front of it; set before it; large in the back; "
    "behind the thing; engulfed by it; filling the background; before the blaze; all of it behind; as scenery at the "
    "back; backed by it; put it in the background; behind everything; make a background of it; a background full of "
    "it; the other as background; big behind the object; in front of that background; the rest in front; as a stage "
    "set; it fills the back; before a background; on a background of it",
    "balance": "carried on the head; balanced on top of its head; balancing it; carry it on your head; loaded on the "
    "head; load it on the head; keep it balanced up there; a balancing act; lift it onto the head; carrying it up "
    "high; hold it over the head; balanced; carry it on top of the head; let it balance; on the head like a waiter; "
    "carrying a load; balance it there; stacked upon the head; it lies on the head; as a load; bearing it on the "
    "head; heavy on its head; juggling it on the head; carries it",
    "behind": "looking over the edge; peeking from behind; hiding behind it; staring over it; half hidden behind; it "
    "looks over the top; behind the edge; spying over the rim; stands behind with paws on it; emerging behind; "
    "leaning over from behind; watching from behind; peek over it; look over the edge; hidden by it; it hides behind; "
    "looks out from behind; standing behind it; stand behind and look; appearing over the top; put it behind; peeping "
    "over the wall; sneak behind it; watch over the edge",
    "companion": "beside it; next to each other; side by side; as a small friend; standing near; in the corner; keep "
    "it company; at its side; with it nearby; in the free space; as its companion; close by; put it beside; next to "
    "it; standing beside; close to it; as a little friend; together but apart; with a small one beside; accompany it; "
    "small beside it; in the corner beside; right next to; near it",
    "creature": "with animal ears; turn it into an animal; with its snout and ears; as a creature; give the thing "
    "ears; with whiskers; make it a beast; half animal; with an animal face; an animal made of the thing; ears on the "
    "outline; with nose and ears; give it ears and a snout; animal face on the thing; make an animal of it; as an "
    "animal; with paws and ears; put the animal on it; turn the object into the animal; animal ears on it; with the "
    "face of the animal; make it look like the animal; a beast of it; it becomes an animal",
    "dressed": "dressed in it; wearing it; put it on; equipped with it; let it wear that; as its outfit; dress up; "
    "have it put on; with it on; as clothing; adorned; sporting it; let it wear it; put on the clothes; it wears the "
    "hat; with the hat on; as clothes; wearing that; give it to wear; clothed in it; make it wear this; in these "
    "clothes; get dressed; dressed with it",
    "expression": "with its expression; showing the same emotion; feeling like that; with the mood of the smiley; "
    "make the animal look so; with that look; let it feel this; wearing the emotion; looking like the smiley; same "
    "feelings; copy the expression; with the same look on its face; with the smiley's expression; give it that "
    "expression; make it feel the same; the same emotion; same face as the smiley; with that mood; let it look like "
    "that; in that mood; express it; the animal feels it; let it show the feeling; emotional like the smiley",
    "face on object": "with its face; put the face on it; face on the object; give it this face; as a face on the "
    "thing; with eyes and mouth; make the thing smile; the face drawn on it; let it have a face; bring it to life; as "
    "a character; a thing with a face; as a face; draw the face on it; with this face on; make it a face; this face "
    "for the object; the object smiles at us; with eyes and a smile; put eyes and mouth there; an object with a face; "
    "face of the smiley on the object; it comes alive; the object is alive",
    "face on thing": "put a face on the thing; the thing gets a face; face in front; draw eyes and mouth on it; alive "
    "with a face; give the object a face; the smiley face on it; let the object look; with the features on it; a face "
    "across it; make it a living thing; the object has a face; add a face; a smiling thing; give it eyes; the smiley "
    "looks out of the thing; make it alive; face drawn in front; with a smile on the thing; the smile on it; let it "
    "smile; put the face on the front; the thing with the smiley's face; a thing that smiles",
    "face swap": "with the other mouth; swap the mouth; exchange faces; its mouth on the face; take the mouth; mix "
    "the two faces; the eyes and the other mouth; change the mouth; blend the faces; combine both faces; half of each "
    "face; with the other smile; swap faces; exchange the mouths; with another mouth; the mouth of the other; take "
    "its mouth; change faces; put the other mouth on; use the mouth of that one; switch the mouths; the other one's "
    "smile; mouth from the other; swapped face",
    "gesture": "with the hand at its face; making the gesture; using the hand; hand at the chin; waving; pointing "
    "with it; hand on the cheek; with this hand; gesturing; hold up the hand; let it wave; show the hand; with one "
    "hand up; it shows a hand too; put the hand at the face; raise the hand; with the hand beside the face; the hand "
    "too; a hand gesture; makes a sign with the hand; lifting the hand; let it point; hand next to the face; greets "
    "with the hand",
    "guise": "in disguise; as its costume; in that role; dressed up as the other; in the guise; slip into the "
    "costume; masked as it; in its outfit; pretending; in fancy dress; play the role; acting as the other; disguised "
    "as it; in a costume; play that role; in that part; wear the costume; dressed as that; put it in disguise; it "
    "acts the part; turn it into that character; becomes that one; with the costume on; in costume dress",
    "halo": "around the head; three of them around it; circles round the head; as a crown of three; floating around; "
    "orbiting; as a halo; in a ring around; dizzy with it; spinning around the head; a halo of them; hovering about; "
    "circling the head; fly around the head; make it dizzy; in a circle about the head; three around the head; let "
    "them circle; floating around the head; flying in circles; it circles around; whirling around; rotate around the "
    "head; as a crown",
    "hybrid": "with the other ears; a hybrid; crossed with it; with its horns; a blend of both animals; mixed "
    "species; half and half; a cross between; with its mane; ears of the other; breed them; one head of two; cross "
    "them; with the ears of the other; mix the animals; cross both animals; give it the other ears; half one and half "
    "the other; a crossbreed; make a hybrid; combine the animals; with horns of the other; blend the species; a mixed "
    "animal",
    "inlay": "cast in metal; in the metal; set in the same metal; engraved; carved in; embedded; in the metal of the "
    "trophy; a sculpture of it; in gold; stamped; as a relief; as a coin; made of metal; as metal; cast it in gold; "
    "in bronze; as a metal figure; metal version; put it in metal; in silver; sculpted in metal; a golden one; forged "
    "from the metal; metallic",
    "inside": "inside it; in the bowl; inside the jar; on the screen; put it in; contained within; trapped in it; in "
    "the container; in the bubble; within; held in it; locked inside; in it; put it inside; place it in the glass; it "
    "is in the container; inside the screen; within the bottle; locked in; placed inside there; into it; put into the "
    "bowl; it sits in it; caught inside",
    "material": "made of it; of the same stuff; turned into that material; as if it were made from it; built of it; "
    "melted into it; consisting of it; of this substance; formed from it; all of that stuff; transformed into it; "
    "with that texture; made out of it; of that material; turn it into the material; make it from that; out of the "
    "same stuff; as material; from that substance; use it as material; wholly made of it; turned to it; it consists "
    "of that; all made of it",
    "mix": "mix both faces; with the eyes of the other; combine the expressions; eyes of one and mouth of the other; "
    "merge them; both feelings at once; blended faces; a mixture; mixed emotions; unite the faces; join the two "
    "looks; with another eyes; mix the faces; blend both faces; a mix of both; eyes from the other face; the other "
    "eyes; both expressions; combine both emotions; mixing them; one face from both; unite both expressions; merge "
    "the faces; half this and half that feeling",
    "motif eyes": "as eyes; in place of the eyes; instead of eyes; for eyes; eyes of it; use it for the eyes; replace "
    "both eyes; one on each eye; eyes made of it; in the eyes; eyeballs; turn the eyes into it; with eyes of it; eyes "
    "like that; as its eyes; put it in the eyes; replace the eyes; make the eyes of it; it has these as eyes; eyes "
    "become it; instead of its eyes; both eyes; use as eyes; change the eyes into it",
    "on top": "on top; standing on it; placed on the top; upon it; put it on the flat top; sitting above; resting on "
    "top; stand on the roof; set on top; on the upper side; stacked on it; atop; put it on top; on top of it; place "
    "it on top; stands on top; set it on it; it stands on it; sitting on top; put it above on it; place upon it; on "
    "the thing; up on top; lay it on top",
    "part swap": "in place of its head; swap the top; replace the part; instead of the bulb; as its blossom; exchange "
    "the upper part; instead of the blade; as the new head; substitute the part; where the top was; in place of the "
    "scoop; as a replacement; swap a part; replace the head; with another top; put it where the top is; exchange a "
    "part; use it as the head of it; change the top; swap the upper part; the upper part becomes it; in the place of "
    "the top; part of it replaced; instead of the top",
    "pattern": "with its pattern; texture like it; cut from it; made of the pattern; a coat of it; patterns; in that "
    "pattern; covered in the texture; with its surface; skin of it; clad in it; fabric of it; use its pattern; with "
    "the pattern of it; in its pattern; patterned like it; give it the texture; the pattern on it; the texture of the "
    "other; make it with that texture; same pattern; wear the pattern; decorated in that pattern; its texture",
    "peek": "peeking out; looking out of it; out of the cup; popping out; peek from the box; emerging from it; coming "
    "out; climbing out; with only the head out; out of the nest; sticking out; spying; peek out; it looks out; looks "
    "out of the cup; comes out of it; pop up from it; it peeks from inside; out of the box; let it come out; out of "
    "it; jump out of it; rising from the cup; it pops up from inside",
    "perch": "sitting on its head; perched on the head; riding on the head; resting on the hair; nest on the head; "
    "landed on it; small animal on top; on the head like a bird; settled on the head; sleeping on the head; nesting; "
    "sits up on the head; sit on its head; up there on the head; it sits on the head; let it sit on the head; "
    "perching on top; put it on its hair; lying on the head; an animal on the head; sitting up on the head; let it "
    "land on the head; perches on the head; nests on the head",
    "print": "printed on it; as a print; as a badge; as a logo; a picture on the side; with its image on it; stamped "
    "on the front; as a label; as an emblem; one large print; as a sticker on it; its image on the thing; print it "
    "on; printed on the front; with a print; as a picture on it; put its picture on it; the image on the front; a "
    "logo of it; with its logo; on the shirt as a picture; a badge on it; stick it on; a picture of it on the front",
    "recolour": "in its colours; in the same colour; coloured like it; painted like the other; with its colours; "
    "another colour; take the colours; change the colour; borrow the colours; dye it; in the other colour; a coloured "
    "version; in its colors; same colour; use its colour; colour it like the other; recolour it; with the other's "
    "colours; paint it; make it the same colour; give it the colour; in that colour; tint it; take its colour",
    "repaint": "printed all over; with prints of it; as a pattern on it; decorated with them; dots of it; as topping "
    "everywhere; three printed on; covered with it; spread on it; printed on the shirt; all over the wall; as "
    "decoration; cover it with them; decorate with it; as decoration all over; with many prints; print it everywhere; "
    "full of prints; like many prints; paint them all over; a pattern of prints; dotted with it; decorated all over; "
    "several prints on it",
    "ride": "riding it; on its back; driving it; in the vehicle; take a ride; sit in the saddle; as the driver; "
    "mounted on it; travelling on it; surfing on it; aboard; as the rider; ride on it; it rides; let it ride; sits on "
    "it and rides; riding on its back; like a jockey; drive it; driving around; ride the vehicle; on the back of it; "
    "sits in the vehicle; going for a ride",
    "scatter": "scattered all over; strewn over it; covered in tiny ones; many small ones; a lot of them; everywhere; "
    "sprinkle; six of them; tiny copies; spread all around; like confetti; dispersed; scatter them; many of them; "
    "lots of them; tiny ones everywhere; strew them; many tiny ones; sprinkled all over; all over it; everywhere on "
    "it; a lot of small ones; full of them; sprinkle them on it",
    "scene": "in the landscape; in this place; as a scene; standing in the scenery; at that location; in front of the "
    "view; on holiday there; visiting the place; in the front; out there; at the scene; in that world; put it in the "
    "landscape; in the scenery; in that place; as a landscape; place it in the scene; it is there; in front of the "
    "landscape; at that place; in such surroundings; let it visit the place; standing there; in the picture of the "
    "place",
    "shape": "in the shape of it; shaped like that; cut into the shape; with that outline; as a heart shape; cut out; "
    "with its silhouette; formed like it; fill the shape; the shape filled; as a mask; edges of it; shape it like "
    "that; in that shape; with this shape; make it heart shaped; as the shape; form it like that; the shape of the "
    "other; shaped as it; cut to the shape; give it the shape; take the shape; in its form",
    "sign": "as a mark; with the sign on it; marked with it; bear the sign; as a symbol on the side; with ink; with "
    "the symbol; branded; as a tattoo; draw the symbol on; carrying the mark; labelled; with the sign; put the symbol "
    "on it; a mark on it; wearing a symbol; draw the sign on; mark it; carrying the symbol; with that symbol on it; "
    "the sign on the side; symbol on its side; as a sign; show the symbol",
    "sky": "in the sky; above the land; over the horizon; shining above; up in the sky; behind the hills; as the "
    "weather; hanging in the sky; overhead; high above; in the air; rising over the land; put it in the sky; above in "
    "the sky; it hangs in the sky; over the land; shine over it; up above the land; in the sky over it; hanging "
    "above; over the landscape; high in the sky; at the sky; rises over it",
    "together": "together; both of them; as a couple; leaning on it; sit before it; united; as a team; as friends; in "
    "one picture; both whole; as partners; as a pair; put them together; both together; the two together; as two "
    "friends; both in one picture; the two of them; lean on each other; keep both whole; sitting together; be "
    "together; side by side as friends; a couple of friends",
    "topping": "as a topping; served on it; on the cake; on the plate; as food on it; sauce of it; as cream; on a "
    "dish; on the bread; topped with it; lay it on the dish; serve; serve it on top; as food on top; put it on the "
    "plate; top it with it; lay it over the food; lay on the bread; put it on the cake; on top of the food; serve it "
    "on the dish; as a garnish; with it on the plate; decorate the cake with it",
    "two steps": "as eyes and behind; both in the eyes and in the background; eyes of it and a glow behind; twice "
    "eyes and once behind; in the eyes and all around; behind the head and in the eyes; completely mad about it; "
    "everywhere eyes and back; obsessed; eyes plus background; full of it; burning with it in the eyes; eyes and "
    "background; in the eyes and behind the head; put it in the eyes and behind; as eyes and as a glow; both eyes and "
    "behind it; eyes full of it and more behind; burning eyes and a burning background; eyes and aura; behind and as "
    "eyes; it is in the eyes and behind; twice in the eyes and big behind; eyes and behind",
    "wearable": "on its head; as a hat; worn; wear it; put it on the head; behind the ear; on the nose as glasses; as "
    "an accessory; like a cap; as a helmet; put on; over the eyes as glasses; wear it on the head; a hat; put it on "
    "as a hat; wearing glasses; with it on the head; put on the glasses; like a hat; hat on the head; place it on the "
    "head; try it on; as glasses; dressed with the hat",
    "wheels": "as wheels; with wheels of it; rolling on it; for tires; in place of the wheels; instead of wheels; "
    "replace the wheels; driving on them; wheels made of it; two wheels; roll on them; use them as wheels; use as "
    "wheels; as its wheels; with those wheels; make the wheels of it; put it where the wheels are; instead of the "
    "wheels; new wheels; change the wheels; it rolls on them; with round wheels of it; roll on it; exchange the "
    "wheels",
}
"""Family -> its wordings, between semicolons. A family that is not here goes by its name."""

SIZES: dict[str, str] = {
    "small": "small; smaller; tiny; make it little; a bit smaller; shrink it; reduce its size; mini; less big; "
    "scaled down; quite small; miniature; make it smaller; make it tiny; not so big; much smaller; a little one; "
    "in small; size down; teeny; minimize it; in a smaller size; a small one; less large; short; shrunk; "
    "as a tiny thing; reduced; too big; wee; not so large; decrease it; a tad smaller; diminish it; very "
    "small; compact",
    "big": "big; bigger; large; make it huge; a bit larger; expand it; increase its size; giant; grow it; "
    "scaled up; really big; enormous; make it bigger; make it large; not so small; much bigger; a large one; "
    "in large; size up; massive; maximize it; in a bigger size; a big one; less small; tall; enlarged; "
    "as a giant thing; magnified; too small; gigantic; not so tiny; increase it; a tad bigger; zoom in; very big; vast",
}

PLACES: dict[str, str] = dict.fromkeys(
    ("upper left", "upper right", "lower left", "lower right", "left", "right"),
    "to the {}; further {}; on the {} side; move it {}; at the {}; shift it to the {}; place it {}; in the {} part; "
    "{} please; more to the {}; put it to the {}; towards the {}; {}; a bit to the {}; slide it {}; nearer to the {}; "
    "put it {}; further to the {}; {} side; a little {}; in the {} corner; more {}; push it to the {}; rather {}; "
    "go {}; set it on the {}; over to the {}; drag it to the {}",
) | {
    "up": "higher; further up; move it up; raise it; a bit higher; to the top; lift it; upwards; up; at the top; "
    "above; put it higher; move up; upward; a little higher; push it up; go up; more to the top; much higher; "
    "raise it more; up a bit; higher up; upper; hoist it; slide it up; near the top; up please; elevate it",
    "down": "lower; further down; move it down; sink it; a bit lower; to the bottom; drop it; downwards; down; "
    "at the bottom; below; put it lower; move down; downward; a little lower; push it down; go down; "
    "more to the bottom; much lower; lower it more; down a bit; lower down; beneath; let it sink; slide it down; "
    "near the bottom; down please; descend",
}

COUNTS: dict[str, str] = {
    "one": "one; just one; only one; a single one; once; one of them; exactly one; one copy; not more than one; "
    "one alone; a lone one; single; only one of them; one piece; a single copy; one will do; one only; alone; "
    "solo; no more than one; one and no more; one time; use one; not several",
    "two": "two; two of them; a pair of them; both sides; twice; one each side; exactly two; double; two copies; "
    "a couple of them; two times; twin; only two; two pieces; both; side by side; just two; one on each side; a pair; "
    "use two; two and no more; couple; one left and one right; doubled; a duo",
    "three": "three; three of them; three copies; a trio; three times; triple; exactly three; three pieces; "
    "three in all; "
    "a group of three; use three; three small ones; only three; three and no more; just three; several; "
    "three single ones; some of them; triplets; a few of them; more than two; three all around; thrice; a threesome; "
    "a few",
}

PALETTES: dict[str, str] = {
    "other": "in its colours; another colour; take over the colours; with the other palette; in the other colours; "
    "swap the colours; change the colours; dye it; same colours as the other; paint it; use its palette; painted; "
    "in its colors; recolour it; with its colours; take its colours; give it the other colour; coloured; "
    "in the same colours; new colours; tint it; make it the same colour; colour it; in another colour; with "
    "new colours; "
    "with the colours of the other; take the colour of it; different colours",
    "own": "don't change the colour; keep its colours; in its own colours; leave the colours; same colours as before; "
    "do not change the colours; no new colour; without other colours; original colours; natural colours; "
    "keep the palette; colours as they are; don't recolour; do not recolour; keep the colour; "
    "its own colours; with its colours unchanged; same palette; keep it as it is; leave the colour; no paint; "
    "not dyed; unchanged colours; don't paint it; without painting; leave its colours alone; in original colour; "
    "not coloured",
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
