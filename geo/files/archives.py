"""Archives that may be unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

from geo.core.errors import InputError
from geo.core.text import Text

_MAX_UNPACKED: Final = 1_000_000_000
_MAX_RATIO: Final = 200
"""An archive that grows more than this is a bomb."""


def checked_members(path: Path) -> list[zipfile.ZipInfo]:
    """Return the members of a ZIP archive; refuse one that explodes or has paths leading out of it."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    if unpacked > _MAX_UNPACKED or (unpacked > 10_000_000 and unpacked / packed > _MAX_RATIO):
        raise InputError(
            path,
            Text("压缩包解开后过大", "The archive is too large when unpacked"),
            Text("请直接提供其中的文件", "Give the file that is in it"),
        )
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in member.filename.split("/")[0]:
            raise InputError(
                path,
                Text("压缩包中有指向外部的路径", "The archive has a path that leads out of it"),
                Text("请重新压缩这些文件", "Pack the files again"),
            )
    return members
