"""The kinds of files that a layer is exported to, by suffix."""

from __future__ import annotations

from typing import Final

DRIVERS: Final = {".geojson": "GeoJSON", ".json": "GeoJSON", ".gpkg": "GPKG", ".shp": "ESRI Shapefile"}
"""GDAL's driver by suffix, for the formats that GDAL writes."""

SUFFIXES: Final = (*DRIVERS, ".parquet", ".csv", ".xlsx")
"""Every suffix that an export takes."""
