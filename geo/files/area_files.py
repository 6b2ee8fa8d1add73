"""Files of areas: a boundary, a city's quarters."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyogrio.errors
import shapely

from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.map_files import dbf_encoding


def read_polygons(file: Path, what: Text) -> gpd.GeoDataFrame:
    """
    Read the polygons of a GeoJSON, GeoPackage or shapefile (whose names may be in GBK), in WGS 84 and valid.

    Parameters
    ----------
    file
        The file.
    what
        What it is, for errors: "boundary", "quarters".

    Raises
    ------
    InputError
        If it cannot be read, or has no polygon.
    """
    try:
        encoding = {"encoding": dbf_encoding(file)} if file.suffix.lower() == ".shp" else {}
        shapes = gpd.read_file(file, **encoding)
    except (pyogrio.errors.DataSourceError, OSError, ValueError) as error:
        raise InputError(
            file,
            Text(f"无法读取{what.zh}（{error}）", f"The {what.en} cannot be read ({error})"),
            Text(
                "请提供含面的 GeoJSON、GeoPackage 或 Shapefile", "Give a GeoJSON, GeoPackage or Shapefile of polygons"
            ),
        ) from error
    if shapes.crs is not None:
        shapes = shapes.to_crs(WGS84)
    polygons = shapes[shapes.geom_type.isin(["Polygon", "MultiPolygon"])] if len(shapes) else shapes
    if len(polygons) == 0:
        raise InputError(
            file,
            Text(f"{what.zh}文件中没有面", f"The file of the {what.en} has no polygon"),
            Text("请提供面状数据", "Give polygons"),
        )
    valid = shapely.make_valid(polygons.geometry.to_numpy())
    return polygons.set_geometry(gpd.GeoSeries(valid, index=polygons.index, crs=WGS84)).reset_index(drop=True)
