"""Cut a study's layers into vector tiles: one PMTiles archive per layer and version."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import geopandas as gpd
import platformdirs
from freestiler import FreestileLayer, freestile

from geo.study import about, read_layer
from layers import context, points, streets

MIN_ZOOM: Final = 9
MAX_ZOOM: Final = 14
"""Nearer than this the map enlarges the tiles: a unit of a tile is below half a metre then."""

CUTTERS: Final[Mapping[str, Callable[[gpd.GeoDataFrame], dict[str, FreestileLayer]]]] = {
    "context": context.tile_layers,
    "streets": streets.tile_layers,
    **dict.fromkeys(points.KINDS, points.tile_layers),
}
"""The layers that have tiles, bottom first, and what makes a tile's layers of a table."""

_lock = threading.Lock()


def tile_name(study: Path, layer: str) -> str:
    """Return the name of a layer's archive: it changes whenever the layer's data do."""
    return f"{layer}-{about(study)[f'version:{layer}']}"


def tile_archive(study: Path, layer: str, folder: Path | None = None) -> Path | None:
    """
    Return the archive of a layer's tiles, cutting it if the data changed since the last cut.

    Parameters
    ----------
    study
        The study file.
    layer
        One of `CUTTERS`.
    folder
        Where archives are kept; by default the user's cache folder.

    Returns
    -------
    archive
        A PMTiles file, or None for a layer without features.
    """
    facts = about(study)
    home = (folder or Path(platformdirs.user_cache_dir("jiexu")) / "tiles") / facts["study_id"]
    archive = home / f"{layer}-{facts[f'version:{layer}']}.pmtiles"
    with _lock:
        if archive.is_file():
            return archive
        table = read_layer(study, layer)
        cut = CUTTERS[layer](gpd.GeoDataFrame(table, geometry="geometry", crs=4326))
        cut = {name: tile for name, tile in cut.items() if len(tile.input)}
        if not cut:
            return None
        home.mkdir(parents=True, exist_ok=True)
        aside = home / f".{secrets.token_hex(4)}.pmtiles"
        freestile(
            cut,
            aside,
            min_zoom=MIN_ZOOM,
            max_zoom=MAX_ZOOM,
            generate_ids=False,
            quiet=True,
        )
        for old in home.glob(f"{layer}-*.pmtiles"):
            with suppress(OSError):  # still being sent to somebody
                old.unlink()
        aside.replace(archive)
    return archive
