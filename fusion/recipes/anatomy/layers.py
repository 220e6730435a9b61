"""The layers of an emoji's SVG: flattened, counted, rendered one by one.

Noto draws an emoji as a stack of paths, bottom to top: the disc first, then shading, then eyes and mouth.
Flattening dissolves the groups, so that each path stands alone with the attributes it inherited.

Source: DESIGN sections 3 and 8.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import quoteattr

import numpy as np
import resvg_py
from PIL import Image

from fusion.emoji.catalog import Catalog
from fusion.recipes.anatomy.paths import split_path

_NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_XLINK = "{http://www.w3.org/1999/xlink}"
_DEFINITIONS = {"defs", "clipPath", "linearGradient", "radialGradient", "mask", "symbol", "filter"}
_WHOLE = {"mask", "filter", "opacity", "transform"}
"""A group with one of these acts on its children together, so it stays one layer."""

MOST_PIECES = 40
"""A path of more pieces than this is a texture, not a face, and stays one layer."""


@dataclass(frozen=True)
class Layers:
    """``defs``: gradients and clip paths that any leaf may use. ``leaves``: SVG fragments, bottom to top."""

    defs: str
    leaves: tuple[str, ...]

    def body(self, indices: Sequence[int] | None = None) -> str:
        """Inner SVG of the chosen leaves (default: all), in their own order."""
        chosen = self.leaves if indices is None else [self.leaves[i] for i in sorted(indices)]
        return self.defs + "".join(chosen)


@lru_cache(maxsize=512)
def layers(key: str) -> Layers:
    """The flattened layers of the emoji ``key``. Raises UnknownEmoji."""
    return flatten(Catalog.default().body(key))


def flatten(body: str) -> Layers:
    """Split inner SVG into definitions and leaves; ``body`` draws on 128 units each way."""
    defs: list[str] = []
    leaves: list[str] = []

    def visit(element: ET.Element, wrappers: tuple[str, ...]) -> None:
        tag = _local(element.tag)
        if tag in _DEFINITIONS:
            defs.append(_serialise(element))
        elif tag == "g" and not _WHOLE & element.attrib.keys():
            for child in element:
                visit(child, (*wrappers, _attributes(element)))
        else:
            for leaf in _pieces(element, tag, wrappers):
                for attributes in reversed(wrappers):
                    leaf = f"<g{attributes}>{leaf}</g>"
                leaves.append(leaf)

    for child in ET.fromstring(f"<svg {_NAMESPACES}>{body}</svg>"):
        visit(child, ())
    return Layers("".join(defs), tuple(leaves))


def draw_layers(stack: Layers, size: int) -> np.ndarray:
    """Every leaf alone: float32 (n, size, size, 4), premultiplied RGBA in [0, 1].

    One SVG holds all leaves side by side, so that the definitions are parsed once.
    """
    count = len(stack.leaves)
    if not count:
        return np.zeros((0, size, size, 4), np.float32)
    tiles = "".join(
        f'<svg x="{128 * i}" y="0" width="128" height="128" viewBox="0 0 128 128">{leaf}</svg>'
        for i, leaf in enumerate(stack.leaves)
    )
    strip = draw(stack.defs + tiles, (0, 0, 128 * count, 128), count * size, size)
    return np.ascontiguousarray(strip.reshape(size, count, size, 4).transpose(1, 0, 2, 3))


def draw(body: str, view_box: tuple[float, float, float, float], width: int, height: int) -> np.ndarray:
    """Inner SVG as float32 (height, width, 4), premultiplied RGBA in [0, 1]."""
    box = " ".join(f"{v:g}" for v in view_box)
    svg = f'<svg {_NAMESPACES} viewBox="{box}" width="{width}" height="{height}">{body}</svg>'
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    with Image.open(io.BytesIO(bytes(png))) as picture:
        rgba = np.asarray(picture.convert("RGBA"), np.float32) / 255
    rgba = rgba.copy()
    rgba[..., :3] *= rgba[..., 3:]
    return rgba


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _attributes(element: ET.Element) -> str:
    names = ((name.replace(_XLINK, "xlink:"), value) for name, value in element.attrib.items())
    return "".join(f" {name}={quoteattr(value)}" for name, value in names)


def _pieces(element: ET.Element, tag: str, wrappers: tuple[str, ...]) -> list[str]:
    """The leaf, in several if it is a path in one colour whose parts lie apart. A gradient may depend on the box."""
    if tag == "path" and "url(" not in " ".join((_attributes(element), *(w for w in wrappers if "fill=" in w))):
        parts = split_path(element.get("d", ""))
        if 1 < len(parts) <= MOST_PIECES:
            return [_serialise(ET.Element("path", {**element.attrib, "d": part})) for part in parts]
    return [_serialise(element)]


def _serialise(element: ET.Element) -> str:
    inner = (element.text or "").strip() + "".join(map(_serialise, element))
    tag = _local(element.tag)
    return f"<{tag}{_attributes(element)}>{inner}</{tag}>" if inner else f"<{tag}{_attributes(element)}/>"
