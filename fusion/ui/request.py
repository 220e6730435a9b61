"""FuseRequest: what the page asks for, checked once, and the permalink that restores it.

Source: design section 7.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from urllib.parse import urlencode

from PIL import Image

from fusion.model import ABLATIONS
from fusion.names import SIDES
from fusion.pipeline.overrides import RequestError
from fusion.ui.pictures import read_upload


@dataclass(frozen=True)
class Upload:
    """A person's own picture: compared by content, so that the same picture is perceived only once."""

    name: str
    digest: str
    picture: Image.Image = field(compare=False, repr=False)


Source = str | Upload


@dataclass(frozen=True)
class FuseRequest:
    """One fusion to show.

    ``layout`` is four numbers or ``None``, ``main`` a side or ``None`` (the network decides), ``hypothesis`` the rank
    of the network's idea, from 1.
    """

    first: Source
    second: Source
    preset: str = "fusion"
    main: str | None = None
    layout: tuple[float, float, float, float] | None = None
    hypothesis: int = 1
    disabled: frozenset[str] = frozenset()

    @classmethod
    def from_json(cls, data: dict, presets: list[str]) -> FuseRequest:
        """A request as the browser sends it. Raises RequestError or UploadError."""
        if not isinstance(data, dict):
            raise RequestError("The request is not an object; reload the page.")
        preset = data.get("preset") or (presets[0] if presets else "fusion")
        if presets and preset not in presets:
            raise RequestError(f"Preset {preset!r} has no weights here; there are {', '.join(presets)}.")
        main = data.get("main") or None
        if main not in (None, *SIDES):
            raise RequestError(f"Main subject {main!r} is unknown; it can be first, second or left out.")
        disabled = frozenset(data.get("disabled") or ())
        if not disabled <= set(ABLATIONS):
            raise RequestError(f"Only {', '.join(ABLATIONS)} can be switched off.")
        first, second = (_source(data.get(side), side) for side in SIDES)
        return cls(first, second, preset, main, _layout(data.get("layout")), _rank(data.get("hypothesis")), disabled)

    def permalink(self) -> str | None:
        """Query string that restores this request, or ``None`` where an uploaded picture takes part."""
        if any(isinstance(source, Upload) for source in (self.first, self.second)):
            return None
        query = {"first": self.first, "second": self.second, "preset": self.preset}
        if self.main:
            query["main"] = self.main
        if self.layout:
            query["layout"] = ",".join(f"{value:g}" for value in self.layout)
        if self.hypothesis > 1:
            query["hypothesis"] = str(self.hypothesis)
        if self.disabled:
            query["off"] = ",".join(sorted(self.disabled))
        return "?" + urlencode(query, safe=",")


def _source(value: object, side: str) -> Source:
    if isinstance(value, dict) and "upload" in value:
        url = str(value["upload"])
        name = str(value.get("name") or "picture")[:60]
        return Upload(name, hashlib.sha256(url.encode()).hexdigest()[:16], read_upload(url))
    if isinstance(value, str) and value.strip():
        return value.strip()[:200]
    raise RequestError(f"The {side} emoji is missing; pick one.")


def _rank(value: object) -> int:
    if value is None:
        return 1
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise RequestError(f"Hypothesis {value!r} is unknown; it is a rank such as 1 or 2.")
    return value


def _layout(value: object) -> tuple[float, float, float, float] | None:
    if value is None:
        return None
    try:
        numbers = tuple(float(number) for number in value)
    except (TypeError, ValueError) as fault:
        raise RequestError("A layout is four numbers: scale_h, scale_w, offset_y, offset_x.") from fault
    if len(numbers) != 4 or not all(math.isfinite(number) for number in numbers):
        raise RequestError("A layout is four finite numbers: scale_h, scale_w, offset_y, offset_x.")
    return numbers
