"""Rows that are stretches of street: a street and the cross-streets at either end, or the file's own shapes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats
from geo.core.text import Text, pick
from geo.files.coordinates import System, to_wgs84
from geo.files.row_geometry import FIRST_ROW
from geo.points.gazetteer import Located, Locator
from geo.points.placing import located
from geo.rules.loader import Profile
from geo.streets.layer import streets_layer
from geo.streets.list_matching import match_list
from geo.streets.locating import locate
from geo.streets.sections import root_of
from geo.streets.street_lists import ListKind, StreetList
from geo.study.findings import Finding, findings_table

LAYER: Final = "stall_places"
_ROW: Final = "place_row"
_KIND: Final = ListKind(
    _ROW,
    (),
    Text("行", "row"),
    int,
    lambda word: (Text("该行无效", "The row is none"), Text("请改正", "Correct it")),
    LAYER,
)
_ROAD: Final = r"[\u3400-\u9fffA-Za-z0-9]{1,14}?(?:大道|大街|公路|路|街|巷|胡同|道)"
_TO: Final = r"\s*(?:路口)?\s*(?:至|到|—+|－|–|~|～|-)\s*"
_WRITTEN: Final = (
    re.compile(rf"^(?P<name>.+?)\s*[(（\[【](?:自|从|由)?(?P<one>.+?){_TO}(?P<two>.+?)(?:段|路段|之间)?[)）\]】]"),
    re.compile(rf"^(?P<name>{_ROAD})(?:自|从|由)?(?P<one>{_ROAD}){_TO}(?P<two>{_ROAD})(?:路段|段|之间)?"),
    re.compile(r"^(?P<name>.+?)\s+(?:from|between)\s+(?P<one>.+?)\s+(?:to|and)\s+(?P<two>.+?)$", re.IGNORECASE),
)
"""How an address may write a section: 人民路（建设路至解放路）, 人民路建设路至解放路段, High Street from A to B."""
_BY_ADDRESS: Final = Text("改按地址定位", "It is looked up as an address")
_KEPT: Final = Text("已导入；请核对路名", "It is kept; check the street's name")
_ALIKE: Final = "相似度"
_PLAIN: Final = re.compile(
    r"^(?:自|从|由|from\s+)?(?P<one>.+?)\s*(?:至|到|—+|－|–|~|～|-|\s+to\s+)\s*(?P<two>.+?)(?:路段|段)?$"
)


def shapes_of_rows(
    shapes: NDArray[np.object_] | None,
    found: pd.DataFrame,
    pairs: Floats,
    system: System | None,
    sections: Sections | None,
    findings: list[Finding],
) -> NDArray[np.object_]:
    """
    Return the lines and areas of rows: the file's own, else the section that a row without a place names.

    Parameters
    ----------
    shapes
        Of the file by its rows, as `file_shapes` takes them.
    found
        The fields of the rows, as text.
    pairs, system
        The rows' coordinates and their system.
    sections
        The study's streets; None where no section is looked up.
    findings
        Taken along: sections that are not found.
    """
    result = file_shapes(shapes, found.index.to_numpy() - FIRST_ROW, system)
    if sections is None:
        return result
    open_ = shapely.is_missing(result) & ~np.isfinite(pairs).all(axis=1)
    result[open_] = sections.shapes(found[open_], findings)
    return result


def file_shapes(
    shapes: NDArray[np.object_] | None, rows: NDArray[np.int64], system: System | None
) -> NDArray[np.object_]:
    """
    Return the lines and areas of a file's rows in WGS 84, None for rows of points or without geometry.

    Parameters
    ----------
    shapes
        `shapes` of `geo.files.raw_file.RawFile`.
    rows
        The numbers of the rows that are wanted.
    system
        The coordinate system that was decided on.
    """
    result = np.full(len(rows), None, dtype=object)
    if shapes is None or system is None:
        return result
    own = shapes[rows]
    large = shapely.get_dimensions(own) >= 1
    large &= ~shapely.is_empty(own)
    if large.any():
        degrees = shapely.transform(own[large], lambda xy: to_wgs84(xy, system))
        area = shapely.get_dimensions(degrees) == 2
        degrees[area] = shapely.make_valid(degrees[area])
        finite = np.isfinite(shapely.bounds(degrees)).all(axis=1)
        result[np.flatnonzero(large)[finite]] = degrees[finite]
    return result


@dataclass(frozen=True)
class Sections:
    """
    The streets of a study, for sections of them.

    Attributes
    ----------
    roads
        Its segments.
    profile
        `tiers.list.*`, `streets.*`: how names are matched.
    crs
        Its metric CRS.
    """

    roads: gpd.GeoDataFrame
    profile: Profile
    crs: pyproj.CRS

    def shapes(self, found: pd.DataFrame, findings: list[Finding]) -> NDArray[np.object_]:
        """
        Return the centre lines of the sections that rows name, None for rows that name none that is found.

        Parameters
        ----------
        found
            `street`, `from`, `to`, `section` and `address`, as text.
        findings
            Taken along: one for each section that is unclear.
        """
        result = np.full(len(found), None, dtype=object)
        ends = [_ends(row) for row in found[["street", "from", "to", "section", "address"]].itertuples(index=False)]
        named = [number for number, each in enumerate(ends) if each is not None]
        if not named or len(self.roads) == 0:
            return result
        rows = pd.DataFrame([ends[number] for number in named], columns=["name", "from", "to"], dtype=object)
        rows[_ROW], rows["row"] = named, found.index.to_numpy()[named]
        whole = self.roads.assign(street_id=root_of(self.roads["street_id"]))
        listed = StreetList("", rows, findings_table(LAYER, [], ""))
        matches, doubts = match_list(listed, _KIND, streets_layer(whole), whole, self.profile, self.crs)
        masks: dict[int, Flags] = {}
        for match in matches:
            if match.mask is not None:
                row = int(str(match.value))
                masks[row] = masks[row] | match.mask if row in masks else match.mask
        lines = whole.geometry.to_numpy()
        for row, mask in masks.items():
            result[row] = shapely.line_merge(shapely.union_all(lines[mask]))
        placed = set(found.index.to_numpy()[list(masks)].tolist())
        for number, problem in zip(doubts["row"], doubts["problem"], strict=True):
            said = Text(pick(problem, "zh"), pick(problem, "en"))
            if number not in placed:
                findings.append(Finding(int(number), "address", said, _BY_ADDRESS))
            elif _ALIKE in said.zh:
                findings.append(Finding(int(number), "address", said, _KEPT))
        return result


def _ends(row: tuple[str | None, ...]) -> tuple[str, str, str] | None:
    """Return the street and the two ends that a row names, wherever it says them."""
    street, start, end, section, address = (str(cell).strip() if cell else "" for cell in row)
    name = street or address
    if start and end and name:
        return name, start, end
    if section and name and (match := _PLAIN.match(section)):
        return name, match["one"], match["two"]
    for text in filter(None, (section, street, address)):
        for pattern in _WRITTEN:
            if match := pattern.match(text):
                return match["name"], match["one"], match["two"]
    return None


def middles(shapes: NDArray[np.object_]) -> Floats:
    """Return longitude and latitude in the middle of lines, and of a place on areas; shape (k, 2)."""
    line = shapely.get_dimensions(shapes) == 1
    on = np.asarray(shapely.point_on_surface(shapes), dtype=object)
    on[line] = shapely.line_interpolate_point(shapes[line], 0.5, normalized=True)
    return np.asarray(shapely.get_coordinates(on))


def located_shapes(
    rows: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile
) -> gpd.GeoDataFrame:
    """Return rows on their streets, as `geo.streets.locating.locate`; lines and areas by their middles."""
    large = shapely.get_dimensions(rows.geometry.to_numpy()) >= 1
    if not large.any():
        return locate(rows, roads, crs, profile)
    shapes = rows.geometry.to_numpy().copy()
    points = shapes.copy()
    points[large] = shapely.points(middles(shapes[large]))
    return locate(rows.set_geometry(points, crs=rows.crs), roads, crs, profile).set_geometry(shapes, crs=rows.crs)


def located_or_shaped(
    pairs: Floats,
    system: System | None,
    found: pd.DataFrame,
    gazetteer: Locator | None,
    shapes: NDArray[np.object_] | None,
    findings: list[Finding],
    kept: bool = False,
) -> Located:
    """
    Place rows as `geo.points.placing.located` does; rows with a shape and no coordinates in its middle.

    Parameters
    ----------
    pairs, system, found, gazetteer, findings, kept
        As `geo.points.placing.located` takes them.
    shapes
        The lines and areas of rows, None for the others; None where the kind has only points.
    """
    if shapes is None:
        return located(pairs, system, found, gazetteer, findings, kept)
    shaped = ~shapely.is_missing(shapes)
    problems: list[Finding] = []
    # a row with a shape needs no address
    known = found.assign(address=found["address"].where(~shaped, None))
    lonlat, precision = located(pairs, system, known, gazetteer, problems, kept)
    open_ = shaped & ~np.isfinite(lonlat).all(axis=1)
    lonlat[open_], precision[open_] = middles(shapes[open_]), "section"
    rows = set(found.index.to_numpy()[open_].tolist())
    findings += [finding for finding in problems if finding.row not in rows]
    return Located(lonlat, precision)
