"""Clean the cells of files: numbers, times, categories, identifiers; doubtful ones become findings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.core.crs import to_metric
from geo.core.text import Text
from geo.points.categories import word_key
from geo.points.options import DateColumns
from geo.study.doubts import EARLIEST, doubted
from geo.study.findings import KEPT_AS_IT_IS, Finding
from geo.study.left_out import AHEAD_DAYS

_EMPTIED = Text("该格留空，其余照常导入", "The cell was left empty, the rest of the row is kept")
_KEPT = KEPT_AS_IT_IS

_NUMBER = re.compile(r"^\s*([-+]?\d[\d,，]*(?:\.\d+)?)\s*(?:平方米|㎡|m2|个|位|次|星|级|颗|stars?)?\s*$", re.IGNORECASE)

_LARGEST: Final = 1e9

_EARLY: Final = {
    "answered_at": Text("首次响应早于受理", "Answered before it was received"),
    "closed_at": Text("办结早于受理", "Closed before it was received"),
    "due_at": Text("到期早于受理", "Due before it was received"),
}


def numbers(column: pd.Series, name: str, findings: list[Finding], whole: bool = False) -> pd.Series:
    """
    Return a column's numbers of 0 or more ("12", "1,200", "3.5 平方米", full-width digits); others are emptied.

    Parameters
    ----------
    column
        Text.
    name
        The field, for findings.
    findings
        Taken along: one for each cell that is no such number.
    whole
        Whether to round.
    """
    plain = pd.to_numeric(column, errors="coerce").astype(float)
    for row in column.index[column.notna() & plain.isna()]:
        match = _NUMBER.match(unicodedata.normalize("NFKC", str(column[row])))
        plain[row] = float(match[1].replace(",", "").replace("，", "")) if match else np.nan
    bad = column.notna() & (~np.isfinite(plain) | (plain < 0) | (plain > _LARGEST))
    findings += [
        Finding(row, name, Text("不是合理的非负数", "Not a plausible number of 0 or more"), _EMPTIED)
        for row in column.index[bad]
    ]
    plain = plain.where(~bad)
    return plain.round().astype("Int64") if whole else plain.astype("Float64")


def times(column: pd.Series, name: str, findings: list[Finding], dates: DateColumns) -> pd.Series:
    """
    Return a column's times in UTC, as `geo.files.moments.read_moments` reads them.

    Times before 1990 or more than a year ahead are doubted, and kept.
    """
    read = dates.read(column, name)
    findings += read.findings
    result = read.moments
    odd = (result < EARLIEST) | (result > pd.Timestamp.now("UTC") + pd.Timedelta(days=AHEAD_DAYS[name]))
    findings += [
        Finding(row, name, Text("时间不合理", "The time is not plausible"), _KEPT) for row in column.index[odd]
    ]
    return result


def days(column: pd.Series, name: str, findings: list[Finding], dates: DateColumns) -> pd.Series:
    """Return a column's dates as text (2026-06-30); any other text is kept as it is written (长期)."""
    read = dates.read(column, name)
    known = read.days.notna()
    words = set(column.index[~known])
    findings += [finding for finding in read.findings if finding.row not in words]
    return read.days.astype(object).where(known, column)


def whole_days(column: pd.Series, timezone: str) -> pd.Series:
    """Return due times; a column of days without any clock ends with each day, not where the day begins."""
    known = column.dropna()
    clock = known.dt.tz_convert(timezone)
    if known.empty or (clock.dt.normalize() != clock).any():
        return column
    ends = clock.dt.tz_localize(None) + pd.Timedelta(days=1) - pd.Timedelta(seconds=1)
    last = ends.dt.tz_localize(timezone, nonexistent="shift_forward", ambiguous=np.ones(len(ends), dtype=bool))
    result = column.copy()
    result[known.index] = last.dt.tz_convert("UTC").astype(column.dtype)
    return result


def order_of_times(found: pd.DataFrame, findings: list[Finding]) -> None:
    """Doubt the times that lie before receipt; where receipt itself is doubted, the others are not blamed for it."""
    for name, problem in _EARLY.items():
        if name in found:
            known = {finding.row for finding in findings if finding.column == name and finding.action == _KEPT}
            early = found.index[(found[name] < found["received_at"]).to_numpy(dtype=bool) & doubted(found, name)]
            findings += [Finding(row, name, problem, _KEPT) for row in early if row not in known]


def coded(column: pd.Series, words: Mapping[str, str]) -> pd.Series:
    """Return the codes that a column's words stand for; a word that stands for none is kept as it is written."""
    by_key = {word_key(word): code for word, code in words.items()}
    distinct = {word: by_key.get(word_key(word), word) for word in column.dropna().unique()}
    return column.map(distinct, na_action="ignore").astype(object).where(column.notna(), None)


def identifiers(column: pd.Series, name: str, findings: list[Finding]) -> pd.Series:
    """Number the rows without an identifier by their row, and tell apart rows that share one."""
    rows = pd.Series("row-" + column.index.astype(str), index=column.index, dtype=object)
    given = column.where(column.notna(), rows)
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
    return given.where(~repeated, given.astype(str) + "-" + rows).astype(object)


def duplicates(points: gpd.GeoDataFrame, crs: pyproj.CRS, within_m: float, within_hours: float) -> pd.Series:
    """
    Link repeated reports of one event: of one category, near each other and soon after each other.

    Parameters
    ----------
    points
        `complaint_id`, `category`, `received_at` and points in WGS 84.
    crs
        The study's metric CRS.
    within_m, within_hours
        The rules `points.duplicate.*`. A chain of reports is one event.

    Returns
    -------
    duplicate_of
        The identifier of the event's first report, or None for a first or only one. Reports without category or time
        are of no event, nor are those without a place.
    """
    result = pd.Series(None, index=points.index, dtype=object)
    known = (points["category"].notna() & points["received_at"].notna()).to_numpy()
    known = known & ~shapely.is_missing(points.geometry.to_numpy())
    if known.sum() < 2 or within_m <= 0 or within_hours <= 0:
        return result
    rows = np.flatnonzero(known)
    from scipy.sparse import coo_array  # noqa: PLC0415 (most rows of other kinds need none)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415
    from scipy.spatial import cKDTree  # noqa: PLC0415

    xy = to_metric(shapely.get_coordinates(points.geometry.to_numpy()[rows]), crs)
    stamps = points["received_at"].astype("datetime64[ms, UTC]").iloc[rows]
    hour = stamps.astype("int64").to_numpy() / 3_600_000
    # time is a third axis, stretched so that both limits are one; categories lie far apart on a fourth
    category = pd.factorize(points["category"].to_numpy()[rows])[0]
    place = np.column_stack([xy, hour * within_m / within_hours, category * within_m * 10.0])
    pairs = cKDTree(place).query_pairs(within_m * np.sqrt(2), output_type="ndarray")
    near = (np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T) <= within_m) & (
        np.abs(hour[pairs[:, 0]] - hour[pairs[:, 1]]) <= within_hours
    )
    pairs = pairs[near]
    if len(pairs) == 0:
        return result
    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(len(rows), len(rows)))
    event = connected_components(graph, directed=False)[1]
    order = np.lexsort((np.arange(len(rows)), hour))
    first = np.full(event.max() + 1, -1)
    first[event[order][::-1]] = order[::-1]
    leader = first[event]
    repeated = leader != np.arange(len(rows))
    identifier = points["complaint_id"].to_numpy(dtype=object)
    result.iloc[rows[repeated]] = identifier[rows[leader[repeated]]]
    return result
