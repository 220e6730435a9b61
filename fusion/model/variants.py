"""Settings of a network from the command line, and the ones that DESIGN section 1 argues for, to train without.

A part that a trained network leaves out of one forward is another matter: see ``ABLATIONS`` of ``fusion.model``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import fields

from fusion.model.config import ConfigError, FusionConfig, Setting

VARIANTS: dict[str, dict[str, Setting]] = {
    "position=middle": {"position": "middle"},
    "position_planes=4": {"position_planes": 4},
    "skips=false": {"skips": False},
    "output=residual": {"output": "residual"},
    "output_activation=sigmoid": {"output_activation": "sigmoid"},
}
"""What is typed after ``--set``, and the settings it makes of ``unet-se-po``: the published claims are that its own
values of these do better."""

WORDS = {"true": True, "false": False}
ELSEWHERE = {"preset": "--preset", "size": "--size", "width": "--width"}
"""Settings that have an option of their own."""


def parse_settings(texts: Iterable[str]) -> dict[str, Setting]:
    """``["position=middle", "skips=false"]`` as fields of FusionConfig, the last of equals. Raises ConfigError."""
    return dict(map(parse_setting, texts))


def parse_setting(text: str) -> tuple[str, Setting]:
    """One ``KEY=VALUE`` as a field and its value; whether the value makes sense is for FusionConfig to say."""
    name, equals, value = (part.strip() for part in text.partition("="))
    defaults = {field.name: getattr(FusionConfig, field.name) for field in fields(FusionConfig)}
    if not equals or not value:
        raise ConfigError(f"--set is {text!r}: write KEY=VALUE such as position=middle.")
    if name in ELSEWHERE:
        raise ConfigError(f"--set does not change {name}: use {ELSEWHERE[name]}.")
    if name not in defaults:
        near = difflib.get_close_matches(name, defaults, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(set(defaults) - set(ELSEWHERE)))}."
        raise ConfigError(f"There is no setting {name!r}: {hint}")
    default = defaults[name]
    if isinstance(default, bool):
        if value.lower() not in WORDS:
            raise ConfigError(f"{name} is {value!r}; it can be true or false.")
        return name, WORDS[value.lower()]
    kind = "a whole number" if isinstance(default, int) else "a number"
    try:
        return name, type(default)(value)
    except ValueError as error:
        raise ConfigError(f"{name} is {value!r}; it must be {kind}.") from error
