"""Cut a study's layers into vector tiles: one PMTiles archive per layer and version."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import geopandas as gpd
import platformdirs
from freestiler import FreestileLayer, freestile

from geo.study.file import about, read_layer
from layers import (
    bays,
    context,
    coverage,
    facilities,
    hotspots,
    kerb_exclusions,
    oneway,
    other,
    parking_differences,
    parking_need,
    patrols,
    points,
    sites,
    stall_zones,
    streets,
)
from layers.zooms import MAX_ZOOM, MIN_ZOOM


class Cutter(NamedTuple):
    """
    A layer of the map: from which layer of the study it is cut, into which tile layers, and what dates it.

    A layer with `drawing` is drawn as that says and is shown on request; the others have rules in `jiexu-map.js`.
    """

    source: str
    tile_layers: Callable[[gpd.GeoDataFrame], dict[str, FreestileLayer]]
    dated_by: str
    drawing: Sequence[Mapping[str, Any]] = ()


CUTTERS: Final[Mapping[str, Cutter]] = {
    "context": Cutter("context", context.tile_layers, "context"),
    "catchments": Cutter("catchments", coverage.catchment_tiles, "catchments", coverage.CATCHMENTS),
    "coverage_gaps": Cutter("coverage_gaps", coverage.gap_tiles, "coverage_gaps", coverage.GAPS),
    "streets": Cutter("streets", streets.tile_layers, "streets"),
    # a decision changes a segment's tier, never its direction: only a build does
    "oneway": Cutter("roads", oneway.tile_layers, "context"),
    "kerb_exclusions": Cutter(
        "kerb_exclusions", kerb_exclusions.tile_layers, "kerb_exclusions", kerb_exclusions.DRAWING
    ),
    "stall_zones": Cutter("stall_zones", stall_zones.tile_layers, "stall_zones", stall_zones.DRAWING),
    "patrol_districts": Cutter("patrol_districts", patrols.district_tiles, "patrol_districts", patrols.DISTRICTS),
    "patrol_rounds": Cutter("patrol_rounds", patrols.round_tiles, "patrol_rounds", patrols.ROUNDS),
    "hotspots": Cutter("hotspots", hotspots.tile_layers, "hotspots", hotspots.DRAWING),
    "parking_need": Cutter("parking_need", parking_need.tile_layers, "parking_need", parking_need.DRAWING),
    "parking_differences": Cutter(
        "parking_differences", parking_differences.tile_layers, "parking_differences", parking_differences.DRAWING
    ),
    "bays": Cutter("bays", bays.tile_layers, "bays", bays.DRAWING),
    "coverage": Cutter("coverage", coverage.tile_layers, "coverage", coverage.DRAWING),
    "facilities": Cutter("facilities", facilities.tile_layers, "facilities", facilities.DRAWING),
    "sites": Cutter("sites", sites.tile_layers, "sites", sites.DRAWING),
    "other": Cutter("other", other.tile_layers, "other", other.DRAWING),
    **{kind: Cutter(kind, points.tile_layers, kind) for kind in points.KINDS},
}
"""The map's layers that have tiles, bottom first."""

_KEPT: Final = 3
"""Archives of before a change that are kept: maps that are open elsewhere ask for them until their page runs again."""

_lock = threading.Lock()


def _home(facts: Mapping[str, str], folder: Path | None) -> Path:
    return (folder or Path(platformdirs.user_cache_dir("jiexu")) / "tiles") / facts["study_id"]


def kept_archive(study: Path, name: str, folder: Path | None = None) -> Path | None:
    """Return the archive of this name, of now or of before a recent change, or None."""
    archive = _home(about(study), folder) / name
    return archive if archive.is_file() and archive.suffix == ".pmtiles" else None


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
        A PMTiles file, or None for a layer without features. Its name changes with the data.
    """
    facts = about(study)
    cutter = CUTTERS[layer]
    home = _home(facts, folder)
    archive = home / f"{layer}-{facts[f'version:{cutter.dated_by}']}.pmtiles"
    nothing = archive.with_suffix(".empty")
    with _lock:
        if archive.is_file():
            return archive
        if nothing.is_file():
            return None
        table = gpd.GeoDataFrame(read_layer(study, cutter.source), geometry="geometry", crs=4326)
        cut = cutter.tile_layers(table[table.geometry.notna()]) if len(table) else {}
        cut = {name: tile for name, tile in cut.items() if len(tile.input)}
        home.mkdir(parents=True, exist_ok=True)
        before = [*home.glob(f"{layer}-*.pmtiles"), *home.glob(f"{layer}-*.empty")]
        for old in sorted(before, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]:
            with suppress(OSError):  # still being sent to somebody
                old.unlink()
        if not cut:
            nothing.touch()
            return None
        aside = home / f".{secrets.token_hex(4)}.pmtiles"
        freestile(cut, aside, min_zoom=MIN_ZOOM, max_zoom=MAX_ZOOM, generate_ids=False, quiet=True)  # type: ignore[arg-type]
        aside.replace(archive)
    return archive
