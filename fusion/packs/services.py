"""What each service documents about stickers: sizes, formats, limits in bytes and numbers.

Documents:

* Telegram: https://core.telegram.org/stickers (static stickers, thumbnails), https://core.telegram.org/bots/api
  (``InputSticker``, ``createNewStickerSet``: at most 120 stickers a set, 50 of them in the first call)
* WhatsApp: https://github.com/WhatsApp/stickers (README of the Android sample, ``StickerPackValidator``)
* Signal: https://support.signal.org/hc/en-us/articles/360031836512-Stickers
* Discord: https://discord.com/developers/docs/resources/sticker#create-guild-sticker and .../resources/emoji
* Slack: https://slack.com/help/articles/206870177-Add-custom-emoji-and-aliases-to-your-workspace
* maunium: https://github.com/maunium/stickerpicker (``sticker-pack``: a folder of pictures and its ``pack.json``)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fusion.errors import FusionError

KIB = 1024
MOST_BYTES = 2**24
"""More than any sticker of 1024 pixels has: a bound that binds nothing."""


class PackError(FusionError):
    """A pack that cannot be made as it was asked for."""


@dataclass(frozen=True)
class Picture:
    """What a kind of picture must be: square of ``side`` pixels, in ``format``, at most ``most_bytes`` long."""

    side: int
    format: str
    most_bytes: int

    @property
    def suffix(self) -> str:
        """Of its files, with the dot."""
        return f".{self.format.lower()}"

    @property
    def unbounded(self) -> Picture:
        """The same with more bytes than any sticker has."""
        return replace(self, most_bytes=MOST_BYTES)


@dataclass(frozen=True)
class Service:
    """``least`` and ``most``: stickers in one set. ``icon``: the set's own picture; ``emoji``: small copies beside."""

    name: str
    title: str
    sticker: Picture
    least: int
    most: int
    icon: Picture | None = None
    icon_file: str = ""
    emoji: Picture | None = None


SERVICES = {
    service.name: service
    for service in (
        Service(
            name="telegram",
            title="Telegram",
            sticker=Picture(512, "WEBP", 512 * KIB),
            least=1,
            most=120,
            icon=Picture(100, "WEBP", 128 * KIB),
            icon_file="thumbnail.webp",
        ),
        Service(
            name="whatsapp",
            title="WhatsApp",
            sticker=Picture(512, "WEBP", 100 * KIB - 1),
            least=3,
            most=30,
            icon=Picture(96, "PNG", 50 * KIB - 1),
            icon_file="tray.png",
        ),
        Service("signal", "Signal", Picture(512, "WEBP", 300 * KIB), least=1, most=200),
        Service(
            name="discord",
            title="Discord",
            sticker=Picture(320, "PNG", 512 * KIB),
            least=1,
            most=60,
            emoji=Picture(128, "PNG", 256 * KIB),
        ),
        Service("slack", "Slack", Picture(128, "PNG", 128 * KIB), least=1, most=1000),
        Service("maunium", "Matrix", Picture(256, "PNG", 512 * KIB), least=1, most=1000),
        Service("files", "files", Picture(256, "PNG", MOST_BYTES), least=1, most=10**9),
    )
}
"""Name -> rules. Where a service states no number of stickers (Slack, maunium, files) the bound is ours. Discord's 60
are the slots of a server at its highest boost level."""
