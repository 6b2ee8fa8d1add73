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

from geo.core.antimeridian import cut_at_antimeridian
from geo.core.arrays import Floats
from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.coordinates import System, named_datum, to_wgs84
from geo.files.crs_detection import Ground, detect
from geo.files.formats import read_file
from geo.files.raw_file import RawFile
from geo.files.row_geometry import FIRST_ROW, POLYGONS, Shapes, left_out, valid_areas
from geo.files.shaped_rows import to_wgs84_shapes
from geo.study.findings import Finding

_AROUND: Final = 360.0
_POLE: Final = 90.0
_MOST: Final = 0.5
_HARDLY: Final = 0.05
"""Shares of areas within the study that speak for a system, and against one."""
_NO_GEOMETRY: Final = Text("没有几何", "No geometry")
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


def read_areas(file: Path, what: Text, ground: Ground | None = None, sheets: Sequence[str] = ()) -> Areas:
    """
    Read the areas of a file, in WGS 84 and valid.

    Parameters
    ----------
    file
        As `geo.files.formats.read_file` takes it.
    what
        Its name in errors: "boundary", "quarters".
    ground
        As `areas_of` takes it.
    sheets
        The sheets or layers to read; by default all that fit.

    Raises
    ------
    InputError
        If it cannot be read, or has no usable polygon; it names the first row whose geometry is at fault.
    """
    raw = read_file(file, prefer_areas=True, sheets=sheets)
    shapes, findings = areas_of(raw, file, ground)
    findings = raw.located([*raw.findings, *findings])
    usable = ~shapely.is_missing(shapes)
    if not usable.any():
        raise no_area(file, what, findings)
    table = raw.table.drop(columns="geometry", errors="ignore")
    kept = gpd.GeoDataFrame(table[usable].reset_index(drop=True), geometry=shapes[usable], crs=WGS84)
    return Areas(kept, findings)


def areas_of(raw: RawFile, file: Path, ground: Ground | None = None) -> Shapes:
    """
    Return the areas of a file that was read: valid polygons in WGS 84, None for the other rows.

    Parameters
    ----------
    raw
        As `geo.files.formats.read_file` returns.
    file
        The file, for errors.
    ground
        The study's streets, where there are any yet: whether the coordinates are as the file states them.

    Raises
    ------
    InputError
        If its coordinate system cannot be converted.
    """
    shapes: NDArray[np.object_] = np.full(len(raw.table), None, dtype=object)
    if raw.shapes is None:
        return Shapes(shapes, [])
    rows = raw.table.index.to_numpy() - FIRST_ROW
    own = raw.shapes[rows]
    given = ~shapely.is_missing(own) & ~shapely.is_empty(own)
    polygon = np.isin(shapely.get_type_id(own), POLYGONS)
    shapes[given & polygon] = own[given & polygon]
    known = {finding.row for finding in raw.findings if finding.column == "geometry"}
    empty = [row for row in rows[~given] if row + FIRST_ROW not in known]
    findings = left_out(np.array(empty, dtype=np.int64), _NO_GEOMETRY) + left_out(rows[given & ~polygon], _NOT_AREA)
    system = named_datum(raw.crs)
    if system is not None:
        inside = ~shapely.is_missing(shapes)
        shapes[inside] = shapely.transform(shapes[inside], lambda xy: to_wgs84(xy, system))
    elif raw.crs is not None:
        shapes = to_wgs84_shapes(file, shapes, raw.crs)
    shapes, moved = _right_way_round(shapes, rows, raw.crs, ground)
    findings += moved
    shapes = _once_around(shapes)
    away = polygon & given & ~_on_earth(shapes)
    findings += left_out(rows[away], Text("坐标不在该坐标系内", "The coordinates are none of that system"))
    shapes[away] = None
    shapes, problems = valid_areas(shapes)
    findings += [_at(finding, rows) for finding in problems]
    flat = ~shapely.is_missing(shapes) & (shapely.area(shapes) == 0)
    findings += left_out(rows[flat], Text("面积为 0", "Its area is 0"))
    shapes[flat] = None
    return Shapes(shapes, findings)


def _at(finding: Finding, rows: NDArray[np.int64]) -> Finding:
    """Return a finding about a position as one about the row that stands there."""
    return finding if finding.row is None else finding._replace(row=int(rows[finding.row - FIRST_ROW]) + FIRST_ROW)


def _right_way_round(
    shapes: NDArray[np.object_], rows: NDArray[np.int64], crs: pyproj.CRS | None, ground: Ground | None
) -> tuple[NDArray[np.object_], list[Finding]]:
    """
    Return areas in WGS 84 of a file with latitude first, or in another system than it says, with a finding.

    The streets tell it: as the file says, hardly an area comes into the study, and in another way most do. Without
    streets, latitudes beyond the poles tell it.
    """
    inside = ~shapely.is_missing(shapes)
    if not inside.any():
        return shapes, []
    corners = shapely.get_coordinates(shapely.point_on_surface(shapely.envelope(shapes[inside])))
    system = _fitting(corners, ground) if ground is not None else _beyond_poles(corners)
    if system is None:
        return shapes, []
    result = shapes.copy()
    result[inside] = shapely.transform(shapes[inside], lambda xy: to_wgs84(xy, system))
    said = Text(
        "按文件所说的坐标系，这些面不在研究范围内", "As the file states its coordinates, its areas lie elsewhere"
    )
    if ground is None:
        said = Text("纬度写在经度前面", "Latitude stands before longitude")
    return result, [Finding(None, "geometry", said, Text(f"已按 {system} 读取", f"They are read as {system}"))]


def _beyond_poles(corners: Floats) -> System | None:
    """Return the way round of degrees where only the first can be the latitude."""
    size = np.abs(corners)
    swapped = (size[:, 1] > _POLE) & (size[:, 1] <= 2 * _POLE) & (size[:, 0] <= _POLE)
    return System("WGS84", True) if swapped.mean() > _MOST else None


def _fitting(corners: Floats, ground: Ground) -> System | None:
    """Return the system that puts areas into the study, where the plain one puts hardly any into it."""
    verdict = detect(corners, ground)
    plain = next((each for each in verdict.candidates if each.system == System("WGS84")), None)
    best = verdict.candidates[0] if verdict.candidates else None
    if best is None or best.inside < _MOST or (plain is not None and plain.inside >= _HARDLY):
        return None
    return best.system


def _once_around(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Cut areas that run past the antimeridian, or have corners on both sides of it."""
    inside = ~shapely.is_missing(shapes)
    west, south, east, north = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore"):
        near = inside & (west >= -_AROUND) & (east <= _AROUND) & (south >= -_POLE) & (north <= _POLE)
        past = near & ((west < -_AROUND / 2) | (east > _AROUND / 2)) & (east - west < _AROUND / 2)
        across = near & ~past & (east - west > _AROUND / 2)
    across[across] = [_on_both_sides(shape) for shape in shapes[across]]
    chosen = np.flatnonzero(past | across)
    if len(chosen) == 0:
        return shapes
    result = shapes.copy()
    # all within one turn first: then parts beyond it are seen by their width
    turned = shapely.transform(shapes[chosen], lambda xy: np.column_stack([(xy[:, 0] + 180) % 360 - 180, xy[:, 1]]))
    result[chosen] = cut_at_antimeridian(turned)
    return result


def _on_both_sides(shape: shapely.Geometry) -> bool:
    """Tell whether an area with corners on both sides of the antimeridian lies across it, and not around the globe."""
    longitude = shapely.get_coordinates(shape)[:, 0]
    turned = longitude % _AROUND
    return bool((np.abs(longitude) > _POLE).all() and 0 < np.ptp(turned) < _AROUND / 4)


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
