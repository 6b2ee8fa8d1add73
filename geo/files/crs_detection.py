"""Detect a file's coordinate system from the streets."""

from __future__ import annotations

import math
from typing import Final, NamedTuple, NotRequired, Protocol, TypedDict

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats
from geo.core.crs import to_degrees, to_metric
from geo.core.metric_geometry import metric_lines
from geo.core.place import place_at
from geo.core.text import Text
from geo.core.time_zones import in_mainland_china, in_shifted_maps
from geo.files.coordinates import System, to_wgs84
from geo.files.crs_hints import Hint
from geo.study.findings import Finding

NEAR_M: Final = 15.0
"""Points of streets lie on carriageway or pavement: this near to a street's centre line."""
_OTHER_ORDER: Final = Text("坐标的两个轴次序相反", "The coordinates have their axes the other way round")
_SAMPLE: Final = 4000
_SEED: Final = 721
_MOST: Final = 0.5
"""A system must put half of the points into the study."""
_SPEAKS: Final = 0.1
"""Streets that fewer points fall on say nothing against what the file says: these are no points of streets."""
_ENOUGH: Final = 8
"""Fewer points decide nothing between systems that differ by a street's width."""


class Candidate(NamedTuple):
    """
    A system with its evidence: the share of points on streets, within the study at all, and their median distance.
    """

    system: System
    on_streets: float
    inside: float
    median_m: float


class Evidence(TypedDict):
    """
    How well a coordinate system fits.

    Attributes
    ----------
    system
        The coordinate system.
    on_streets
        Share of the points on streets.
    inside
        Share of the points within the study.
    median_m
        Median distance to the nearest street, in metres.
    """

    system: str
    on_streets: float
    inside: float
    median_m: float | None


class VerdictDocument(TypedDict):
    """
    A verdict as plain values.

    Attributes
    ----------
    system
        The most likely coordinate system; null where none puts a point into the study.
    sure
        Whether it is so by far; else somebody must say.
    evidence
        The coordinate systems that were tried, best first; empty where the system was stated.
    points
        Points that were looked at; only where the system was not stated.
    hint
        The datum that the file's name or columns speak for, or null; only where the system was not stated.
    text
        The verdict with its evidence; only where the system was not stated.
    """

    system: str | None
    sure: bool
    evidence: list[Evidence]
    points: NotRequired[int]
    hint: NotRequired[str | None]
    text: NotRequired[dict[str, str]]


class Verdict(NamedTuple):
    """
    The detected coordinate system, with the evidence.

    Attributes
    ----------
    system
        The most likely system; None where no candidate puts a point into the study.
    sure
        Whether it is so by far; else a person must say.
    candidates
        The systems that put points into the study, best first.
    points
        How many points were looked at.
    hint
        What the file's name or columns say of it, if anything.
    """

    system: System | None
    sure: bool
    candidates: list[Candidate]
    points: int
    hint: Hint | None = None

    @property
    def text(self) -> Text:
        """The verdict with its evidence."""
        if self.system is None:
            return Text(
                "没有一种坐标系能把这些点放进研究范围",
                "No coordinate system puts these points into the study",
            )
        zh = "，".join(f"按 {c.system} 有 {c.on_streets:.0%} 的点落在街道上" for c in self.candidates[:3])
        en = ", ".join(f"{c.on_streets:.0%} of points fall on streets as {c.system}" for c in self.candidates[:3])
        lead = (
            Text("坐标系为", "It is")
            if self.sure
            else Text("难以判断，请确认：最可能为", "Too close to tell, please confirm: most likely it is")
        )
        if self.hint is not None:
            zh, en = f"{zh}；{self.hint.text.zh}", f"{en}; {self.hint.text.en}"
        return Text(
            f"{lead.zh} {self.system}（{self.points} 个点）：{zh}",
            f"{lead.en} {self.system} ({self.points} points): {en}",
        )

    def as_dict(self) -> VerdictDocument:
        """Return the document `crs` of `jiexu add --json`."""
        return {
            "system": None if self.system is None else str(self.system),
            "sure": self.sure,
            "points": self.points,
            "evidence": [
                {
                    "system": str(c.system),
                    "on_streets": round(c.on_streets, 4),
                    "inside": round(c.inside, 4),
                    "median_m": None if np.isnan(c.median_m) else round(c.median_m, 1),
                }
                for c in self.candidates
            ],
            "hint": None if self.hint is None else self.hint.system,
            "text": {"zh": self.text.zh, "en": self.text.en},
        }


class Ground(Protocol):
    """The streets that points are tested against: their CRS, their extent in it, and how far points are from them."""

    @property
    def crs(self) -> pyproj.CRS:
        """The metric CRS."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north in the metric CRS."""

    def distances(self, xy: Floats) -> Floats:
        """Return the distance of points, shape (n, 2) in the metric CRS, from the nearest street."""


class StreetsIndex(NamedTuple):
    """The streets that points are tested against: a tree of their lines in the metric CRS, and their extent in it."""

    tree: shapely.STRtree
    crs: pyproj.CRS
    bounds: tuple[float, float, float, float]

    def distances(self, xy: Floats) -> Floats:
        """Return the distance of points, shape (n, 2) in the metric CRS, from the nearest street."""
        distance = np.full(len(xy), np.inf)
        (asked, _), away = self.tree.query_nearest(shapely.points(xy), return_distance=True, all_matches=False)
        distance[asked] = away
        return distance

    @property
    def middle(self) -> Floats:
        """The middle of the streets, shape (1, 2), in degrees."""
        return _middle(self)


def _middle(ground: Ground) -> Floats:
    """Return the middle of the streets, shape (1, 2), in degrees."""
    west, south, east, north = ground.bounds
    return to_degrees(np.array([[(west + east) / 2, (south + north) / 2]]), ground.crs)


def streets_index(lines: NDArray[np.object_], crs: pyproj.CRS) -> StreetsIndex:
    """Return the index of a study's segments, given in WGS 84."""
    metric = metric_lines(lines, crs)
    west, south, east, north = shapely.total_bounds(metric)
    return StreetsIndex(shapely.STRtree(metric), crs, (west, south, east, north))


def detect(pairs: Floats, ground: Ground, hint: Hint | None = None) -> Verdict:
    """
    Detect the system of coordinates by the share of points that fall on streets in each.

    Candidates are, for degrees, WGS 84 and, in mainland China, Hong Kong and Macao, GCJ-02 and BD-09; for metres, Web
    Mercator, the UTM zone and the national grid of the study and, in mainland China, the CGCS2000 3-degree zones (with
    and without zone prefix); each in either order.

    Parameters
    ----------
    pairs
        Shape (n, 2), in the order of the file; rows with NaN are ignored.
    ground
        As `streets_index` returns.
    hint
        What the file's name or columns say. It decides where the streets do not, and do not speak against it; in Hong
        Kong and Macao a provider's name does not, since providers differ there.

    Returns
    -------
    verdict
        `sure` where the best system has at least a third more points on streets than the next that differs by more
        than a metre, and the difference is beyond chance (two standard errors).
    """
    with np.errstate(invalid="ignore"):
        usable = pairs[np.isfinite(pairs).all(axis=1) & ~(np.abs(pairs) < 1e-9).all(axis=1)]
    if len(usable) > _SAMPLE:
        usable = usable[np.random.default_rng(_SEED).choice(len(usable), _SAMPLE, replace=False)]
    if len(usable) == 0:
        return Verdict(None, False, [], 0)
    tried: list[tuple[Candidate, Floats]] = []
    for system in _systems(usable, ground):
        found = _test(usable, system, ground)
        if found[0].inside > 0:
            tried.append(found)
    tried.sort(key=lambda item: (-item[0].on_streets, -item[0].inside, item[0].median_m, item[0].system.swapped))
    if not tried:
        return Verdict(None, False, [], len(usable))
    distinct = [tried[0]]
    for candidate in tried[1:]:
        if all(_apart(candidate[1], other[1]) > 1.0 for other in distinct):
            distinct.append(candidate)
    candidates = [candidate for candidate, _ in distinct]
    best = candidates[0]
    sure = best.inside >= _MOST and (len(distinct) == 1 or _beyond_chance(best, candidates[1], len(usable)))
    if not sure and hint is not None and (hint.explicit or in_mainland_china(_middle(ground))[0]):
        meant = next((candidate for candidate in candidates if candidate.system.name == hint.system), None)
        against = best.on_streets >= _SPEAKS and meant is not None and _beyond_chance(best, meant, len(usable))
        if meant is not None and meant.inside >= _MOST and not against:
            candidates = [meant, *(candidate for candidate in candidates if candidate is not meant)]
            best, sure = meant, True
    return Verdict(best.system, sure, candidates, len(usable), hint)


def way_round(pairs: Floats, stated: System, ground: Ground) -> tuple[System, list[Finding]] | None:
    """
    Return the system that a file states, or the same with its axes in the other order, as it puts points into a study.

    Parameters
    ----------
    pairs, ground
        As `detect` takes them.
    stated
        The system that the file states.

    Returns
    -------
    system
        None where neither puts a point into the study: the file may state the wrong one.
    findings
        One where the axes are the other way round.
    """
    usable = pairs[np.isfinite(pairs).all(axis=1)]
    for system in (stated, System(stated.name, not stated.swapped)):
        if len(usable) and _test(usable, system, ground)[0].inside > 0:
            done = Text(f"已按 {system} 读取", f"They are read as {system}")
            return system, [] if system == stated else [Finding(None, "lon, lat", _OTHER_ORDER, done)]
    return None


def _beyond_chance(best: Candidate, next_: Candidate, count: int) -> bool:
    if next_.inside < 0.05 <= best.inside:
        return True  # the next system puts hardly a point into the study
    if count < _ENOUGH:
        return False
    spread = math.sqrt((best.on_streets * (1 - best.on_streets) + next_.on_streets * (1 - next_.on_streets)) / count)
    return best.on_streets - next_.on_streets > 2 * spread and best.on_streets >= next_.on_streets * 4 / 3


def _apart(one: Floats, other: Floats) -> float:
    with np.errstate(invalid="ignore"):
        distance = np.hypot(*(one - other).T)
    return float(np.nanmedian(distance)) if np.isfinite(distance).any() else np.inf


def _test(pairs: Floats, system: System, ground: Ground) -> tuple[Candidate, Floats]:
    lonlat = to_wgs84(pairs, system)
    xy = np.full_like(lonlat, np.nan)
    known = np.isfinite(lonlat).all(axis=1)
    if known.any():
        xy[known] = to_metric(lonlat[known], ground.crs)
    west, south, east, north = ground.bounds
    with np.errstate(invalid="ignore"):
        inside = (xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north)
    distance = np.full(len(pairs), np.inf)
    rows = np.flatnonzero(inside)
    if len(rows):
        distance[rows] = ground.distances(xy[rows])
    median = float(np.median(distance[inside])) if inside.any() else np.nan
    return Candidate(system, float((distance <= NEAR_M).mean()), float(inside.mean()), median), xy


def _systems(pairs: Floats, ground: Ground) -> list[System]:
    """Return the systems that numbers of this size can be in."""
    size = np.abs(np.nanmedian(pairs, axis=0))
    if (size <= 180).all():
        names = ["WGS84"]
        if in_shifted_maps(_middle(ground))[0]:
            names += ["GCJ-02", "BD-09"]
    else:
        names = [f"EPSG:{code}" for code in _projected(ground)]
    return [System(name, swapped) for name in names for swapped in (False, True)]


def _projected(ground: Ground) -> list[int]:
    """Return the codes of projected systems in use where the study lies."""
    area = ground.crs.area_of_use
    code = ground.crs.to_epsg() or 0
    codes = [3857]
    if 4534 <= code <= 4554:
        # neighbouring zones too: a city may lie at a zone's edge, or keep its own
        zones = [zone for zone in (code - 4534 - 1, code - 4534, code - 4534 + 1) if 0 <= zone <= 20]
        codes += [4534 + zone for zone in zones] + [4513 + zone for zone in zones]
        # six-degree zones with and without prefix
        own = int((float(_middle(ground)[0, 0]) - 72) // 6)
        wide = [zone for zone in (own - 1, own, own + 1) if 0 <= zone <= 10]
        codes += [4491 + zone for zone in wide] + [4502 + zone for zone in wide]
    if area is not None:
        middle, south = (area.west + area.east) / 2, area.south
        utm = int(np.clip((middle + 180) // 6 + 1, 1, 60))
        codes += [(32600 if south >= 0 else 32700) + zone for zone in (utm - 1, utm, utm + 1) if 1 <= zone <= 60]
    (lon, lat), *_ = _middle(ground).tolist()
    grid = place_at(lon, lat, lon, lat).national_grid
    return list(dict.fromkeys([*codes, *([] if grid is None else [grid])]))
