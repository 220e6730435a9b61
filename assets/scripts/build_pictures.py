"""Paint the pictures of README and model card with the shipped weights: ``python assets/scripts/build_pictures.py``.

Writes ``stickers.png`` (a row of stickers) beside the weights, and into ``assets/pictures`` ``equations.png`` (first +
second = sticker), ``stages.png`` (everything between two emoji and their sticker) and ``sentences.png`` (one pair under
twelve sentences; weights that know no words leave it as it is). The same weights give the same pictures, byte for byte
on one machine. ``--weights`` paints with others, ``--to DIR`` writes all of them elsewhere; ``--sheet PNG`` draws each
sticker beside the teacher's instead, to choose pairs by.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from fusion.data.splits import is_training_pair  # noqa: E402
from fusion.files import write_beside  # noqa: E402
from fusion.pipeline.fuser import Fuser  # noqa: E402
from fusion.trace import FusionTrace  # noqa: E402
from fusion.views import drawing  # noqa: E402
from fusion.views.pictures import View, views  # noqa: E402

TARGET = ROOT / "assets" / "pictures"
CARD = ROOT / "assets" / "weights" / "fusion"
"""Folder of the weights and their card, which goes to the hub with one picture."""
PAPER, INK, FAINT = (255, 255, 255, 255), (60, 60, 67, 255), (130, 136, 146, 255)

EQUATIONS = (
    "😀🍕",  # face on thing
    "😂🧊",  # material
    "🐱🎩",  # wearable
    "😇🦋",  # halo
    "🐻🐦",  # perch
    "🦖🌃",  # scene
    "🐼🎂",  # creature
    "👻🐱",  # hybrid
    "🥔🤬",  # face on thing, with what lies over the face
    "🦊🥐",  # balance
    "🐮🎃",  # hybrid, carved
    "😎🔥",  # face on thing, with what sits on the face
)
"""Pairs of several families, in the order in which they are shown."""
STICKERS = (0, 2, 3, 4, 6, 7, 8, 11)
"""Which of them stand in the row at the top."""
FILM = "😎🔥"
"""The pair whose every stage is shown: it is easy to see what each of them does to it."""
SAID_OF = "😋🌹"
"""The pair that every sentence is said of: held out of training, and many families fit it."""
SENTENCES = (
    "behind the ear",
    "as eyes",
    "balanced on its head",
    "put a face on the thing",
    "as its blossom",
    "together",
    "bigger",
    "small",
    "to the left",
    "to the lower right",
    "two of them",
    "in its colours",
)


@dataclass(frozen=True)
class Grid:
    """Cells of equal size, row by row; all numbers in pixels."""

    columns: int
    width: int
    height: int
    margin: int = 20

    def board(self, cells: list[Image.Image]) -> Image.Image:
        """The cells on white paper, opaque RGB."""
        rows = -(-len(cells) // self.columns)
        size = self.columns * self.width + 2 * self.margin, rows * self.height + 2 * self.margin
        board = Image.new("RGBA", size, PAPER)
        for index, cell in enumerate(cells):
            left, top = index % self.columns * self.width, index // self.columns * self.height
            board.alpha_composite(cell, (left + self.margin, top + self.margin))
        return board.convert("RGB")


def on_cell(size: tuple[int, int]) -> Image.Image:
    return Image.new("RGBA", size, PAPER)


def sized(picture: Image.Image, side: int) -> Image.Image:
    """``picture`` at another size; averaged in premultiplied colours, so that no dark rim appears."""
    small = picture.convert("RGBa").resize((side, side), Image.Resampling.LANCZOS)
    return small.convert("RGBA")


def sticker_cell(trace: FusionTrace, side: int) -> Image.Image:
    return sized(drawing.emoji_picture(trace.output), side)


def equation_cell(trace: FusionTrace, width: int, height: int) -> Image.Image:
    """``first + second = sticker``, the sticker twice as large as what went in."""
    cell, small, large = on_cell((width, height)), 96, 168
    middle = height // 2
    shown = [(trace.inputs[0], small, 4), (trace.inputs[1], small, 132), (trace.output, large, 250)]
    for picture, side, left in shown:
        cell.alpha_composite(sized(drawing.emoji_picture(picture), side), (left, middle - side // 2))
    pen, face = ImageDraw.Draw(cell), drawing.font(28)
    for sign, x in (("+", 116), ("=", 240)):
        pen.text((x, middle), sign, fill=FAINT, font=face, anchor="mm")
    return cell


def stage_cell(view: View, width: int, height: int) -> Image.Image:
    """A stage's picture on the checkerboard with title and caption, wrapped to the cell."""
    cell, side = on_cell((width, height)), width - 12
    picture = sized(drawing.checkerboard(view.picture), side)
    if not view.available:
        picture.putalpha(60)
    cell.alpha_composite(picture, (0, 0))
    pen = ImageDraw.Draw(cell)
    pen.text((0, side + 8), view.stage.title, fill=INK, font=drawing.font(17))
    for row, line in enumerate(wrapped(view.caption, drawing.font(15), side)[:3]):
        pen.text((0, side + 33 + 19 * row), line, fill=FAINT, font=drawing.font(15))
    return cell


def sentence_cell(trace: FusionTrace, width: int, height: int) -> Image.Image:
    """The sticker where the network painted it, what was said, and the family that the network names."""
    cell, side = on_cell((width, height)), width - 12
    cell.alpha_composite(sized(drawing.emoji_picture(trace.output), side), (0, 0))
    family = trace.hypotheses[trace.hypothesis - 1].family if trace.hypotheses else None
    pen, middle = ImageDraw.Draw(cell), side // 2
    pen.text((middle, side + 8), f"“{trace.say}”", fill=INK, font=drawing.font(15), anchor="ma")
    pen.text((middle, side + 30), family or "none of the families", fill=FAINT, font=drawing.font(14), anchor="ma")
    return cell


def wrapped(text: str, face, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` pixels."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def teacher_cell(trace: FusionTrace, width: int, height: int) -> Image.Image:
    """For looking at only: the sticker, the teacher's target, and how well the two align."""
    cell = on_cell((width, height))
    for index, picture in enumerate((trace.output, trace.teacher.target)):
        cell.alpha_composite(sized(drawing.emoji_picture(picture), 150), (160 * index, 0))
    kind = "in training" if is_training_pair(*trace.keys) else "held out"
    text = f"{trace.teacher.family}, {kind}, IoU {trace.teacher.alignment.iou:.2f}"
    ImageDraw.Draw(cell).text((4, 156), text, fill=INK, font=drawing.font(14))
    return cell


def save(board: Image.Image, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with write_beside(target) as path:
        board.save(path, "PNG", optimize=True)
    print(f"{target}: {board.width} x {board.height}, {target.stat().st_size / 1024:.0f} KiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", help="folder or hub id instead of the shipped weights")
    parser.add_argument("--sheet", type=Path, metavar="PNG", help="only this: each sticker beside the teacher's")
    parser.add_argument("--to", type=Path, metavar="DIR", help="a folder for all pictures instead of their places")
    options = parser.parse_args()

    # On the CPU and without the accelerated copy, so that other machines get the same pixels as far as possible.
    fuser = Fuser(options.weights, "cpu", quick=False)
    traces = [fuser.fuse(first, second) for first, second in EQUATIONS]
    if options.sheet:
        save(Grid(4, 340, 190).board([teacher_cell(trace, 330, 180) for trace in traces]), options.sheet)
        return
    card, target = options.to or CARD, options.to or TARGET
    save(Grid(8, 160, 160, 8).board([sticker_cell(traces[i], 152) for i in STICKERS]), card / "stickers.png")
    save(Grid(3, 440, 180).board([equation_cell(trace, 430, 176) for trace in traces]), target / "equations.png")
    film = views(traces[EQUATIONS.index(FILM)], opacity=0.75)
    save(Grid(6, 226, 318).board([stage_cell(view, 226, 312) for view in film]), target / "stages.png")
    if fuser.net.config.words:
        said = [fuser.fuse(*SAID_OF, say=sentence) for sentence in SENTENCES]
        save(Grid(6, 196, 240).board([sentence_cell(trace, 196, 236) for trace in said]), target / "sentences.png")


if __name__ == "__main__":
    main()
