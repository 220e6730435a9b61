"""A pack as one file, to be sent to whoever asked for it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from fusion.packs.folder import REQUEST


def zip_pack(folder: Path) -> bytes:
    """The pack in ``folder`` as a zip, the same bytes for the same pack; without what only a further run reads."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # pictures are compressed already
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.name != REQUEST:
                archive.writestr(zipfile.ZipInfo(file.relative_to(folder).as_posix()), file.read_bytes())
    return buffer.getvalue()
