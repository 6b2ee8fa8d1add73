"""Locate rows by their addresses, from the extract alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.crs import to_metric
from geo.core.name_matching import street_key
from geo.core.node_ids import end_nodes
from geo.streets.sections import root_of

PRECISIONS: Final = ("coordinates", "house_number", "intersection", "interpolated", "place", "street")
"""How the place of a point was got, the most precise first."""

_STREET = r"[\u3400-\u9fffA-Za-z0-9]{1,14}?(?:大道|大街|公路|路|街|巷|胡同|道)(?:[东西南北中]段)?"
_CROSSING = re.compile(
    rf"(?P<first>{_STREET})\s*(?:与|和|、|/|\\|-|—|&|跟|同)\s*(?P<second>{_STREET})\s*(?:的)?(?:交叉路?口|交汇处?|路口|口|相交处?|交界处?|十字|丁字|附近|$)"
)
_NUMBER = re.compile(rf"(?P<street>{_STREET})\s*(?P<number>\d{{1,5}})\s*(?:[-—之]\d+)?\s*(?:号|號)")
_ENGLISH_CROSSING = re.compile(
    r"^\s*(?P<first>[^,&/]+?)\s*(?:&|/|\band\b|\bat\b|@)\s*(?P<second>[^,&/]+?)\s*(?:,.*)?$", re.IGNORECASE
)
_ENGLISH_NUMBER = re.compile(r"^\s*(?P<number>\d{1,5})[A-Za-z]?\s+(?P<street>[^\d,][^,]*?)\s*(?:,.*)?$")
_NUMBER_LAST = re.compile(r"^\s*(?P<street>[^\d,]+?)\s+(?P<number>\d{1,5})[A-Za-z]?\s*(?:,.*)?$")
_PREFIX = re.compile(
    r"^(?:.{1,8}?(?:省|自治区))?(?:.{1,8}?市)?(?:.{1,8}?(?:区|县|市))?(?:.{1,10}?(?:街道办事处|街道办|街道|镇|乡))?"
)
_LONGEST: Final = 200
_ONE_PLACE_M: Final = 150.0
"""The corners of one junction, or the houses of one number, lie no further apart."""
_BETWEEN_M: Final = 400.0
_SHORT_STREET_M: Final = 300.0


class Located(NamedTuple):
    """Places of addresses: longitude and latitude (NaN where none was found), and the precision of each."""

    lonlat: NDArray[np.float64]
    precision: NDArray[np.object_]


class Locator(Protocol):
    """A finder of addresses."""

    def locate(self, addresses: pd.Series) -> Located:
        """Return where each address is; an address that names two places far apart is nowhere."""


class Gazetteer:
    """
    The places of a study by name: streets and where they cross, house numbers, facilities and other named places.

    Parameters
    ----------
    roads
        `street_id`, `name`, `aliases` and geometry in WGS 84.
    addresses
        The study's layer: `street`, `number`, points.
    places
        Layers with `name`: facilities, context.
    crs
        The study's metric CRS.
    """

    def __init__(
        self, roads: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame, places: list[gpd.GeoDataFrame], crs: pyproj.CRS
    ) -> None:
        self.crs = crs
        named = roads[roads["name"].notna()]
        self._lines = named.geometry.to_numpy()
        first, last = end_nodes(self._lines)
        keys = named["name"].map(street_key).to_numpy(dtype=object)
        self._rows: dict[str, list[int]] = {}
        for row, (key, aliases) in enumerate(zip(keys, named["aliases"].fillna(""), strict=True)):
            for spelling in dict.fromkeys([key, *(street_key(a) for a in aliases.split(";") if a.strip())]):
                self._rows.setdefault(spelling, []).append(row)
        self._nodes = (first, last)
        self._streets = root_of(named["street_id"]).to_numpy(dtype=object)
        self._numbers: dict[str, list[tuple[int, shapely.Point]]] = {}
        for street, number, point in zip(addresses["street"], addresses["number"], addresses.geometry, strict=True):
            match = re.match(r"\s*(\d{1,5})", str(number))
            if match:
                self._numbers.setdefault(street_key(street), []).append((int(match[1]), point))
        self._places: dict[str, list[shapely.Geometry]] = {}
        for layer in places:
            known = layer[layer["name"].notna()] if len(layer) else layer
            for name, shape in zip(known["name"], known.geometry, strict=True):
                self._places.setdefault(street_key(name), []).append(shape)

    def locate(self, addresses: pd.Series) -> Located:
        """Return where each address is; an address that names two places far apart is nowhere."""
        lonlat = np.full((len(addresses), 2), np.nan)
        precision = np.full(len(addresses), None, dtype=object)
        found: dict[str, tuple[shapely.Point, str] | None] = {}
        for row, text in enumerate(addresses):
            if not text:
                continue
            if text not in found:
                found[text] = self._find(str(text)[:_LONGEST])
            if (place := found[text]) is not None:
                lonlat[row] = place[0].x, place[0].y
                precision[row] = place[1]
        return Located(lonlat, precision)

    def _find(self, text: str) -> tuple[shapely.Point, str] | None:
        text = unicodedata.normalize("NFKC", text).strip()
        ways: list[Callable[[str], tuple[shapely.Point, str] | None]] = [
            self._by_number,
            self._by_crossing,
            self._by_place,
            self._by_street,
        ]
        for way in ways:
            if (place := way(text)) is not None:
                return place
        return None

    def _key(self, written: str) -> str | None:
        """Return the known street named at the end of the written text: administrative names may stand before it."""
        written = written.strip()
        key = street_key(written)
        if key in self._rows:
            return key
        shorter = _PREFIX.sub("", written)
        options = [shorter, *(written[i:] for i in range(1, max(len(written) - 1, 1)))] if not written.isascii() else []
        return next((k for k in map(street_key, options) if k in self._rows), None)

    def _by_crossing(self, text: str) -> tuple[shapely.Point, str] | None:
        match = _CROSSING.search(text) or (
            _ENGLISH_CROSSING.match(text) if not re.search(r"[\u3400-\u9fff]", text) else None
        )
        if not match:
            return None
        first, second = self._key(match["first"]), self._key(match["second"])
        if first is None or second is None or first == second:
            return None
        one, other = (np.array(self._rows[key]) for key in (first, second))
        left_nodes, right_nodes = (np.concatenate([end[rows] for end in self._nodes]) for rows in (one, other))
        common = np.intersect1d(left_nodes, right_nodes)
        if len(common):
            ends = [shapely.get_point(self._lines[one], at) for at in (0, -1)]
            points = np.concatenate([p[np.isin(n[one], common)] for p, n in zip(ends, self._nodes, strict=True)])
        else:
            left, right = shapely.union_all(self._lines[one]), shapely.union_all(self._lines[other])
            points = np.array([shapely.get_point(shapely.shortest_line(left, right), at) for at in (0, 1)])
        return self._one_place(points, "intersection")

    def _by_number(self, text: str) -> tuple[shapely.Point, str] | None:
        matches = [_NUMBER.search(text)]
        if not re.search(r"[\u3400-\u9fff]", text):
            matches += [_ENGLISH_NUMBER.match(text), _NUMBER_LAST.match(text)]
        for match in filter(None, matches):
            key = self._key(match["street"]) or street_key(match["street"])
            known = self._numbers.get(key, [])
            number = int(match["number"])
            exact = [point for known_number, point in known if known_number == number]
            if exact and (place := self._one_place(np.array(exact, dtype=object), "house_number")):
                return place
            if place := self._between(known, number):
                return place
        return None

    def _between(self, known: list[tuple[int, shapely.Point]], number: int) -> tuple[shapely.Point, str] | None:
        """Interpolate between the nearest lower and higher house number, of the number's own side where there are."""
        for numbers in ([pair for pair in known if pair[0] % 2 == number % 2], known):
            lower = max((pair for pair in numbers if pair[0] < number), key=lambda pair: pair[0], default=None)
            higher = min((pair for pair in numbers if pair[0] > number), key=lambda pair: pair[0], default=None)
            if lower and higher and self._spread(np.array([lower[1], higher[1]], dtype=object)) <= _BETWEEN_M:
                share = (number - lower[0]) / (higher[0] - lower[0])
                line = shapely.LineString([lower[1], higher[1]])
                return line.interpolate(share, normalized=True), "interpolated"
        return None

    def _by_place(self, text: str) -> tuple[shapely.Point, str] | None:
        core = re.sub(r"(?:门口|附近|旁边?|对面|内|里|北门|南门|东门|西门|大门)$", "", text)
        for written in (text, core, _PREFIX.sub("", core)):
            shapes = self._places.get(street_key(written))
            if shapes:
                points = shapely.point_on_surface(np.array(shapes, dtype=object))
                if place := self._one_place(points, "place"):
                    return place
        return None

    def _by_street(self, text: str) -> tuple[shapely.Point, str] | None:
        """A street's name alone places a row only where the street is short."""
        key = self._key(re.sub(r"(?:路段|沿线|附近|全段)$", "", text))
        if key is None:
            return None
        rows = np.array(self._rows[key])
        if len(set(self._streets[rows])) > 1:
            return None
        ends = np.concatenate([shapely.get_point(self._lines[rows], at) for at in (0, -1)])
        if self._spread(ends) > _SHORT_STREET_M:
            return None
        longest = self._lines[rows][shapely.length(self._lines[rows]).argmax()]
        return shapely.line_interpolate_point(longest, 0.5, normalized=True), "street"

    def _spread(self, points: NDArray[np.object_]) -> float:
        return float(np.hypot(*np.ptp(to_metric(shapely.get_coordinates(points), self.crs), axis=0)))

    def _one_place(self, points: NDArray[np.object_], precision: str) -> tuple[shapely.Point, str] | None:
        if self._spread(points) > _ONE_PLACE_M:
            return None
        return shapely.Point(shapely.get_coordinates(points).mean(axis=0)), precision
