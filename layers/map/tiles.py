"""Cut a study's layers into vector tiles: one PMTiles archive per layer and version."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import threading
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

_lock = threading.Lock()


def _tiles_folder(folder: Path | None) -> Path:
    return folder or Path(platformdirs.user_cache_dir("jiexu")) / "tiles"


def _home(study: Path, facts: Mapping[str, str], folder: Path | None) -> Path:
    """Return the folder of a study's archives; each copy of a study has its own: not everybody may see them all."""
    path = os.fsencode(study.resolve())
    digest = hashlib.blake2b(path, digest_size=_DIGEST_BYTES).hexdigest()
    return _tiles_folder(folder) / f"{facts['study_id']}-{digest}"


def _archive(home: Path, layer: str, key: str) -> Path:
    return home / f"{layer}-{key}.pmtiles"


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
        Where archives are kept; by default the user's cache folder.

    Returns
    -------
    archive
        A PMTiles file, or None for a layer without features. Its name changes with the data.
    """
    try:
        opened = Study(study)
    except StudyError:
        sweep_tiles(folder)
        raise
    described = BY_NAME[layer]
    home = _home(study, opened.seen, folder)
    archive = _archive(home, layer, described.made_of.key(opened.seen))
    nothing = archive.with_suffix(".empty")
    with _lock:
        if archive.is_file():
            return archive
        if nothing.is_file():
            return None
        if _make_home(home, opened) and archive.is_file():
            return archive
        table = opened.layer(described.source)
        cut = described.tiles(table[table.geometry.notna()]) if len(table) else {}
        cut = {name: _on_both_sides(tile) for name, tile in cut.items() if len(tile.input)}
        before = [*home.glob(f"{layer}-*.pmtiles"), *home.glob(f"{layer}-*.empty")]
        for old in sorted(before, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]:
            with suppress(OSError):  # still being sent to somebody
                old.unlink()
        if not cut:
            nothing.touch()
            return None
        aside = home / f".{secrets.token_hex(4)}.pmtiles"
        freestile(cut, aside, min_zoom=MIN_ZOOM, max_zoom=MAX_ZOOM, generate_ids=False, quiet=True)  # type: ignore[arg-type]
        aside.chmod(_OWNER_ONLY & 0o666)
        aside.replace(archive)
    return archive


def _take_over(home: Path, opened: Study) -> None:
    """Take over the tiles of today from a copy of the study, or from the study before it was renamed."""
    study_id = home.name.rpartition("-")[0]
    for layer, described in BY_NAME.items():
        archive = _archive(home, layer, described.made_of.key(opened.seen))
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
    for home in [path for path in _tiles_folder(folder).glob("*") if path.is_dir()]:
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
