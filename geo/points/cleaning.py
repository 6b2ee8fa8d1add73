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
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.core.crs import to_metric
from geo.core.text import Text
from geo.study.doubts import EARLIEST, doubted
from geo.study.findings import KEPT_AS_IT_IS, Finding
from geo.study.left_out import AHEAD_DAYS

_EMPTIED = Text("该格留空，其余照常导入", "The cell was left empty, the rest of the row is kept")
_KEPT = KEPT_AS_IT_IS

_NUMBER = re.compile(r"^\s*([-+]?\d[\d,，]*(?:\.\d+)?)\s*(?:平方米|㎡|m2|个|位|次|星|级|颗|stars?)?\s*$", re.IGNORECASE)

_LARGEST: Final = 1e9

_EXCEL_DAY: Final = (20_000, 80_000)
"""Numbers that Excel means as days since 1899-12-30: 1954 to 2119."""

_CHINESE_TIME = re.compile(
    r"^\s*(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?\s*(?:(上午|下午|晚上|凌晨)?\s*(\d{1,2})\s*[时点:]\s*(?:(\d{1,2})\s*分?)?\s*(?::?(\d{1,2})\s*秒?)?)?\s*$"
)

_EARLY: Final = {
    "answered_at": Text("首次响应早于受理", "Answered before it was received"),
    "closed_at": Text("办结早于受理", "Closed before it was received"),
    "due_at": Text("到期早于受理", "Due before it was received"),
}

_FIRST_OF_BOTH = Text("已取第一次", "The first of both was taken")

_ZONE: Final = r":\d{2}(?:[.,]\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})$"


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


def times(column: pd.Series, name: str, findings: list[Finding], timezone: str) -> pd.Series:
    """
    Return a column's times in UTC; times without a zone are on the clock of `timezone`, the study's.

    ISO 8601, 2025/3/1 8:30, 2025年3月1日上午8时30分, 20250301083000, and Excel's count of days. Times before 1990 or
    more than a year ahead are doubted, and kept; so are those of the hour that comes twice when clocks are put back:
    the first of both is taken.
    """
    text = column.astype("string")
    result = pd.Series(pd.NaT, index=column.index, dtype="datetime64[ns, UTC]")
    numeric = pd.to_numeric(column, errors="coerce").astype(float)
    days = numeric.between(*_EXCEL_DAY)
    excel = pd.Timestamp("1899-12-30") + pd.to_timedelta(numeric[days], unit="D").dt.round("s")
    result[days] = _local(excel, timezone)
    compact = text.str.fullmatch(r"(?:19|20)\d{12}|(?:19|20)\d{10}|(?:19|20)\d{6}").fillna(False).to_numpy(dtype=bool)
    for length, pattern in ((14, "%Y%m%d%H%M%S"), (12, "%Y%m%d%H%M"), (8, "%Y%m%d")):
        rows = compact & (text.str.len() == length).fillna(False).to_numpy(dtype=bool)
        result[rows] = _local(pd.to_datetime(text[rows], format=pattern, errors="coerce"), timezone)
    rest = (column.notna() & ~days & ~compact).to_numpy(dtype=bool)
    if rest.any():
        # most files write one way: only what that does not read is looked at word by word
        plain = pd.to_datetime(
            column[rest].where(~text[rest].str.contains(_ZONE, regex=True)), errors="coerce", format="ISO8601"
        )
        result[plain.index] = _local(plain, timezone)
        rest = rest & result.isna().to_numpy()
    if rest.any():
        asked = column[rest].map(_plain_time)
        zoned = asked.astype("string").str.contains(_ZONE, regex=True).to_numpy(dtype=bool)
        result[asked.index[zoned]] = pd.to_datetime(asked[zoned], errors="coerce", utc=True, format="mixed")
        result[asked.index[~zoned]] = _local(pd.to_datetime(asked[~zoned], errors="coerce", format="mixed"), timezone)
    unread = column.notna() & result.isna()
    findings += [
        Finding(row, name, Text("不是可读的时间", "Not a time that can be read"), _EMPTIED)
        for row in column.index[unread]
    ]
    odd = (result < EARLIEST) | (result > pd.Timestamp.now("UTC") + pd.Timedelta(days=AHEAD_DAYS[name]))
    findings += [
        Finding(row, name, Text("时间不合理", "The time is not plausible"), _KEPT) for row in column.index[odd]
    ]
    twice = _comes_twice(result, timezone) & ~text.str.contains(_ZONE, regex=True).fillna(False)
    findings += [
        Finding(row, name, Text("该时刻因拨钟出现两次", "The clock showed this time twice"), _FIRST_OF_BOTH)
        for row in column.index[twice]
    ]
    return result.astype("datetime64[ms, UTC]")


def dates(column: pd.Series) -> pd.Series:
    """Return a column's dates as text (2026-06-30); any other text is kept as it is written (长期)."""
    read = pd.to_datetime(column.map(_plain_time, na_action="ignore"), errors="coerce", format="mixed")
    return read.dt.strftime("%Y-%m-%d").astype(object).where(read.notna(), column)


def _local(stamps: pd.Series, timezone: str) -> pd.Series:
    """Return times of a clock in UTC: none for skipped times, the first of both for repeated ones."""
    stamps = pd.to_datetime(stamps, errors="coerce")
    first = np.ones(len(stamps), dtype=bool)
    return stamps.dt.tz_localize(timezone, nonexistent="NaT", ambiguous=first).dt.tz_convert("UTC")


def _comes_twice(moments: pd.Series, timezone: str) -> pd.Series:
    """Tell whether a clock shows moments (UTC) again an hour later."""
    shown, again = (
        each.dt.tz_convert(timezone).dt.tz_localize(None) for each in (moments, moments + pd.Timedelta(hours=1))
    )
    return shown == again


def _plain_time(text: str) -> str:
    match = _CHINESE_TIME.match(unicodedata.normalize("NFKC", str(text)))
    if not match:
        return str(text)
    year, month, day, half, hour, minute, second = match.groups()
    clock = int(hour or 0) + (12 if half in ("下午", "晚上") and int(hour or 0) < 12 else 0)
    return f"{year}-{int(month):02d}-{int(day):02d} {clock:02d}:{int(minute or 0):02d}:{int(second or 0):02d}"


def order_of_times(found: pd.DataFrame, findings: list[Finding]) -> None:
    """Doubt the times that lie before receipt; where receipt itself is doubted, the others are not blamed for it."""
    for name, problem in _EARLY.items():
        if name in found:
            known = {finding.row for finding in findings if finding.column == name and finding.action == _KEPT}
            early = found.index[(found[name] < found["received_at"]).to_numpy(dtype=bool) & doubted(found, name)]
            findings += [Finding(row, name, problem, _KEPT) for row in early if row not in known]


def coded(column: pd.Series, words: Mapping[str, str]) -> pd.Series:
    """Return the codes that a column's words stand for; a word that stands for none is kept as it is written."""
    by_key = {_key(word): code for word, code in words.items()}
    distinct = {word: by_key.get(_key(word), word) for word in column.dropna().unique()}
    return column.map(distinct, na_action="ignore").astype(object).where(column.notna(), None)


def _key(word: str) -> str:
    return re.sub(r"[\s（）()/、，,_-]+", "", unicodedata.normalize("NFKC", str(word))).casefold()


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
