"""Files of areas: a boundary, a city's quarters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.formats import read_file
from geo.files.raw_file import RawFile
from geo.files.row_geometry import POLYGONS, Shapes, applied, left_out
from geo.study.findings import Finding

_EARTH: Final = (-180.0, -90.0, 180.0, 90.0)
_NOT_AREA: Final = Text("不是面", "Not an area")
_GIVE_AREAS: Final = Text("请提供面状数据", "Give polygons")


class Areas(NamedTuple):
    """
    The areas of a file.

    Attributes
    ----------
    table
        Valid polygons in WGS 84, with the other columns of the file as text; rows without a usable area are left out.
    findings
        Which rows were left out, and what else was doubtful in the file.
    """

    table: gpd.GeoDataFrame
    findings: list[Finding]


def read_areas(file: Path, what: Text) -> Areas:
    """
    Read the areas of a file, in WGS 84 and valid.

    Parameters
    ----------
    file
        GeoJSON, GeoPackage, GeoParquet, KML, or a shapefile (whose names may be in GBK), also zipped.
    what
        Its name in errors: "boundary", "quarters".

    Raises
    ------
    InputError
        If it cannot be read, or has no usable polygon; it names the first row whose geometry is at fault.
    """
    raw = read_file(file, prefer_areas=True)
    shapes, findings = areas_of(raw, file)
    findings = [*raw.findings, *findings]
    usable = ~shapely.is_missing(shapes)
    if not usable.any():
        raise no_area(file, what, findings)
    table = raw.table.drop(columns="geometry", errors="ignore")
    kept = gpd.GeoDataFrame(table[usable].reset_index(drop=True), geometry=shapes[usable], crs=WGS84)
    return Areas(kept, findings)


def areas_of(raw: RawFile, file: Path) -> Shapes:
    """
    Return the areas of a file that was read: valid polygons in WGS 84, None for the other rows.

    Parameters
    ----------
    raw
        As `geo.files.formats.read_file` returns.
    file
        The file, for errors.

    Raises
    ------
    InputError
        If its coordinate system cannot be converted.
    """
    shapes: NDArray[np.object_] = np.full(len(raw.table), None, dtype=object)
    if raw.shapes is None:
        return Shapes(shapes, [])
    given = ~shapely.is_missing(raw.shapes) & ~shapely.is_empty(raw.shapes)
    polygon = np.isin(shapely.get_type_id(raw.shapes), POLYGONS)
    shapes[given & polygon] = raw.shapes[given & polygon]
    findings = left_out(np.flatnonzero(given & ~polygon), _NOT_AREA)
    if raw.crs is not None:
        shapes = _in_degrees(shapes, raw.crs, file)
    away = polygon & given & ~_on_earth(shapes)
    findings += left_out(np.flatnonzero(away), Text("坐标不在该坐标系内", "The coordinates are none of that system"))
    shapes[away] = None
    shapes, problems = applied(shapely.make_valid, shapes)
    flat = ~shapely.is_missing(shapes) & (shapely.area(shapes) == 0)
    findings += problems + left_out(np.flatnonzero(flat), Text("面积为 0", "Its area is 0"))
    shapes[flat] = None
    return Shapes(shapes, findings)


def _in_degrees(shapes: NDArray[np.object_], crs: pyproj.CRS, file: Path) -> NDArray[np.object_]:
    try:
        return gpd.GeoSeries(shapes, crs=crs).to_crs(WGS84).to_numpy(dtype=object).copy()
    except (pyproj.exceptions.ProjError, pyproj.exceptions.CRSError) as error:
        raise InputError(
            file,
            Text(f"坐标系无法换算（{crs.name}）", f"Its coordinate system cannot be converted ({crs.name})"),
            Text("请用 GIS 软件转换为 WGS 84 后重新导出", "Export it in WGS 84"),
        ) from error


def _on_earth(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    west, south, east, north = shapely.bounds(shapes).T
    low_x, low_y, high_x, high_y = _EARTH
    with np.errstate(invalid="ignore"):
        inside: NDArray[np.bool_] = (west >= low_x) & (south >= low_y) & (east <= high_x) & (north <= high_y)
    return inside


def no_area(file: Path, what: Text, findings: Sequence[Finding]) -> InputError:
    """Return the refusal of a file without a usable area; it names the first row with faulty geometry, if any."""
    faults = (finding for finding in findings if finding.row is not None and finding.column == "geometry")
    fault = next((finding for finding in faults if finding.problem != _NOT_AREA), None)
    if fault is not None:
        return InputError(file, fault.problem, fault.action, row=fault.row, column=fault.column)
    return InputError(file, Text(f"{what.zh}文件中没有面", f"The file of the {what.en} has no polygon"), _GIVE_AREAS)
