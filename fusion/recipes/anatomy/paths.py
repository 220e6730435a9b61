"""Splitting a compound SVG path into the pieces that do not touch.

Noto often draws both eyes and the mouth as one path. Pieces whose bounding boxes are apart can be painted
one by one without changing the picture; pieces that overlap may be holes of each other and stay together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_NUMBER = re.compile(r"[\s,]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_FLAG = re.compile(r"[\s,]*([01])")
_COMMAND = re.compile(r"[\s,]*([MLHVCSQTAZmlhvcsqtaz])")


@dataclass
class _Piece:
    """One subpath: where it starts, what follows, and all points it may reach."""

    x: float
    y: float
    text: list[str] = field(default_factory=list)
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)

    def reach(self, x: float, y: float, margin: float = 0.0) -> None:
        self.xs += [x - margin, x + margin]
        self.ys += [y - margin, y + margin]

    def touches(self, other: _Piece) -> bool:
        return (
            min(self.xs) <= max(other.xs)
            and min(other.xs) <= max(self.xs)
            and min(self.ys) <= max(other.ys)
            and min(other.ys) <= max(self.ys)
        )

    @property
    def data(self) -> str:
        return f"M{self.x:.6g} {self.y:.6g}" + "".join(self.text)


def split_path(data: str) -> list[str]:
    """The path data of the groups of subpaths whose bounding boxes are apart; ``[data]`` if there is one group.

    Raises ValueError for path data that does not parse.
    """
    pieces = _subpaths(data)
    groups: list[list[_Piece]] = []
    for piece in pieces:
        near = [group for group in groups if any(piece.touches(other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([p for group in near for p in group] + [piece])
    if len(groups) < 2:
        return [data]
    return ["".join(piece.data for piece in group) for group in groups]


def _subpaths(data: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    x = y = 0.0
    command, position = "", 0
    while position < len(data.rstrip()):
        found = _COMMAND.match(data, position)
        if found:
            command, position = found[1], found.end()
        elif command in "Zz":
            raise ValueError(f"not path data: {data[position : position + 20]!r}")
        values, position = _arguments(data, position, command.upper())
        upper, relative = command.upper(), command.islower()
        if upper == "M":
            x, y = (x + values[0], y + values[1]) if relative else (values[0], values[1])
            pieces.append(_Piece(x, y))
            pieces[-1].reach(x, y)
            command = "l" if relative else "L"
        elif upper == "Z":
            pieces[-1].text.append("z")
            x, y = pieces[-1].x, pieces[-1].y
        else:
            if not pieces or (pieces[-1].text and pieces[-1].text[-1] == "z"):
                pieces.append(_Piece(x, y))
                pieces[-1].reach(x, y)
            pieces[-1].text.append(command + " ".join(f"{v:.8g}" for v in values))
            x, y = _follow(pieces[-1], upper, relative, values, x, y)
    return pieces


def _arguments(data: str, position: int, upper: str) -> tuple[list[float], int]:
    values = []
    for i in range(_COUNTS[upper]):
        found = (_FLAG if upper == "A" and i in (3, 4) else _NUMBER).match(data, position)
        if not found:
            raise ValueError(f"not path data: {data[position : position + 20]!r}")
        values.append(float(found[1]))
        position = found.end()
    return values, position


def _follow(piece: _Piece, upper: str, relative: bool, values: list[float], x: float, y: float) -> tuple[float, float]:
    """Note what a command may reach and return where it ends."""
    base_x, base_y = (x, y) if relative else (0.0, 0.0)
    if upper == "H":
        x = base_x + values[0]
    elif upper == "V":
        y = base_y + values[0]
    elif upper == "A":
        end_x, end_y = base_x + values[5], base_y + values[6]
        chord = ((end_x - x) ** 2 + (end_y - y) ** 2) ** 0.5
        margin = 2 * max(values[0], values[1]) if values[3] else chord / 2
        piece.reach(x, y, margin)
        x, y = end_x, end_y
        piece.reach(x, y, margin)
    else:
        for i in range(0, len(values), 2):
            piece.reach(base_x + values[i], base_y + values[i + 1])
        x, y = base_x + values[-2], base_y + values[-1]
    piece.reach(x, y)
    return x, y
