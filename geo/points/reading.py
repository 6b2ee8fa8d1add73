"""Read a bureau's file of points: columns by meaning, places by coordinates or address, text masked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.core.masking import mask
from geo.core.text import Text
from geo.core.time_zones import zone_within
from geo.files.column_matching import mapped, propose_mapping, signature
from geo.files.coordinates import System, read_pairs, system_named, to_wgs84
from geo.files.crs_detection import Ground, Verdict, detect
from geo.files.formats import read_file
from geo.files.raw_file import RawFile
from geo.points.categories import CODE_OF
from geo.points.cleaning import coded, dates, duplicates, identifiers, numbers, order_of_times, times
from geo.points.gazetteer import Gazetteer
from geo.rules import Profile
from geo.study.findings import Finding, findings_table
from geo.study.schema import COLUMNS, SYNTHETIC, conform

PointKind = Literal["complaints", "stalls", "parking", "facilities", "other"]
KINDS: Final[tuple[PointKind, ...]] = ("complaints", "stalls", "parking", "facilities", "other")

_NUMBERS: Final = {"area_m2": False, "offences": True, "capacity": True, "rating": False}
"""Fields that are numbers, and whether they are whole."""
_TIMES: Final = ("received_at", "answered_at", "closed_at", "due_at")
_FREE: Final = frozenset(
    {
        "text",
        "goods",
        "subject_id",
        "operator_id",
        "category",
        "channel",
        "status",
        "name",
        "permit_until",
        "kind",
        "response",
    }
)
"""Fields in which a person may be named. (Identifiers are masked too: some offices use telephone numbers.)"""

_FACILITY_WORDS: Final = {
    "market": ("农贸市场", "菜市场", "市场", "集贸市场", "marketplace"),
    "toilet": ("公厕", "公共厕所", "卫生间", "厕所", "toilets", "public toilet"),
    "parking": ("停车场", "停车", "car park"),
    "school": ("学校", "小学", "中学", "幼儿园"),
    "hospital": ("医院", "卫生院", "诊所", "clinic"),
    "station": ("车站", "地铁站", "火车站"),
    "bus_stop": ("公交站", "公交车站", "bus stop"),
    "shop": ("商店", "店铺", "商铺"),
}
_WORDS: Final[dict[str, dict[str, str]]] = {
    "response": {"服务": "service", "管理": "management", "执法": "enforcement"},
    "category": CODE_OF,
}
_KIND_WORDS: Final[dict[str, dict[str, str]]] = {
    "parking": {"路外": "off_street", "停车场": "off_street", "路内": "on_street", "路侧": "on_street"},
    "facilities": {word: kind for kind, words in _FACILITY_WORDS.items() for word in (kind, *words)},
}
_YES: Final = frozenset({"是", "yes", "true", "1", "有", "y"})


@dataclass(frozen=True)
class Options:
    """
    What a user says of a file, over what is found.

    Attributes
    ----------
    encoding
        Of its text, one of `geo.files.text_encoding.ENCODINGS`.
    mapping
        Field to column; they stand over what is proposed.
    crs
        The coordinate system, as `geo.files.coordinates.system_named` takes it.
    """

    encoding: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None


@dataclass(frozen=True)
class Place:
    """
    Where a study is: what a file's coordinates and addresses are tested against.

    Attributes
    ----------
    ground
        Its streets, for the coordinate system.
    gazetteer
        Its names, for addresses.
    crs
        Its metric CRS.
    timezone
        Its clock, for times without a zone.
    """

    ground: Ground
    gazetteer: Gazetteer
    crs: pyproj.CRS
    timezone: str


class Reading(NamedTuple):
    """
    A file as it was understood.

    Attributes
    ----------
    points
        The rows that have a place, with the columns of the layer of their kind; free text is masked.
    findings
        What was refused or doubted, by row and column.
    raw
        The file's format, encoding and headers, without its cells.
    rows
        How many rows the file has.
    mapping
        Field to column, as it was used.
    verdict
        Of the coordinate system; None where the file has no coordinates, or the user or the file says which.
    system
        The system that was used.
    make
        What files with these headers have in common (`geo.files.column_matching.signature`).
    sha256
        Of the file.
    """

    points: gpd.GeoDataFrame
    findings: pd.DataFrame
    raw: RawFile
    rows: int
    mapping: dict[str, str]
    verdict: Verdict | None
    system: System | None
    make: str
    sha256: str

    @property
    def refused(self) -> int:
        """How many rows were left out."""
        return self.rows - len(self.points)

    @property
    def doubted(self) -> int:
        """How many rows were kept with a finding."""
        return max(int(self.findings["row"].dropna().nunique()) - self.refused, 0)

    @property
    def asks(self) -> bool:
        """Whether a person must say which coordinate system the file is in."""
        return self.verdict is not None and not self.verdict.sure and self.verdict.system is not None


def read_points(
    path: Path | str,
    kind: PointKind,
    profile: Profile,
    place: Place | None = None,
    options: Options | None = None,
    remembered: Mapping[str, Mapping[str, str]] | None = None,
    name: str | None = None,
) -> Reading:
    """
    Read one file of points.

    Parameters
    ----------
    path
        As `geo.files.formats.read_file` takes it.
    kind
        Which layer the rows are for.
    profile
        `points.duplicate.*`.
    place
        The study; without it, coordinates are WGS 84 unless the file or the user says otherwise, addresses are not
        looked up, and times without a zone are on the clock of where the points lie.
    options
        What the user says.
    remembered
        The mappings that were saved, by what files with the same headers have in common.
    name
        What to call the file; by default its own name.

    Returns
    -------
    reading
        `source` of a point is what the file's own column says ("synthetic" for made-up rows), else the file's name.

    Raises
    ------
    InputError
        If the file cannot be read, a mapping names no column of it, or no row has a place.
    """
    path, options = Path(path), options or Options()
    raw = read_file(path, options.encoding)
    called = mask_word(name or raw.name)
    if raw.table.empty:
        raise InputError(
            called,
            Text("没有数据行", "There are no rows"),
            Text("首行列名之下请每行写一条记录", "Write a record a row below the headers"),
        )
    make = signature(raw.table.columns, kind)
    mapping = _mapping(raw, kind, options, (remembered or {}).get(make))
    found = mapped(raw.table, mapping, kind)
    findings: list[Finding] = list(raw.findings)

    pairs = _pairs(raw, found)
    system, verdict = _system(raw, pairs, place, options)
    lonlat, precision = _places(pairs, system, found, place, findings)
    placed = np.isfinite(lonlat).all(axis=1)
    if len(found) and not placed.any():
        raise _no_place(path, mapping, verdict)

    identifier = COLUMNS[kind][0]
    timezone = _clock_of(lonlat[placed]) if place is None else place.timezone
    clean = _clean(found, kind, findings, timezone)
    clean["source"] = found["source"].map(_source, na_action="ignore").where(found["source"].notna(), called)
    given = mask(found[identifier]).where(found[identifier].notna(), _by_content(found))
    clean[identifier] = identifiers(given, identifier, findings)
    clean["precision"] = precision
    points = gpd.GeoDataFrame(conform(clean[placed], kind), geometry=shapely.points(lonlat[placed]), crs=WGS84)
    if kind == "complaints" and len(points):
        crs = place.crs if place is not None else pyproj.CRS.from_epsg(3857)
        limit = [profile[f"points.duplicate.{rule}"] for rule in ("within", "hours")]
        points["duplicate_of"] = duplicates(points, crs, limit[0], limit[1])
    light = RawFile(called, raw.format, raw.encoding, raw.table.head(0), None, raw.crs, raw.findings)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    found_out = findings_table(kind, findings, called)
    return Reading(points, found_out, light, len(raw.table), mapping, verdict, system, make, digest)


def _clock_of(lonlat: NDArray[np.float64]) -> str:
    """Return the time zone of where points lie, in degrees."""
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    return zone_within(west, south, east, north)


def _by_content(found: pd.DataFrame) -> pd.Series:
    """Return an identifier for rows that have none: of what they say, so that the same row is known again."""
    codes = pd.util.hash_pandas_object(found.fillna(""), index=False)
    return pd.Series([f"x{code:016x}"[:11] for code in codes], index=found.index, dtype=object)


def _mapping(raw: RawFile, kind: str, options: Options, remembered: Mapping[str, str] | None) -> dict[str, str]:
    headers = raw.table.columns.tolist()
    for name, column in options.mapping.items():
        if column and column not in headers:
            raise InputError(
                raw.name,
                Text(f"没有名为“{mask_word(column)}”的列", f"There is no column “{mask_word(column)}”"),
                Text(
                    f"可选的列：{'、'.join(map(mask_word, headers[:30]))}",
                    f"Choose one of: {', '.join(map(mask_word, headers[:30]))}",
                ),
                column=name,
            )
    chosen = {name: column for name, column in options.mapping.items() if column}
    proposed = propose_mapping(headers, kind, {**(remembered or {}), **chosen})
    taken = set(chosen.values())
    return {
        name: column
        for name, column in proposed.items()
        if chosen.get(name) == column or (name not in options.mapping and column not in taken)
    }


def mask_word(word: str) -> str:
    """Return a word of a file with what names a person masked, for messages."""
    return str(mask(pd.Series([word], dtype=object)).iloc[0])[:60]


def _pairs(raw: RawFile, found: pd.DataFrame) -> NDArray[np.float64]:
    """Return the file's coordinates in its own order and system, shape (n, 2); its geometry counts first."""
    if found["coordinates"].notna().any() and raw.points is None:
        pairs = read_pairs(found["coordinates"], None)
    else:
        pairs = read_pairs(found["lon"], found["lat"])
    if raw.points is not None:
        known = ~shapely.is_missing(raw.points)
        # the table may have lost rows that were all empty
        at = found.index.to_numpy() - 2
        own = np.full((len(found), 2), np.nan)
        inside = known[at]
        own[inside] = shapely.get_coordinates(raw.points[at[inside]])
        pairs = np.where(np.isfinite(own), own, pairs)
    return pairs


def _system(
    raw: RawFile, pairs: NDArray[np.float64], place: Place | None, options: Options
) -> tuple[System | None, Verdict | None]:
    if options.crs:
        return system_named(options.crs), None
    if not np.isfinite(pairs).all(axis=1).any():
        return None, None
    stated = raw.crs.to_epsg() if raw.crs is not None else None
    if stated is not None and stated != 4326:
        return System(f"EPSG:{stated}"), None
    if place is None:
        return System("WGS84"), None
    verdict = detect(pairs, place.ground)
    return verdict.system, verdict


def _places(
    pairs: NDArray[np.float64],
    system: System | None,
    found: pd.DataFrame,
    place: Place | None,
    findings: list[Finding],
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Return longitude and latitude of each row, and how they were got."""
    lonlat = to_wgs84(pairs, system) if system is not None else np.full((len(found), 2), np.nan)
    with np.errstate(invalid="ignore"):
        zero = (np.abs(pairs[:, 0]) < 1e-6) | (np.abs(pairs[:, 1]) < 1e-6)
    lonlat[zero] = np.nan
    given = np.isfinite(pairs[:, 0]) & np.isfinite(pairs[:, 1])
    written = (found["lon"].notna() | found["lat"].notna() | found["coordinates"].notna()).to_numpy()
    precision = np.full(len(found), None, dtype=object)
    precision[np.isfinite(lonlat).all(axis=1)] = "coordinates"
    open_ = np.flatnonzero(~np.isfinite(lonlat).all(axis=1))
    if place is not None and len(open_):
        located = place.gazetteer.locate(found["address"].iloc[open_])
        lonlat[open_], precision[open_] = located.lonlat, located.precision
    for row in np.flatnonzero(~np.isfinite(lonlat).all(axis=1)):
        problem = (
            Text("坐标为 0", "The coordinates are 0")
            if zero[row]
            else Text("坐标不在该坐标系内", "The coordinates are none of that system")
            if given[row]
            else Text("坐标无法读取", "The coordinates cannot be read")
            if written[row]
            else Text("缺少坐标", "No coordinates")
        )
        if found["address"].iloc[row]:
            problem = Text(f"{problem.zh}，地址也无法定位", f"{problem.en}, and the address is not found either")
        findings.append(Finding(int(found.index[row]), "lon, lat", problem, _LEFT_OUT))
    findings += [
        Finding(
            int(found.index[row]),
            "address",
            Text(f"按地址粗略定位（{precision[row]}）", f"Placed roughly by its address ({precision[row]})"),
            Text("已导入；如需精确请补充坐标", "It is kept; give coordinates for a precise place"),
        )
        for row in open_
        if precision[row] in ("interpolated", "place", "street")
    ]
    return lonlat, precision


_LEFT_OUT = Text("该行未导入；请补充经纬度", "The row was left out; give it longitude and latitude")


def _no_place(path: Path, mapping: Mapping[str, str], verdict: Verdict | None) -> InputError:
    used = [mapping[name] for name in ("lon", "lat", "coordinates", "address") if name in mapping]
    if verdict is not None and verdict.points and verdict.system is None:
        return InputError(
            path,
            verdict.text,
            Text("请核对坐标列，或用 --crs 指明坐标系", "Check the columns, or name the system with --crs"),
            column=", ".join(map(mask_word, used)),
        )
    return InputError(
        path,
        Text("没有一行有可用的坐标或地址", "No row has usable coordinates or an address that is found"),
        Text(
            "请提供“经度”“纬度”两列，或含路口、门牌的“地址”",
            "Give longitude and latitude, or addresses with junction or number",
        ),
        column=", ".join(map(mask_word, used)) or "经度/纬度 (lon/lat)",
    )


def _clean(found: pd.DataFrame, kind: str, findings: list[Finding], timezone: str) -> pd.DataFrame:
    clean = found.copy()
    for column, whole in _NUMBERS.items():
        if column in clean and column in COLUMNS[kind]:
            clean[column] = numbers(found[column], column, findings, whole)
    for column in _TIMES:
        if column in clean:
            clean[column] = times(found[column], column, findings, timezone)
    if {"received_at", "closed_at"} <= set(clean.columns):
        order_of_times(clean, findings)
    for column in clean.columns.intersection(list(_FREE)):
        clean[column] = mask(found[column])
    for column, words in _WORDS.items():
        if column in clean:
            clean[column] = coded(clean[column], words)
    if kind in _KIND_WORDS:
        clean["kind"] = coded(clean["kind"], _KIND_WORDS[kind])
    if "permit_until" in clean:
        clean["permit_until"] = dates(clean["permit_until"])
    for column in ("night_only", "hardship"):
        if column in clean:
            clean[column] = found[column].map(lambda word: str(word).casefold() in _YES)
    return clean


def _source(word: str) -> str:
    return SYNTHETIC if "合成" in word or SYNTHETIC in word.casefold() else mask_word(word)
