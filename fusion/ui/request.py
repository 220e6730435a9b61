"""What the page asks for, checked once, and the permalink that restores a fusion.

Requests are pydantic models; the first error of one becomes one sentence.

Source: DESIGN section 7.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

from PIL import Image
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from typing_extensions import Self

from fusion.data.art_styles import TEST_STYLE
from fusion.errors import FusionError
from fusion.geometry import Layout
from fusion.model import ABLATIONS
from fusion.names import SIDES
from fusion.pipeline.overrides import RequestError
from fusion.ui.contract import UPLOAD_NAME
from fusion.ui.pictures import read_upload

MOST_INSTANCES = 3
"""Layouts that can be asked for; no preset places more."""
OWN = "own:"
"""Begins the name of an uploaded picture in a link."""
LONGEST_TEXT = 200
"""Characters that an emoji's text may have."""
NOTHING = ("", "null", "none", "undefined", "nan")
"""How programs spell that there is no emoji."""


@dataclass(frozen=True)
class Upload:
    """A person's own picture: compared by content, so that the same picture is perceived only once."""

    name: str
    digest: str
    picture: Image.Image = field(compare=False, repr=False)
    called: str = ""
    """What a person says it is, for networks that read words."""

    @property
    def kept_name(self) -> str:
        """What stands for it in links: the picture itself stays in the browser that has it."""
        return OWN + self.digest


EmojiInput = str | InstanceOf[Upload]
"""Text for the catalog, or a picture."""


def known_style(value: Any) -> str:
    """The art style that evaluations are drawn in, or "" for Noto's: no other name becomes a file's."""
    if (value or "") not in ("", TEST_STYLE):
        raise RequestError(f"Art style {value!r} is unknown; it can be {TEST_STYLE} or left out.")
    return value or ""


ArtStyle = Annotated[str, BeforeValidator(known_style)]


class Request(BaseModel):
    """One question of the page. Fields are checked in their order; those of other questions are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def parse(cls, data: object, presets: list[str] | None = None) -> Self:
        """A question as the browser sends it. ``presets``: those that have weights, the first being the default.

        Raises RequestError or UploadError.
        """
        try:
            return cls.model_validate(data, context=presets or [])
        except ValidationError as error:
            raise spoken(error) from None


def spoken(error: ValidationError) -> FusionError:
    """The first error of a question as one sentence."""
    first = error.errors(include_url=False)[0]
    reason = first.get("ctx", {}).get("error")
    if isinstance(reason, FusionError):
        return reason
    if not first["loc"]:
        return RequestError("The request is not an object; reload the page.")
    where = ".".join(map(str, first["loc"]))
    return RequestError(f"The request's {where} is not what it should be ({first['msg']}); reload the page.")


def number(value: object) -> float:
    """A number as it stands in JSON. Raises TypeError for text, truth values and the rest."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def plain_list(value: object) -> list[Any] | tuple[Any, ...]:
    """A list as it stands in JSON; Raises TypeError, also for text, whose characters could pass for its parts."""
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r} is no list")
    return value


def read_layout(value: object) -> Layout:
    """A layout of finite numbers. Raises RequestError."""
    try:
        numbers = tuple(number(one) for one in plain_list(value))
    except (TypeError, OverflowError) as error:
        raise RequestError("A layout is four numbers: scale_h, scale_w, offset_y, offset_x.") from error
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise RequestError("A layout is four finite numbers: scale_h, scale_w, offset_y, offset_x.")
    return Layout(*numbers)


def spelled(layout: Layout) -> str:
    """A layout as it stands in links."""
    return ",".join(f"{value:g}" for value in layout)


class FuseRequest(Request):
    """One fusion to show.

    ``layout`` is four numbers or ``None``, ``instances`` instead of it four numbers for each there is to be, ``main`` a
    side or ``None`` (the network decides), ``hypothesis`` the rank of the network's hypothesis, from 1,
    ``say`` a sentence for networks that read words.
    """

    preset: str = Field(default="", validate_default=True)
    main: str | None = None
    disabled: frozenset[str] = frozenset()
    first: EmojiInput = Field(default="", validate_default=True)
    second: EmojiInput = Field(default="", validate_default=True)
    layout: Layout | None = None
    instances: tuple[Layout, ...] | None = None
    hypothesis: int = 1
    style: ArtStyle = ""
    say: str = ""

    @field_validator("preset", mode="before")
    @classmethod
    def known_preset(cls, value: Any, info: ValidationInfo) -> Any:
        """The first preset where none is named."""
        presets: list[str] = info.context or []
        preset = value or (presets[0] if presets else "fusion")
        if presets and preset not in presets:
            raise RequestError(f"Preset {preset!r} has no weights here; there are {', '.join(presets)}.")
        return preset

    @field_validator("main", mode="before")
    @classmethod
    def known_side(cls, value: Any) -> str | None:
        """A side, or nothing."""
        if (value or None) not in (None, *SIDES):
            raise RequestError(f"Main subject {value!r} is unknown; it can be first, second or left out.")
        return value or None

    @field_validator("disabled", mode="before")
    @classmethod
    def known_ablations(cls, value: Any) -> frozenset[str]:
        """Parts that can be switched off."""
        asked = value or ()
        if not isinstance(asked, list | tuple | frozenset) or any(one not in tuple(ABLATIONS) for one in asked):
            raise RequestError(f"Only {', '.join(ABLATIONS)} can be switched off.")
        return frozenset(asked)

    @field_validator("first", "second", mode="before")
    @classmethod
    def readable_input(cls, value: Any, info: ValidationInfo) -> EmojiInput:
        """An emoji's text, or an upload that can be read."""
        if isinstance(value, Upload):
            return value
        if isinstance(value, dict) and "upload" in value:
            url = str(value["upload"])
            # Half a surrogate pair is no text that could be sent back.
            name = str(value.get("name") or "picture")[:UPLOAD_NAME].encode("utf-8", "replace").decode()
            digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]
            called = " ".join(str(value.get("called") or "").split())[:UPLOAD_NAME]
            return Upload(name, digest, read_upload(url), called.encode("utf-8", "replace").decode())
        if isinstance(value, str) and value.startswith(OWN):
            raise RequestError(
                f"The {info.field_name} picture is not in this browser; pick an emoji or upload it again."
            )
        if isinstance(value, str) and value.strip().lower() not in NOTHING:
            if len(value) > LONGEST_TEXT:
                raise RequestError(f"The {info.field_name} emoji has {len(value)} characters; type a single one.")
            return value.strip()
        raise RequestError(f"The {info.field_name} emoji is missing; pick one.")

    @field_validator("layout", mode="before")
    @classmethod
    def four_numbers(cls, value: Any) -> Layout | None:
        """A layout of finite numbers, or nothing."""
        return None if value is None else read_layout(value)

    @field_validator("instances", mode="before")
    @classmethod
    def a_layout_each(cls, value: Any) -> tuple[Layout, ...] | None:
        """A layout for each instance, or nothing."""
        if value is None:
            return None
        if not isinstance(value, list | tuple) or len(value) > MOST_INSTANCES:
            raise RequestError(f"Instances are a list of at most {MOST_INSTANCES} layouts.")
        return tuple(map(read_layout, value))

    @field_validator("say", mode="before")
    @classmethod
    def sentence(cls, value: Any) -> str:
        """A sentence without needless spaces, or nothing."""
        if not isinstance(value or "", str):
            raise RequestError("What is said is a sentence, such as “on its head, small”, or left out.")
        if len(value or "") > LONGEST_TEXT:
            raise RequestError(f"The sentence has {len(value)} characters; say it in at most {LONGEST_TEXT}.")
        return " ".join((value or "").encode("utf-8", "replace").decode().split())

    @field_validator("hypothesis", mode="before")
    @classmethod
    def rank(cls, value: Any) -> int:
        """The rank of a hypothesis, from 1."""
        if value is None:
            return 1
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise RequestError(f"Hypothesis {value!r} is unknown; it is a rank such as 1 or 2.")
        return value

    @property
    def inputs(self) -> tuple[EmojiInput, EmojiInput]:
        """Both emoji, in their order."""
        return self.first, self.second

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What tells one fusion from another, without the pictures themselves: they would be kept along with it."""
        inputs = [(one.name, one.called, one.digest) if isinstance(one, Upload) else one for one in self.inputs]
        asked = (self.layout, self.instances, self.hypothesis, self.say)
        return (self.preset, self.style, self.main, self.disabled, *inputs, *asked)

    def permalink(self) -> str:
        """Query string that restores this request; of an uploaded picture it has the name by which browsers keep it."""
        first, second = (one.kept_name if isinstance(one, Upload) else one for one in self.inputs)
        query = {"first": first, "second": second, "preset": self.preset}
        if self.main:
            query["main"] = self.main
        if self.layout:
            query["layout"] = spelled(self.layout)
        if self.instances is not None:
            query["instances"] = ";".join(map(spelled, self.instances)) or "none"
        if self.hypothesis > 1:
            query["hypothesis"] = str(self.hypothesis)
        if self.disabled:
            query["off"] = ",".join(sorted(self.disabled))
        if self.style:
            query["style"] = self.style
        if self.say:
            query["say"] = self.say
        return "?" + urlencode(query, safe=",:;")


class StageRequest(Request):
    """``stage``: id of the card whose parts are to be seen."""

    stage: str = ""


class CompareRequest(Request):
    """``reference``: the preset to measure against; left out, the preset itself."""

    reference: str | None = None


class DrawingRequest(Request):
    """``key``: the emoji to draw, in the art style ``style``."""

    key: str = ""
    style: ArtStyle = ""

    @field_validator("key", mode="before")
    @classmethod
    def drawable(cls, value: Any) -> Any:
        """Not a picture that another browser keeps."""
        if isinstance(value, str) and value.startswith(OWN):
            raise RequestError("This picture is not in this browser; pick an emoji or upload it again.")
        return value
