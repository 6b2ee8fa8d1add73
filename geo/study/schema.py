"""The schema of the study file: all layers with their columns, and tables brought to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from geo.study.layers import complaints, facilities, ground, parking, points, records, stalls, streets
from geo.study.layers.codes import (
    GRADED,
    INGREDIENTS,
    POINT_KINDS,
    SYNTHETIC,
    TIER_SOURCES,
    TIERS,
    Tier,
)
from geo.study.layers.columns import LOCATED
from geo.study.layers.columns import PLACED as _PLACED
from geo.study.layers.description import FLAG, TEXT, Layer

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = [
    "COLUMNS",
    "FREE_TABLES",
    "GEOMETRY_TYPES",
    "GRADED",
    "INGREDIENTS",
    "LAYERS",
    "LOCATION",
    "PLACED",
    "POINT_KINDS",
    "SPATIAL_LAYERS",
    "STUDY_LAYERS",
    "SYNTHETIC",
    "TABLES",
    "TIERS",
    "TIER_SOURCES",
    "Tier",
    "conform",
    "conform_geo",
    "empty_layer",
    "together",
]

_ROOMS: Final = (streets, points, ground, stalls, parking, complaints, facilities, records)

STUDY_LAYERS: Final[Mapping[str, Layer]] = {layer.name: layer for room in _ROOMS for layer in room.LAYERS}
"""Every layer and table of the study file, by name."""

FREE_TABLES: Final[Mapping[str, Layer]] = {table.name: table for table in records.FREE_TABLES}
"""Tables beside them, which no reader holds to columns."""

COLUMNS: Final[dict[str, tuple[str, ...]]] = {name: tuple(layer.columns) for name, layer in STUDY_LAYERS.items()}
"""The columns of each layer besides its geometry, in order. Lengths in metres, areas in square metres."""

GEOMETRY_TYPES: Final[Mapping[str, str]] = {
    name: layer.geometry for name, layer in STUDY_LAYERS.items() if layer.geometry is not None
}
"""What the rows of each spatial layer are drawn as."""

SPATIAL_LAYERS: Final = tuple(GEOMETRY_TYPES)
TABLES: Final = tuple(name for name in STUDY_LAYERS if name not in GEOMETRY_TYPES)
LAYERS: Final = (*SPATIAL_LAYERS, *TABLES)

LOCATION: Final = tuple(LOCATED)
"""A point's linear reference, and how far it is from its segment."""

PLACED: Final = tuple(_PLACED)
"""How sure the place of a point is, and which import it came with."""


def conform(table: pd.DataFrame, layer: str) -> pd.DataFrame:
    """
    Return `table` with exactly the columns of `layer` (and its geometry), in order and of the declared types.

    Missing columns come empty: flags as false, all others as missing.
    """
    import pandas as pd  # noqa: PLC0415 (the names in this module are used where no table is read)

    result = table.copy(deep=False)
    for name, column in STUDY_LAYERS[layer].columns.items():
        if name not in result:
            result[name] = False if column.dtype == FLAG else None
        if column.dtype == TEXT:
            text = result[name].to_numpy(dtype=object, na_value=None)
            result[name] = pd.Series(text, index=result.index, dtype=object)
        elif column.dtype.startswith("datetime64"):
            result[name] = pd.to_datetime(result[name], utc=True).astype(column.dtype)
        else:
            result[name] = result[name].astype(column.dtype)
    geometry = ["geometry"] if "geometry" in result else []
    return result[[*COLUMNS[layer], *geometry]].reset_index(drop=True)


def together(first: pd.DataFrame, second: pd.DataFrame, layer: str) -> Any:
    """Return the rows of two tables of a layer, as `conform` has them; their geometry, if any, is in WGS 84."""
    import geopandas as gpd  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    from geo.core.crs import WGS84  # noqa: PLC0415

    if second.empty:
        return first
    both = pd.concat([part for part in (first, second) if len(part)], ignore_index=True)
    if "geometry" not in both:
        return conform(both, layer)
    return conform_geo(gpd.GeoDataFrame(both, geometry="geometry", crs=WGS84), layer)


def conform_geo(table: gpd.GeoDataFrame, layer: str) -> gpd.GeoDataFrame:
    """Return `conform` of a table that has a geometry."""
    import geopandas as gpd  # noqa: PLC0415

    return gpd.GeoDataFrame(conform(table, layer), geometry="geometry", crs=table.crs)


def empty_layer(layer: str) -> Any:
    """Return a layer or table without rows."""
    import geopandas as gpd  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    from geo.core.crs import WGS84  # noqa: PLC0415

    if layer in GEOMETRY_TYPES:
        return conform_geo(gpd.GeoDataFrame(geometry=[], crs=WGS84), layer)
    return conform(pd.DataFrame(), layer)
