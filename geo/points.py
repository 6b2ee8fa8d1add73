"""Read complaints, stalls and parking from tables, mask them, and locate them on their street."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.categories import CODE_OF
from geo.crs import WGS84
from geo.errors import InputError
from geo.findings import Finding, findings_table
from geo.privacy import mask
from geo.schema import COLUMNS, SYNTHETIC, conform
from geo.tables import find_columns, read_table
from geo.text import Text

PointKind = Literal["complaints", "stalls", "parking"]

_COMMON = {
    "lon": ("longitude", "lng", "x", "经度"),
    "lat": ("latitude", "y", "纬度"),
    "source": ("数据来源", "来源"),
}
_ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "complaints": {
        "complaint_id": ("id", "工单编号", "编号"),
        "category": ("诉求类型", "类型", "类别"),
        "received_at": ("受理时间", "投诉时间", "时间"),
        "closed_at": ("办结时间", "结案时间"),
        "channel": ("渠道", "来源渠道", "受理渠道"),
        "status": ("状态", "办理状态"),
        "response": ("处置方式", "处理方式"),
        "subject_id": ("对象编号", "摊主编号"),
        "text": ("诉求内容", "内容", "描述"),
    },
    "stalls": {
        "stall_id": ("id", "摊位编号", "编号"),
        "operator_id": ("经营者编号", "摊主编号"),
        "goods": ("经营品种", "品种"),
        "area_m2": ("面积", "占地面积", "面积（平方米）"),
        "permit_until": ("许可截止", "许可有效期"),
        "offences": ("违规次数", "违章次数"),
    },
    "parking": {
        "parking_id": ("id", "停车场编号", "编号"),
        "kind": ("类型", "类别"),
        "capacity": ("泊位数", "车位数"),
        "night_only": ("仅夜间", "夜间限时"),
    },
}
_NUMBERS = {"area_m2": "Float64", "offences": "Int64", "capacity": "Int64"}
_TIMES = ("received_at", "closed_at")
_WORDS: dict[str, dict[str, str]] = {
    "response": {"服务": "service", "管理": "management", "执法": "enforcement"},
    "category": CODE_OF,
    "kind": {"路外": "off_street", "停车场": "off_street", "路内": "on_street", "路侧": "on_street"},
}
_YES = {"是", "yes", "true", "1"}
TIMEZONE: Final = "Asia/Shanghai"
"""The time zone of times that a file gives without one."""


def read_points(path: Path | str, kind: PointKind) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Read one file of points.

    Parameters
    ----------
    path
        CSV or XLSX with columns in Chinese or English; longitude and latitude in WGS 84.
    kind
        Which layer the rows are for.

    Returns
    -------
    points
        The rows that have a place, with the columns of the layer `kind`; free text is masked. `source` is what the
        file's own column says ("synthetic" for made-up rows), else the file's name.
    findings
        What was refused or doubted, by row and column.

    Raises
    ------
    InputError
        If the file is no table or has no coordinates at all.
    """
    path = Path(path)
    table = read_table(path)
    found = find_columns(table, {**_ALIASES[kind], **_COMMON})
    findings: list[Finding] = []
    place = _coordinates(found, findings)
    if len(found) and not place["ok"].any():
        raise InputError(
            path,
            Text("没有一行有可用的经纬度", "No row has usable coordinates"),
            Text("请提供 WGS 84 的“经度”“纬度”两列（度）", "Give longitude and latitude in degrees, WGS 84"),
            column="经度/纬度 (lon/lat)",
        )
    identifier = COLUMNS[kind][0]
    for column in found.columns.intersection(list(_NUMBERS)):
        found[column] = _numbers(found[column], column, findings).astype(_NUMBERS[column])
    for column in found.columns.intersection(list(_TIMES)):
        found[column] = _times(found[column], column, findings)
    for column in found.columns.intersection(list(_WORDS)):
        words = _WORDS[column]
        found[column] = found[column].map(lambda word, words=words: words.get(word, word))
    if kind == "parking":
        found["night_only"] = found["night_only"].isin(_YES)
    # every free word of a complaint or a stall may name a person
    for column in found.columns.intersection(["text", "goods", "subject_id", "operator_id", "category", "channel"]):
        found[column] = mask(found[column])
    found["source"] = found["source"].map(_source, na_action=None).where(found["source"].notna(), path.name)
    found[identifier] = _identifiers(found[identifier], findings, identifier)

    good = place[place["ok"]]
    points = gpd.GeoDataFrame(
        conform(found.loc[good.index], kind), geometry=shapely.points(good[["lon", "lat"]].to_numpy(float)), crs=WGS84
    )
    return points, findings_table(kind, findings, path.name)


def _source(word: str | None) -> str | None:
    return SYNTHETIC if word and ("合成" in word or SYNTHETIC in word.casefold()) else word


def _coordinates(found: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    lon, lat = (pd.to_numeric(found[c], errors="coerce").astype(float) for c in ("lon", "lat"))
    missing = found["lon"].isna() | found["lat"].isna()
    zero = (lon == 0) & (lat == 0)
    bad = ~missing & ~zero & ~((lon.abs() <= 180) & (lat.abs() <= 90))
    findings += [
        Finding(row, "lon, lat", Text("缺少坐标", "No coordinates"), _LEFT_OUT) for row in found.index[missing]
    ]
    findings += [
        Finding(row, "lon, lat", Text("坐标为 0, 0", "The coordinates are 0, 0"), _LEFT_OUT)
        for row in found.index[zero]
    ]
    findings += [
        Finding(row, "lon, lat", Text("坐标不是经纬度", "These are no degrees"), _LEFT_OUT) for row in found.index[bad]
    ]
    return pd.DataFrame({"lon": lon, "lat": lat, "ok": ~missing & ~zero & ~bad}, index=found.index)


_LEFT_OUT = Text("该行未导入；请补充经纬度", "The row was left out; give it longitude and latitude")


def _numbers(column: pd.Series, name: str, findings: list[Finding]) -> pd.Series:
    number = pd.to_numeric(column, errors="coerce").astype("Float64")
    bad = column.notna() & (number.isna() | (number < 0))
    findings += [
        Finding(row, name, Text("不是非负数", "Not a number of 0 or more"), _EMPTIED) for row in column.index[bad]
    ]
    number = number.where(~bad, pd.NA)
    return number.round() if _NUMBERS[name] == "Int64" else number


def _times(column: pd.Series, name: str, findings: list[Finding]) -> pd.Series:
    time = pd.to_datetime(column, errors="coerce", format="mixed", utc=False)
    if isinstance(time.dtype, pd.DatetimeTZDtype):
        result = time.dt.tz_convert("UTC")
    else:
        result = pd.to_datetime(time, errors="coerce").dt.tz_localize(TIMEZONE, nonexistent="NaT", ambiguous="NaT")
        result = result.dt.tz_convert("UTC")
    findings += [
        Finding(row, name, Text("不是可读的时间", "Not a time that can be read"), _EMPTIED)
        for row in column.index[column.notna() & result.isna()]
    ]
    return result


_EMPTIED = Text("该格留空，其余照常导入", "The cell was left empty, the rest of the row is kept")


def _identifiers(column: pd.Series, findings: list[Finding], name: str) -> pd.Series:
    """Number the rows without an identifier by their row, and tell apart those that share one."""
    given = column.where(column.notna(), "row-" + column.index.astype(str).to_series(column.index))
    repeated = given.duplicated(keep="first")
    findings += [
        Finding(
            row,
            name,
            Text("编号重复", "This identifier was used before"),
            Text("已在编号后加行号", "The row's number was added to it"),
        )
        for row in given.index[repeated]
    ]
    return given.where(~repeated, given + "-row-" + given.index.astype(str).to_series(given.index))


def locate(points: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, crs: pyproj.CRS) -> gpd.GeoDataFrame:
    """
    Locate points on their nearest segment.

    Parameters
    ----------
    points
        Points in WGS 84.
    roads
        `segment_id` and LineStrings in WGS 84.
    crs
        The study's metric CRS.

    Returns
    -------
    points
        With `segment_id`, `side` (`left` or `right` of the drawing direction), `offset_m` from the segment's start and
        `distance_m`. Of segments equally near, the first in `roads`.
    """
    result = points.copy(deep=False)
    if len(points) == 0 or len(roads) == 0:
        return result
    lines = roads.geometry.to_crs(crs).to_numpy()
    places = points.geometry.to_crs(crs).to_numpy()
    tree = shapely.STRtree(lines)
    (asked, nearest), _ = tree.query_nearest(places, return_distance=True, all_matches=True)
    order = np.lexsort((nearest, asked))
    asked, first = np.unique(asked[order], return_index=True)
    line = lines[nearest[order][first]]
    offset = shapely.line_locate_point(line, places)
    result["segment_id"] = roads["segment_id"].to_numpy()[nearest[order][first]]
    result["side"] = np.where(_is_left(line, places, offset), "left", "right")
    result["offset_m"] = np.round(offset, 2)
    result["distance_m"] = np.round(shapely.distance(line, places), 2)
    return result


def _is_left(line: np.ndarray, place: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """
    Tell on which side of the line each point lies, by the line's direction around the nearest position.

    The direction is taken over a metre on either side, so that a vertex does not decide it alone.
    """
    before = shapely.line_interpolate_point(line, np.maximum(offset - 1.0, 0.0))
    after = shapely.line_interpolate_point(line, np.minimum(offset + 1.0, shapely.length(line)))
    dx, dy = shapely.get_x(after) - shapely.get_x(before), shapely.get_y(after) - shapely.get_y(before)
    px, py = shapely.get_x(place) - shapely.get_x(before), shapely.get_y(place) - shapely.get_y(before)
    return dx * py - dy * px > 0


def count_per_street(points: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, street_ids: pd.Series) -> pd.Series:
    """Return how many points lie on each street of `street_ids`, by the segments that they were located on."""
    street = pd.Series(roads["street_id"].to_numpy(), index=roads["segment_id"].to_numpy())
    counts = points["segment_id"].dropna().map(street).value_counts()
    return street_ids.map(counts).fillna(0).astype("Int64")
