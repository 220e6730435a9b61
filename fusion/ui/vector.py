"""SVG files of people: drawn here, since what a file may refer to is then for this program to say.

What is checked is what is drawn: the file is parsed, looked through, and written anew. It may refer to itself and to
pictures inside it, to nothing else; it has a bounded number of elements, and no chain of uses that multiply.
"""

from __future__ import annotations

import base64
import re
from typing import Any
from xml.etree import ElementTree

from fusion.ui.contract import UPLOAD_SIDE
from fusion.ui.inspect_answers import PictureAnswer
from fusion.ui.pictures import UploadError, png_url

MOST_CHARACTERS, MOST_ELEMENTS, MOST_USES = 1_000_000, 5000, 200
SVG = "{http://www.w3.org/2000/svg}"
EMBEDDED = re.compile(r"data:image/(?:png|jpeg|webp|gif);base64,", re.IGNORECASE)
ELSEWHERE = re.compile(r"@import|url\(\s*['\"]?\s*(?!#)", re.IGNORECASE)
"""In a style: whatever is not of the file itself."""


def drawn(data: dict[str, Any]) -> PictureAnswer:
    """The picture of ``svg``, the text of a file. Raises UploadError."""
    import resvg_py

    root = parsed(data.get("svg"))
    check_references(root)
    side = str(UPLOAD_SIDE)
    size = {"width": side, "height": side}
    root.attrib |= {"viewBox": view_box(root)} | size
    sheet = ElementTree.Element(f"{SVG}svg", {**size, "viewBox": f"0 0 {side} {side}"})
    sheet.append(root)
    try:
        png = resvg_py.svg_to_bytes(svg_string=ElementTree.tostring(sheet, "unicode"), skip_system_fonts=True)
    except Exception as error:  # resvg has no error of its own
        raise UploadError("The SVG cannot be drawn; save it as PNG.") from error
    return {"picture": png_url(bytes(png) if not isinstance(png, str) else base64.b64decode(png))}


def parsed(text: Any) -> ElementTree.Element:
    """The root of an SVG file. Raises UploadError for what is none, is too large, or declares entities."""
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise UploadError(f"An SVG may have at most {MOST_CHARACTERS:,} characters; save it as PNG.")
    # Without a document type there are no entities, which could name files or grow without end.
    text = re.sub(r"<!DOCTYPE\s+svg\s+PUBLIC\s+\"[^\"]*\"\s+\"[^\"]*\"\s*>", "", text, count=1)
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise UploadError("The SVG declares entities of its own; save it as plain SVG or as PNG.")
    try:
        root = ElementTree.fromstring(text.encode("utf-8", "replace"))
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise UploadError("The SVG is damaged; save it anew, or as PNG.") from error
    if root.tag not in ("svg", f"{SVG}svg"):
        raise UploadError("That file is no SVG; upload a picture.")
    return root


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def check_references(root: ElementTree.Element) -> None:
    """Raise UploadError for a file that refers to anything outside, or is larger than any emoji."""
    elements = list(root.iter())
    uses = [one for one in elements if local(one.tag) == "use"]
    if len(elements) > MOST_ELEMENTS or len(uses) > MOST_USES:
        raise UploadError("The SVG has more parts than can be drawn at once; save it as PNG.")
    for one in elements:
        for name, value in one.attrib.items():
            reference = local(name) in ("href", "src", "base")
            if reference and not (value.strip().startswith("#") or EMBEDDED.match(value.strip())):
                raise UploadError("The SVG refers to another file, which is not fetched; embed it, or save it as PNG.")
            if ELSEWHERE.search(value):
                raise UploadError("The SVG refers to another file, which is not fetched; embed it, or save it as PNG.")
        if local(one.tag) == "style" and ("\\" in (one.text or "") or ELSEWHERE.search(one.text or "")):
            raise UploadError("The SVG's style refers to another file, which is not fetched; save it as PNG.")
    by_name = {one.attrib["id"]: one for one in elements if "id" in one.attrib}
    for one in uses:
        named = next((value.strip()[1:] for name, value in one.attrib.items() if local(name) == "href"), "")
        if named in by_name and any(local(inner.tag) == "use" for inner in by_name[named].iter()):
            raise UploadError("The SVG repeats what repeats itself; save it as PNG.")


def view_box(root: ElementTree.Element) -> str:
    """What of the drawing is to be seen: as the file says, or as large as it says it is."""
    if "viewBox" in root.attrib:
        return root.attrib["viewBox"]
    sides = [re.match(r"\s*([\d.]+)(?:px)?\s*$", root.attrib.get(name, "")) for name in ("width", "height")]
    width, height = (found[1] if found else "100" for found in sides)
    return f"0 0 {width} {height}"
