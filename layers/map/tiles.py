"""Cut a study's layers into vector tiles: one PMTiles archive per layer and version, when it is asked for."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import struct
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import platformdirs
from freestiler import FreestileLayer, freestile

from geo.core.antimeridian import cut_at_antimeridian
from geo.core.errors import StudyError
from geo.study.file import about
from geo.study.reader import Study
from layers.map_layer import MAX_ZOOM, MIN_ZOOM
from layers.registry import BY_NAME

_KEPT: Final = 3
"""Archives of before a change that are kept: maps that are open elsewhere ask for them until their page runs again."""

_OWNER_ONLY: Final = 0o700
_STUDIES: Final = "studies.txt"
"""Names the file of the study that a folder of archives is of."""

_DIGEST_BYTES: Final = 6

_UNKNOWN_KEPT_S: Final = 86_400
"""Archives without a list of studies are kept so long after their last change."""

_HEADER: Final = struct.Struct("<7sB11Q6B4iB2i")
"""The header of a PMTiles archive, version 3."""


def tiles_folder() -> Path:
    """Return the folder of all archives, in the user's cache folder."""
    return Path(platformdirs.user_cache_dir("jiexu")) / "tiles"


def _home(study: Path, facts: Mapping[str, str], folder: Path | None) -> Path:
    """Return the folder of a study's archives; each copy of a study has its own: not everybody may see them all."""
    path = os.fsencode(study.resolve())
    digest = hashlib.blake2b(path, digest_size=_DIGEST_BYTES).hexdigest()
    return (folder or tiles_folder()) / f"{facts['study_id']}-{digest}"


def _on_both_sides(tile: FreestileLayer) -> FreestileLayer:
    """Cut the shapes of a tile layer at the antimeridian."""
    rows = tile.input
    shapes = rows.geometry.to_numpy()
    cut = cut_at_antimeridian(shapes)
    return (
        tile if cut is shapes else replace(tile, input=rows.set_geometry(gpd.GeoSeries(cut, rows.index, crs=rows.crs)))
    )


def kept_archive(study: Path, name: str, folder: Path | None = None) -> Path | None:
    """Return the archive of this name, of now or of before a recent change, or None."""
    try:
        facts = about(study)
    except StudyError:
        sweep_tiles(folder)
        raise
    archive = _home(study, facts, folder) / name
    return archive if archive.is_file() and archive.suffix == ".pmtiles" else None


def _opened(study: Path, folder: Path | None) -> Study:
    try:
        return Study(study)
    except StudyError:
        sweep_tiles(folder)
        raise


def archive_names(study: Path, folder: Path | None = None) -> dict[str, str]:
    """
    Return the name of today's archive of each layer with rows, whether it is cut or not; it changes with the data.

    Raises
    ------
    StudyError
        If the study is not there, or cannot be read.
    """
    opened = _opened(study, folder)
    filled = opened.filled(*(layer.source for layer in BY_NAME.values()))
    return {name: _name(opened, name) for name, layer in BY_NAME.items() if layer.source in filled}


def _name(opened: Study, layer: str) -> str:
    return f"{layer}-{BY_NAME[layer].made_of.key(opened.seen)}.pmtiles"


def tile_archive(study: Path, layer: str, folder: Path | None = None) -> Path | None:
    """
    Return the archive of a layer's tiles, cutting it if the data changed since the last cut.

    Parameters
    ----------
    study
        The study file.
    layer
        One of `layers.registry.BY_NAME`.
    folder
        Where archives are kept; by default `tiles_folder`.

    Returns
    -------
    archive
        A PMTiles file, or None for a layer without rows. Its name is that of `archive_names`.

    Raises
    ------
    StudyError
        If the study is not there, or cannot be read.
    """
    opened = _opened(study, folder)
    described = BY_NAME[layer]
    if not opened.filled(described.source):
        return None
    home = _home(study, opened.seen, folder)
    archive = home / _name(opened, layer)
    if archive.is_file() or (_make_home(home, opened) and archive.is_file()):
        return archive
    table = opened.layer(described.source)
    cut = described.tiles(table[table.geometry.notna()])
    cut = {name: _on_both_sides(tile) for name, tile in cut.items() if len(tile.input)}
    before = home.glob(f"{layer}-*.pmtiles")
    for old in sorted(before, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]:
        with suppress(OSError):  # still being sent to somebody
            old.unlink()
    aside = home / f".{secrets.token_hex(4)}.pmtiles"
    if cut:
        freestile(cut, aside, min_zoom=MIN_ZOOM, max_zoom=MAX_ZOOM, generate_ids=False, quiet=True)  # type: ignore[arg-type]
    else:
        aside.write_bytes(_no_tiles())
    aside.chmod(_OWNER_ONLY & 0o666)
    aside.replace(archive)
    return archive


def _no_tiles() -> bytes:
    """Return an archive without tiles, as of rows that have no place: the map asks for it like for any other."""
    directory, metadata, uncompressed, vector = b"\x00", b"{}", 1, 1
    starts = _HEADER.size, _HEADER.size + len(directory)
    end = starts[1] + len(metadata)
    sizes = (starts[0], len(directory), starts[1], len(metadata), end, 0, end, 0, 0, 0, 0)
    kinds = (1, uncompressed, uncompressed, vector, MIN_ZOOM, MAX_ZOOM)
    return _HEADER.pack(b"PMTiles", 3, *sizes, *kinds, 0, 0, 0, 0, MIN_ZOOM, 0, 0) + directory + metadata


def _take_over(home: Path, opened: Study) -> None:
    """Take over the tiles of today from a copy of the study, or from the study before it was renamed."""
    study_id = home.name.rpartition("-")[0]
    for layer in BY_NAME:
        archive = home / _name(opened, layer)
        for cut in home.parent.glob(f"{study_id}-*/{archive.name}"):
            with suppress(OSError):  # there by now, or a disk without links
                os.link(cut, archive)


def sweep_tiles(folder: Path | None = None) -> int:
    """
    Remove the archives of studies that are no longer there.

    Parameters
    ----------
    folder
        Where archives are kept; by default the user's cache folder.

    Returns
    -------
    swept
        The number of studies that they were of.
    """
    swept = 0
    for home in [path for path in (folder or tiles_folder()).glob("*") if path.is_dir()]:
        studies = _studies_of(home)
        # of an earlier version, which may be at work
        earlier = not studies or "-" not in home.name
        recent = earlier and time.time() - home.stat().st_mtime < _UNKNOWN_KEPT_S
        there = not earlier and any(Path(study).exists() for study in studies)
        if not recent and not there:
            shutil.rmtree(home, ignore_errors=True)
            swept += 1
    return swept


def _studies_of(home: Path) -> list[str]:
    try:
        return (home / _STUDIES).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []


def _make_home(home: Path, opened: Study) -> bool:
    """Make the folder of a study's archives, for its owner alone, and note the study; sweep others. Tell whether it
    is new."""
    path = str(opened.path.resolve())
    if path in _studies_of(home):
        return False
    home.mkdir(parents=True, exist_ok=True)
    for each in (home.parent, home):
        with suppress(OSError):  # of somebody else
            each.chmod(_OWNER_ONLY)
    with (home / _STUDIES).open("a", encoding="utf-8") as file:
        file.write(f"{path}\n")
    _take_over(home, opened)
    sweep_tiles(home.parent)
    return True
