"""Files of which one row's geometry is broken."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely

RING: Final = [[24.94, 60.167], [24.941, 60.167], [24.941, 60.168], [24.94, 60.167]]
SQUARE: Final = {"type": "Polygon", "coordinates": [RING]}
UNCLOSED: Final = {"type": "Polygon", "coordinates": [RING[:3]]}


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    """Return a GeoJSON feature."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def write_geojson(folder: Path, features: list[dict[str, Any]], name: str = "areas.geojson") -> Path:
    """Write features without any check of their geometry."""
    file = folder / name
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return file


def unclosed_wkb() -> bytes:
    """Return WKB of a polygon whose ring is not closed."""
    good = bytearray(shapely.to_wkb(shapely.Polygon(RING), byte_order=1))
    good[-16:] = bytearray(shapely.to_wkb(shapely.Point(24.95, 60.17), byte_order=1)[-16:])
    return bytes(good)


def write_geopackage(folder: Path) -> Path:
    """Write two areas, "good" and "broken"; the ring of the second is not closed."""
    file = folder / "areas.gpkg"
    frame = gpd.GeoDataFrame({"name": ["good", "broken"]}, geometry=[shapely.Polygon(RING)] * 2, crs=4326)
    frame.to_file(file, layer="areas", layer_options={"SPATIAL_INDEX": "NO"})
    with sqlite3.connect(file) as connection:
        (blob,) = connection.execute("SELECT geom FROM areas WHERE name = 'broken'").fetchone()
        wkb = shapely.to_wkb(shapely.Polygon(RING), byte_order=1)
        broken = bytes(blob)[: len(blob) - len(wkb)] + unclosed_wkb()
        connection.execute("DROP TRIGGER IF EXISTS trigger_insert_feature_count_areas")
        connection.execute("UPDATE areas SET geom = ? WHERE name = 'broken'", (broken,))
    return file
