"""Files under names that a library would take for an address."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

_ADDRESS: Final = re.compile(r"[;!\t\r\n]|\?$")
"""Parameters, members of an archive and an empty query of a URI: pyogrio reads a path as one."""
_PLAIN: Final = "data"


def write_under(path: Path, write: Callable[[Path], object]) -> None:
    """
    Write a file, and the parts of the same stem that come with it, whatever characters its path has.

    Parameters
    ----------
    path
        The file.
    write
        Writes it under the path that it is given.
    """
    if not _ADDRESS.search(str(path)):
        write(path)
        return
    with tempfile.TemporaryDirectory(prefix="jiexu-") as folder:
        write(Path(folder) / f"{_PLAIN}{path.suffix}")
        for part in Path(folder).iterdir():
            shutil.copyfile(part, path.with_name(path.stem + part.name.removeprefix(_PLAIN)))
