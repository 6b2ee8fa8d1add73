"""Tables with a place or an area in each row: populations, candidates for sites."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.area_files import areas_of, no_area
from geo.files.column_matching import columns_found, find_columns
from geo.files.coordinates import read_pairs, stated_system, to_wgs84
from geo.files.crs_detection import Ground, detect
from geo.files.crs_hints import hint_of
from geo.files.formats import read_file
from geo.files.raw_file import RawFile
from geo.files.row_geometry import FIRST_ROW, POLYGONS, points_taken
from geo.files.unread_columns import columns_left
from geo.study.findings import Finding

_PLACE = {"lon": ("longitude", "lng", "x", "经度", "东经"), "lat": ("latitude", "y", "纬度", "北纬")}

_SAY_DATUM = Text(
    "已按最可能的坐标系读取；如不对，请在文件名中写明坐标系（wgs84、gcj02、bd09）后重试",
    "It is read so; if that is wrong, name the system in the file's name (wgs84, gcj02, bd09) and read it again",
)


class Placed(NamedTuple):
    """
    The rows of a file.

    Attributes
    ----------
    fields
        The columns that were asked for, as text; the index is the row in the file.
    geometry
        Shape (n,): points and areas in WGS 84, None where a row has no place.
    findings
        What was wrong with rows, by the numbers of the index.
    unread
        Columns that nothing reads.
    located
        Findings with the sheet and the row in it, where rows of several sheets were read: `RawFile.located`.
    """

    fields: pd.DataFrame
    geometry: NDArray[np.object_]
    findings: list[Finding]
    unread: list[str]
    located: Callable[[Iterable[Finding]], list[Finding]]


def read_placed(
    file: Path, fields: Mapping[str, Sequence[str]], what: Text, ground: Ground, sheets: Sequence[str] = ()
) -> Placed:
    """
    Read a file of areas, or a table or file of points.

    Parameters
    ----------
    file
        The file.
    fields
        What to read, and what its columns may be called, as `geo.files.column_matching.find_columns` takes them.
    what
        Its name in errors.
    ground
        The study's streets: which coordinate system coordinates are in.
    sheets
        The sheets or layers to read; by default all that fit.

    Raises
    ------
    InputError
        If it cannot be read, or its coordinates are of no system that puts them into the study.
    """
    raw = read_file(file, prefer_areas=True, sheets=sheets)
    if raw.shapes is not None and np.isin(shapely.get_type_id(raw.shapes), POLYGONS).any():
        shapes, problems = areas_of(raw, file, ground)
        return Placed(
            find_columns(raw.table, fields), shapes, [*raw.findings, *problems], _unread(raw, fields), raw.located
        )
    found = find_columns(raw.table, {**fields, **_PLACE})
    pairs = read_pairs(found["lon"], found["lat"])
    if raw.points is not None:
        own = raw.points[found.index.to_numpy() - FIRST_ROW]
        there = ~shapely.is_missing(own)
        pairs[there] = shapely.get_coordinates(own[there])
    findings = list(raw.findings) + ([] if raw.shapes is None else points_taken(raw.shapes))
    geometry = np.full(len(found), None, dtype=object)
    given = np.isfinite(pairs).all(axis=1)
    if given.any():
        system = stated_system(raw.crs)
        if system is None:
            headers = raw.table.columns.tolist()
            verdict = detect(pairs, ground, hint_of(file.name, headers, headers))
            system = verdict.system
            if system is None:
                remedy = Text("请核对坐标列和坐标系", "Check the columns and their system")
                raise InputError(file, verdict.text, remedy, column="lon, lat")
            if not verdict.sure:
                findings.append(Finding(None, "lon, lat", verdict.text, _SAY_DATUM))
        lonlat = to_wgs84(pairs, system)
        given &= np.isfinite(lonlat).all(axis=1)
        geometry[given] = shapely.points(lonlat[given])
    elif any(finding.column == "geometry" and finding.row is not None for finding in findings):
        raise no_area(file, what, findings)
    return Placed(found.drop(columns=list(_PLACE)), geometry, findings, _unread(raw, {**fields, **_PLACE}), raw.located)


def _unread(raw: RawFile, fields: Mapping[str, Sequence[str]]) -> list[str]:
    return columns_left(raw, set(columns_found(raw.table, fields).values()))
