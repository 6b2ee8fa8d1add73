"""The reach of an extract's streets: one metric CRS must be good for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyproj
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from geo.core.arrays import Flags, Floats, Integers, run_starts
from geo.core.crs import GOOD_WITHIN, metric_crs, scale_error, scale_errors
from geo.core.errors import InputError
from geo.core.extents import Extent, extent_of, unwrapped, within
from geo.core.text import Text
from geo.streets.extract import Ways
from geo.study.findings import Finding

_CELL: Final = 0.5
"""Degrees: places are apart where such a cell between them holds no street, some 50 km or more."""
_ROWS: Final = 1 << 10
"""More rows of cells than there are from pole to pole."""
_BESIDE: Final = 1.5
"""Cells that touch, also at a corner, are no further from each other than this, in cells."""
_STRAY_SHARE: Final = 0.05
_STRAY_WAYS: Final = 2
_STRAY_AT_MOST: Final = 0.2
"""Strays are 5 % of the ways at most; two ways are strays beside four times as many."""
_FAR_DEGREES: Final = 10.0
"""Places on one meridian are far apart beyond this: some 1,100 km."""
_SPREAD: Final = 3.0
_NEAR_DEGREES: Final = 0.3
"""Nothing is a stray within 0.3 degrees of the middle, or three times the distance of the last way that is none."""
_SAID: Final = 0.001
"""Errors of lengths beyond a tenth of a per cent are said in a finding."""
_NAMED_WAYS: Final = 20
_NAMED_PLACES: Final = 3


class Reach(NamedTuple):
    """
    The ways that a study is made of, with the CRS for their lengths.

    Attributes
    ----------
    ways
        The given ways without strays.
    crs
        The metric CRS; None where no node of a way is known.
    findings
        Strays, and lengths that are less exact than usual.
    """

    ways: Ways
    crs: pyproj.CRS | None
    findings: list[Finding]


def within_reach(ways: Ways, file: Path, around: Extent | None = None) -> Reach:
    """
    Choose the metric CRS for ways, and leave out strays that it is no good for.

    A stray is a way, or a part of one, far from the mass of the others: a road across a continent, a node at 0, 0.
    Strays are looked for only where the extent is wider than the CRS is good for, or has places far apart from north to
    south, where lengths are right and a study would have two countries.

    Parameters
    ----------
    ways
        As `geo.streets.extract.read_ways` returns.
    file
        Where they come from, for the error.
    around
        The extent of the study's boundary: the CRS is that of the streets within it, and strays are those far from it.

    Raises
    ------
    InputError
        If the ways lie at places too far apart for one study; it names boundaries to choose one.
    """
    known = np.isfinite(ways.lonlat).all(axis=1)
    if not known.any():
        return Reach(ways, None, [])
    findings: list[Finding] = []
    crs, error = _crs_for(ways, around)
    if error > GOOD_WITHIN or _far_apart(ways):
        stays = _around(ways, around) if around is not None else _mass(ways)
        if (known & stays).any() and not stays[known].all():
            findings = [_stray_finding(ways, known & ~stays)] if around is None else []
            ways = ways.cut(stays | ~known)
            crs, error = _crs_for(ways, around)
    if error > GOOD_WITHIN or _far_apart(ways):
        raise _too_wide(ways, file, error)
    if error > _SAID:
        findings.append(_error_finding(error))
    return Reach(ways, crs, findings)


def main_extent(lonlat: Floats, owner: Integers) -> Extent:
    """
    Return the extent of the place with the most streets: all streets, except places far from them.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees, of vertices; NaN where unknown.
    owner
        Shape (n,): the way or street of each.
    """
    places, vertices = _places(lonlat, owner)
    return extent_of(lonlat[vertices == places[0]])


def _crs_for(ways: Ways, around: Extent | None) -> tuple[pyproj.CRS, float]:
    """Return the CRS of the main place of ways, or of a place given, and the worst error of lengths in it."""
    inside = within(ways.lonlat, around) if around is not None else np.isfinite(ways.lonlat).all(axis=1)
    rows = inside if inside.any() else np.isfinite(ways.lonlat).all(axis=1)
    crs = metric_crs(*main_extent(ways.lonlat[rows], ways.way[rows]))
    return crs, scale_error(extent_of(ways.lonlat), crs)


def _far_apart(ways: Ways) -> bool:
    """Tell whether there are places that are far apart from north to south."""
    _, south, _, north = extent_of(ways.lonlat)
    return north - south > _FAR_DEGREES and len(_places(ways.lonlat, ways.way)[0]) > 1


def _places(lonlat: Floats, owner: Integers) -> tuple[Integers, Integers]:
    """Return places far from each other, the one with the most streets first; and the place of each vertex, or -1."""
    known = np.flatnonzero(np.isfinite(lonlat).all(axis=1))
    place = np.full(len(lonlat), -1, dtype=np.int64)
    columns = round(360 / _CELL)
    x = np.floor((lonlat[known, 0] % 360) / _CELL).astype(np.int64) % columns
    y = np.floor(lonlat[known, 1] / _CELL).astype(np.int64)
    # one number a cell: rows of numbers are sorted thirty times as slowly
    numbers, cell = np.unique(x * _ROWS + (y + _ROWS // 2), return_inverse=True)
    cells = np.column_stack([numbers // _ROWS, numbers % _ROWS - _ROWS // 2])
    # the first column lies beside the last
    again = cells[cells[:, 0] == 0] + [columns, 0]
    at = np.append(np.arange(len(cells)), np.flatnonzero(cells[:, 0] == 0))
    pairs = at[KDTree(np.vstack([cells, again])).query_pairs(_BESIDE, output_type="ndarray")]
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(cells), len(cells)))
    count, of_cell = connected_components(links, directed=False)
    place[known] = of_cell[cell]
    owners = int(owner.max(initial=0)) + 1
    held = np.unique(place[known] * owners + owner[known]) // owners
    streets = np.bincount(held, minlength=count)
    return np.lexsort((np.arange(count), -streets)), place


def _mass(ways: Ways) -> Flags:
    """Tell of each vertex whether it lies with the mass of the ways; all do where not only a few are far from it."""
    at, of = _middles(ways)
    middle = np.array([np.median(of[:, 0]), np.median(of[:, 1])])
    distance = np.sort(_degrees_from(middle, of))
    count = len(at)
    strays = max(int(_STRAY_SHARE * count), min(_STRAY_WAYS, int(_STRAY_AT_MOST * count)))
    radius = max(_NEAR_DEGREES, _SPREAD * float(distance[count - 1 - strays]))
    turn = unwrapped(extent_of(ways.lonlat))
    lonlat = np.column_stack([_next_to(ways.lonlat[:, 0], turn), ways.lonlat[:, 1]])
    with np.errstate(invalid="ignore"):
        stays: Flags = _degrees_from(middle, lonlat) <= radius
    near = stays & np.isfinite(ways.lonlat).all(axis=1)
    if near.any():
        crs = metric_crs(*extent_of(ways.lonlat[near]))
        stays[near] = scale_errors(ways.lonlat[near], crs) <= GOOD_WITHIN
    return stays if int((~stays[at]).sum()) <= strays else np.ones(len(stays), dtype=bool)


def _middles(ways: Ways) -> tuple[Integers, Floats]:
    """Return the middle vertex of each way with a known node, and its position beside the others'."""
    known = np.flatnonzero(np.isfinite(ways.lonlat).all(axis=1))
    starts = np.flatnonzero(run_starts(ways.way[known]))
    ends = np.append(starts[1:], len(known))
    at = known[(starts + ends) // 2]
    lonlat = ways.lonlat[at]
    return at, np.column_stack([_next_to(lonlat[:, 0], unwrapped(extent_of(ways.lonlat))), lonlat[:, 1]])


def _next_to(lon: Floats, extent: Extent) -> Floats:
    return np.where(lon < extent[0], lon + 360, lon)


def _degrees_from(middle: Floats, lonlat: Floats) -> Floats:
    """Return great-circle distances, in degrees."""
    (lon, lat), (lons, lats) = np.radians(middle), np.radians(lonlat).T
    chord = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2
    return np.degrees(2 * np.arcsin(np.sqrt(np.clip(chord, 0, 1))))


def _around(ways: Ways, extent: Extent) -> Flags:
    """Tell of each vertex whether it lies around an extent: within its own size of it, half a degree at least."""
    west, south, east, north = unwrapped(extent)
    return within(ways.lonlat, extent, max(east - west, north - south, _CELL))


def _stray_finding(ways: Ways, strays: Flags) -> Finding:
    way_id = ways.table["way_id"].to_numpy()[np.unique(ways.way[strays])].tolist()
    some = ", ".join(map(str, way_id[:_NAMED_WAYS])) + (" …" if len(way_id) > _NAMED_WAYS else "")
    return Finding(
        None,
        "way_id",
        Text(
            f"{len(way_id)} 条路径全部或部分远离其他道路：{some}",
            f"{len(way_id)} ways lie far from the other roads, as a whole or in part: {some}",
        ),
        Text(
            "远处的部分未导入；如需研究该处，请用 --boundary 指定",
            "The part far away was left out; name its place with --boundary to study it",
        ),
    )


def _error_finding(error: float) -> Finding:
    share = _percent(error)
    return Finding(
        None,
        "length_m",
        Text(
            f"数据范围很宽，长度误差最大 {share}",
            f"The extent is wide: lengths are wrong by up to {share}",
        ),
        Text("已保留；用 --boundary 截取较小的范围会更准", "They are kept; a smaller --boundary makes them more exact"),
    )


def _percent(error: float) -> str:
    return f"{error:.1%}".replace("%", " %")


def _problem(error: float) -> Text:
    """Return why roads do not make one study."""
    if error <= GOOD_WITHIN:
        return Text("数据中有相距很远的几处道路", "Its roads lie at places far apart")
    zh, en = (f"达到 {_percent(error)}", f"up to {_percent(error)}") if error < 1 else ("超过 100 %", "more than 100 %")
    return Text(
        f"道路分布过广，没有一个米制坐标系适用：长度误差会{zh}",
        f"Its roads lie too far apart for one metric coordinate system: lengths would be wrong by {en}",
    )


def _too_wide(ways: Ways, file: Path, error: float) -> InputError:
    """Return the refusal of an extract that is wider than a CRS is good for, with the places to choose from."""
    places, place = _places(ways.lonlat, ways.way)
    choices = [_choice(ways, place == number) for number in places[:_NAMED_PLACES]] if len(places) > 1 else []
    return InputError(
        file,
        _problem(error),
        Text(
            "请用 --boundary 选取一处：" + "，或 ".join(f"{box}（{count} 条路径）" for box, count in choices)
            if choices
            else "请用 --boundary 文件 或 --boundary 西,南,东,北 截取一个城市",
            "Choose one place with --boundary: " + ", or ".join(f"{box} ({count} ways)" for box, count in choices)
            if choices
            else "Cut out one city with --boundary FILE or --boundary W,S,E,N",
        ),
    )


def _choice(ways: Ways, inside: Flags) -> tuple[str, int]:
    """Return a place as `--boundary` takes it, rounded outwards, and its number of ways."""
    extent: Sequence[float] = extent_of(ways.lonlat[inside])
    box = [np.floor(extent[0] * 100), np.floor(extent[1] * 100), np.ceil(extent[2] * 100), np.ceil(extent[3] * 100)]
    return ",".join(f"{value / 100:g}" for value in box), len(np.unique(ways.way[inside]))
