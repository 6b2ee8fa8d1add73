"""Read coordinates as people write them, and list the coordinate systems they may be in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import pyproj

from geo.core.arrays import Flags, Floats
from geo.core.chinese_datums import bd09_to_wgs84, gcj02_to_wgs84
from geo.core.crs import WGS84, transformer
from geo.core.errors import InputError
from geo.core.text import Text
from geo.core.time_zones import in_shifted_maps

_NUMBER = r"[-+−]?\d{1,9}(?:[.,]\d+)?"
_PLAIN = re.compile(rf"^\s*({_NUMBER})\s*°?\s*([NSEWnsew东西南北]?)\s*$")
_LETTER_FIRST = re.compile(rf"^\s*([NSEWnsew]|东经|西经|北纬|南纬)\s*[:：]?\s*({_NUMBER})\s*°?\s*$")
_DMS = re.compile(
    r"^\s*(?P<lead>[NSEWnsew]|东经|西经|北纬|南纬)?\s*[:：]?\s*(?P<sign>[-−])?\s*(?P<d>\d{1,3})\s*[°度d:：]\s*"
    r"(?P<m>\d{1,2}(?:[.,]\d+)?)\s*(?:['′’分m:：]\s*(?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|''|秒|s)?)?)?\s*"
    r"(?P<trail>[NSEWnsew东西南北])?\s*$"
)
_WKT = re.compile(
    r"^\s*(?:SRID=\d+;)?\s*POINT\s*Z?\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)[^)]*\)\s*$", re.IGNORECASE
)
_PAIR = re.compile(r"^\s*[(\[（]?\s*(.+?)\s*[;；，\s/|]+\s*(.+?)\s*[)\]）]?\s*$")
_COMMA_PAIR = re.compile(r"^\s*[(\[（]?\s*([^,，]+?)\s*[,，]\s*([^,，]+?)\s*[)\]）]?\s*$")
_DECIMAL_COMMA_PAIR = re.compile(r"^\s*(-?\d+,\d+)\s*[,;\s]\s*(-?\d+,\d+)\s*$")
_LONGEST: Final = 200
_NEGATIVE = frozenset("SWsw西南")
_LON_LETTERS, _LAT_LETTERS = frozenset("EWew东西"), frozenset("NSns北南")
SHIFTED: Final[dict[str, Callable[[Floats, Callable[[Floats], Flags]], Floats]]] = {
    "GCJ-02": gcj02_to_wgs84,
    "BD-09": bd09_to_wgs84,
}
"""The datums of Chinese maps, with their way back."""
_NAMES: Final = {
    "wgs84": "WGS84", "wgs-84": "WGS84", "4326": "WGS84", "epsg:4326": "WGS84", "cgcs2000": "WGS84", "epsg:4490":
    "WGS84", "gcj02": "GCJ-02", "gcj-02": "GCJ-02", "高德": "GCJ-02", "amap": "GCJ-02", "火星坐标": "GCJ-02", "bd09":
    "BD-09", "bd-09": "BD-09", "百度": "BD-09", "baidu": "BD-09",
}  # fmt: skip


_DATUM_NAMES: Final = (
    *(("gcj", "GCJ-02"), ("火星", "GCJ-02"), ("amap", "GCJ-02"), ("高德", "GCJ-02")),
    *(("bd09", "BD-09"), ("bd-09", "BD-09"), ("bd_09", "BD-09"), ("baidu", "BD-09"), ("百度", "BD-09")),
)
"""Parts of names of coordinate systems, and the shifted datum that they mean."""
GEOGRAPHIC_OF_CHINA: Final = (4326, 4490)
"""EPSG codes of WGS 84 and CGCS2000 in degrees: shifted files state them too, so that only the streets tell."""


class Number(NamedTuple):
    """A coordinate as read: its value, and the axis named by its letter ("lon", "lat" or "")."""

    value: float
    axis: str


def parse_number(text: str | None) -> Number:
    """
    Return one coordinate: decimal (also with a decimal comma), or degrees, minutes and seconds, with or without letter.

    NaN where it is none.
    """
    if not isinstance(text, str):
        return Number(np.nan, "")
    text = _tidy(text).replace("−", "-")
    if match := _PLAIN.match(text):
        return _with_letter(float(match[1].replace(",", ".")), match[2])
    if match := _LETTER_FIRST.match(text):
        return _with_letter(float(match[2].replace(",", ".")), match[1][0])
    if match := _DMS.match(text):
        minutes, seconds = (float((match[part] or "0").replace(",", ".")) for part in ("m", "s"))
        if minutes >= 60 or seconds >= 60:
            return Number(np.nan, "")
        degrees = float(match["d"]) + minutes / 60 + seconds / 3600
        letter = (match["lead"] or match["trail"] or "")[:1]
        return _with_letter(-degrees if match["sign"] else degrees, letter)
    return Number(np.nan, "")


def _tidy(text: str) -> str:
    """Return a cell with single spaces; nothing of a longer one than any coordinate: patterns would try it for long."""
    tidy = " ".join(text.split())
    return tidy if len(tidy) <= _LONGEST else ""


def _with_letter(value: float, letter: str) -> Number:
    axis = "lon" if letter in _LON_LETTERS and letter else "lat" if letter in _LAT_LETTERS and letter else ""
    return Number(-abs(value) if letter in _NEGATIVE and letter else value, axis)


def parse_pair(text: str | None) -> tuple[Number, Number]:
    """Return both coordinates of one cell: WKT, "36.1, 114.3", "(36.1 114.3)", "36,1 114,3", with letters or not."""
    none = Number(np.nan, "")
    if not isinstance(text, str):
        return none, none
    text = _tidy(text)
    if match := _WKT.match(text):
        return Number(float(match[1]), "lon"), Number(float(match[2]), "lat")
    for pattern in (_DECIMAL_COMMA_PAIR, _COMMA_PAIR, _PAIR):
        if match := pattern.match(text):
            first, second = parse_number(match[1]), parse_number(match[2])
            if not (np.isnan(first.value) or np.isnan(second.value)):
                return first, second
    return none, none


def read_pairs(first: pd.Series, second: pd.Series | None) -> Floats:
    """
    Return the coordinates of a column of pairs, or of two columns, shape (n, 2), in the order of the file.

    Where letters name the axes, longitude comes first. NaN where a cell is no coordinate.

    Parameters
    ----------
    first
        The column of x or longitude, or of both.
    second
        The column of y or latitude; None where `first` has both.
    """
    if second is None:
        found = first.map(parse_pair)
        pairs = [_ordered(*pair) for pair in found]
        return np.array(pairs, dtype=float).reshape(-1, 2)
    plain = [pd.to_numeric(column, errors="coerce").to_numpy(dtype=float) for column in (first, second)]
    result = np.column_stack(plain)
    rest = np.flatnonzero(np.isnan(result).any(axis=1) & first.notna().to_numpy() & second.notna().to_numpy())
    # most files have plain numbers: only the rest is read letter by letter
    for row in rest:
        result[row] = _ordered(parse_number(first.iloc[row]), parse_number(second.iloc[row]))
    return np.where(np.isfinite(result), result, np.nan)


def _ordered(first: Number, second: Number) -> tuple[float, float]:
    if first.axis == "lat" or second.axis == "lon":
        return second.value, first.value
    return first.value, second.value


class System(NamedTuple):
    """
    A coordinate system that a file may be in.

    Attributes
    ----------
    name
        What it is called: WGS84, GCJ-02, BD-09, or EPSG:… .
    swapped
        Whether the file has latitude (or northing) first.
    """

    name: str
    swapped: bool = False

    def __str__(self) -> str:
        return (
            f"{self.name} (lat, lon)"
            if self.swapped and not self.name.startswith("EPSG")
            else (f"{self.name} (y, x)" if self.swapped else self.name)
        )


def system_named(name: str) -> System:
    """
    Return the system that a user names: WGS84, GCJ-02, BD-09 (also by their maps' names), or an EPSG code.

    Raises
    ------
    InputError
        If there is no such system.
    """
    word, swapped = re.subn(r"[ (,]*(?:lat,? ?lon|y,? ?x|swapped|纬度在前)\)?$", "", name.strip(), flags=re.IGNORECASE)
    known = _NAMES.get(word.casefold())
    if known is not None:
        return System(known, bool(swapped))
    try:
        crs = pyproj.CRS.from_user_input(int(word) if word.isdigit() else word)
        code = crs.to_epsg()
    except (pyproj.exceptions.CRSError, ValueError):
        code = None
    if code is None:
        raise InputError(
            "--crs",
            Text(f"未知坐标系“{name}”", f"The coordinate system “{name}” is unknown"),
            Text(
                "请写 WGS84、GCJ-02、BD-09 或 EPSG 代码（如 EPSG:4547）",
                "Write WGS84, GCJ-02, BD-09 or a code like EPSG:4547",
            ),
        )
    return System("WGS84" if code == 4326 else f"EPSG:{code}", bool(swapped))


def named_datum(crs: pyproj.CRS | None) -> System | None:
    """Return the shifted datum that a file's coordinate system names itself after, as GCJ_02 in a .prj, else None."""
    words = "" if crs is None else crs.name.casefold()
    name = next((name for word, name in _DATUM_NAMES if word in words), None)
    return None if name is None else System(name)


def stated_system(crs: pyproj.CRS | None) -> System | None:
    """
    Return the system that a file states for its geometry; None where it states none that can be relied on.

    WGS 84 and CGCS2000 in degrees are what shifted files state too.
    """
    named, code = named_datum(crs), None if crs is None else crs.to_epsg()
    return named or (System(f"EPSG:{code}") if code not in (None, *GEOGRAPHIC_OF_CHINA) else None)


def to_wgs84(pairs: Floats, system: System) -> Floats:
    """
    Return coordinates in WGS 84.

    Parameters
    ----------
    pairs
        Shape (n, 2), in the order of the file.
    system
        The system that they are in.

    Returns
    -------
    lonlat
        Shape (n, 2), degrees; NaN where a coordinate is none of that system. GCJ-02 and BD-09 are those of mainland
        China, Hong Kong and Macao: elsewhere their coordinates are WGS 84 already, and stay.
    """
    xy = pairs[:, ::-1] if system.swapped else pairs
    if system.name.startswith("EPSG:"):
        crs = pyproj.CRS.from_user_input(system.name)
        x, y = transformer(crs, WGS84).transform(xy[:, 0], xy[:, 1])
        xy = np.column_stack([x, y])
    with np.errstate(invalid="ignore"):
        possible = (np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90)
    lonlat = np.where(possible[:, None] & np.isfinite(xy), xy, np.nan)
    if system.name in SHIFTED:
        known = np.flatnonzero(~np.isnan(lonlat).any(axis=1))
        lonlat[known] = SHIFTED[system.name](lonlat[known], in_shifted_maps)
    return lonlat
