"""The parts of a file that is several: found by name, whatever the case of their suffixes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def copied_parts(path: Path, folder: Path, suffixes: Sequence[str]) -> dict[str, Path]:
    """
    Copy the parts of a file under a name of ours.

    Parameters
    ----------
    path
        One of its parts.
    folder
        Where the copies go.
    suffixes
        The suffixes of the parts, in lower case.

    Returns
    -------
    parts
        The copy by suffix, of the parts that exist; of two that differ by case only, the one spelt like `path`.
    """
    stem = path.stem.casefold()
    beside = [each for each in path.parent.iterdir() if each.stem.casefold() == stem and each.is_file()]
    beside.sort(key=lambda each: (each.stem == path.stem, each.suffix in (path.suffix, each.suffix.lower())))
    found = {each.suffix.lower(): each for each in beside}
    parts = {}
    for suffix in suffixes:
        if suffix in found:
            parts[suffix] = folder / f"data{suffix}"
            parts[suffix].write_bytes(found[suffix].read_bytes())
    return parts
