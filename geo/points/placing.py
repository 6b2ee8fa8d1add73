"""The place of each row: by its coordinates, else by its address."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats
from geo.core.errors import InputError
from geo.core.masked_words import mask_word
from geo.core.text import Text
from geo.core.time_zones import in_shifted_maps, zone_within
from geo.files.coordinates import SHIFTED, System, read_pairs, to_wgs84
from geo.files.crs_detection import Verdict
from geo.files.raw_file import RawFile
from geo.points.gazetteer import Located, Locator
from geo.study.findings import Finding

UNPLACED_KINDS: Final = frozenset({"complaints"})
"""Kinds with rows that count without a place: in shares and times, not on the map."""
_ZERO_WITHIN: Final = 1e-6
"""Coordinates this near to 0 stand for none."""
_ROUGH: Final = frozenset({"interpolated", "place", "street"})
"""Precisions of addresses that are worth a finding."""
_LEFT_OUT: Final = Text("该行未导入；请补充经纬度", "The row was left out; give it longitude and latitude")
_KEPT_UNPLACED: Final = Text(
    "已导入，但无位置：计入占比和用时，不计入地图、街道和片区；请补充经纬度",
    "It is kept without a place: it counts in shares and times, and not on maps, streets and quarters; give it "
    "longitude and latitude",
)
_KEPT: Final = Text("已导入；如需精确请补充坐标", "It is kept; give coordinates for a precise place")


def pairs_of(raw: RawFile, found: pd.DataFrame) -> Floats:
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


def clock_at(lonlat: Floats) -> str:
    """Return the time zone at some places; UTC where there are none."""
    placed = lonlat[np.isfinite(lonlat).all(axis=1)]
    if len(placed) == 0:
        return "UTC"
    (west, south), (east, north) = placed.min(axis=0), placed.max(axis=0)
    return zone_within(west, south, east, north)


def in_use(pairs: Floats, system: System) -> tuple[System, list[Finding]]:
    """
    Return the system that a user names as it is used where the coordinates lie, and a finding where it is not.

    Chinese maps are shifted in mainland China, Hong Kong and Macao; elsewhere their coordinates are WGS 84.

    Parameters
    ----------
    pairs
        As `pairs_of` returns.
    system
        The system that the user names.
    """
    if system.name not in SHIFTED:
        return system, []
    lonlat = to_wgs84(pairs, system)
    known = _known(lonlat)
    abroad = int((known & ~in_shifted_maps(lonlat)).sum())
    if not abroad:
        return system, []
    finding = Finding(
        None,
        "lon, lat",
        Text(
            f"{abroad} 个点在不使用 {system.name} 的地方（该坐标系只用于中国大陆和港澳）",
            f"{abroad} points lie where {system.name} is not in use: it is that of mainland China, Hong Kong and Macao",
        ),
        Text("按 WGS 84 处理，坐标未移动", "They are read as WGS 84 and were not moved"),
    )
    return (System("WGS84", system.swapped) if abroad == known.sum() else system), [finding]


def located(
    pairs: Floats,
    system: System | None,
    found: pd.DataFrame,
    gazetteer: Locator | None,
    findings: list[Finding],
    kept: bool = False,
) -> Located:
    """
    Place rows by their coordinates, the others by their address.

    Parameters
    ----------
    pairs
        As `pairs_of` returns.
    system
        The coordinate system; None where no row has coordinates.
    found
        `lon`, `lat`, `coordinates` and `address`, as text.
    gazetteer
        The names of the study; without it, addresses are not looked up.
    findings
        Taken along: one for each row without a place, or with a rough one.
    kept
        Whether rows without a place are kept.

    Returns
    -------
    located
        NaN and None for rows without a place.
    """
    lonlat = to_wgs84(pairs, system) if system is not None else np.full((len(found), 2), np.nan)
    with np.errstate(invalid="ignore"):
        zero = (np.abs(pairs[:, 0]) < _ZERO_WITHIN) | (np.abs(pairs[:, 1]) < _ZERO_WITHIN)
    lonlat[zero] = np.nan
    precision = np.full(len(found), None, dtype=object)
    precision[_known(lonlat)] = "coordinates"
    open_ = np.flatnonzero(~_known(lonlat))
    if gazetteer is not None and len(open_):
        by_address = gazetteer.locate(found["address"].iloc[open_])
        lonlat[open_], precision[open_] = by_address.lonlat, by_address.precision
    action = _KEPT_UNPLACED if kept else _LEFT_OUT
    findings += _without_place(found, pairs, zero, np.flatnonzero(~_known(lonlat)), action)
    findings += _roughly_placed(found, precision, open_)
    return Located(lonlat, precision)


def _known(pairs: Floats) -> Flags:
    return np.isfinite(pairs[:, 0]) & np.isfinite(pairs[:, 1])


def _without_place(
    found: pd.DataFrame, pairs: Floats, zero: Flags, rows: NDArray[np.int64], action: Text
) -> list[Finding]:
    given = _known(pairs)
    written = found[["lon", "lat", "coordinates"]].notna().any(axis=1).to_numpy()
    findings = []
    for row in rows:
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
        findings.append(Finding(int(found.index[row]), "lon, lat", problem, action))
    return findings


def _roughly_placed(found: pd.DataFrame, precision: NDArray[np.object_], rows: NDArray[np.int64]) -> list[Finding]:
    return [
        Finding(
            int(found.index[row]),
            "address",
            Text(f"按地址粗略定位（{precision[row]}）", f"Placed roughly by its address ({precision[row]})"),
            _KEPT,
        )
        for row in rows
        if precision[row] in _ROUGH
    ]


def no_shape(path: Path, raw: RawFile) -> InputError | None:
    """Return the error of a file without a usable shape, with the first row at fault; None where no shape is faulty."""
    faults = (finding for finding in raw.findings if finding.row is not None and finding.column == "geometry")
    fault = next(faults, None)
    return None if fault is None else InputError(path, fault.problem, fault.action, row=fault.row, column=fault.column)


def no_place(path: Path, mapping: Mapping[str, str], verdict: Verdict | None) -> InputError:
    """Return the error of a file without a single row that has a place."""
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
