"""The streets of a study by their names and spellings: exactly, by another spelling, by similarity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from geo.core.arrays import Flags
from geo.core.name_matching import normal_name, similarity, stem, street_key
from geo.rules.loader import Profile
from geo.streets.sections import Axis

How = Literal["exact", "alias", "similar", "several"]


class StreetIndex:
    """The streets of a study by their names and spellings."""

    def __init__(self, streets: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> None:
        self.streets, self.roads = streets, roads
        self.names = dict(zip(streets["street_id"], streets["name"], strict=True))
        named = streets[streets["name"].notna()]
        written = roads.loc[roads["name"].notna(), ["name", "street_id"]].drop_duplicates()
        spellings = [
            (street, name.strip())
            for street, text in zip(named["street_id"], named["aliases"], strict=True)
            if text
            for name in text.split(";")
        ]
        own = [*zip(named["name"], named["street_id"], strict=True), *written.itertuples(index=False, name=None)]
        self.exact = _by((normal_name(name), street) for name, street in own)
        self.alias = _by(
            (form, street)
            for street, name in [*((street, name) for name, street in own), *spellings]
            for form in {normal_name(name), street_key(name)}
        )
        self.by_stem = _by((stem(street_key(name)), street) for name, street in own)
        self.choices = sorted({*self.exact, *self.alias})
        self._rows: dict[str, NDArray[np.int64]] = {}
        self._axes: dict[str, Axis] = {}

    def name_of(self, street: str) -> str:
        return str(self.names[street])

    def find(self, name: str, least: float) -> tuple[How, list[str], float]:
        """Return how a name matches, the streets, and how sure that is."""
        normal, key = normal_name(name), street_key(name)
        if normal in self.exact:
            return "exact", self.exact[normal], 1.0
        for form in (normal, key):
            if form in self.alias:
                return "alias", self.alias[form], 1.0
        same_stem = self.by_stem.get(stem(key), [])
        if len(same_stem) == 1 and stem(key) != key:
            return "alias", same_stem, 1.0
        alike = self._alike(normal, least)
        if alike and (len(alike) == 1 or alike[0][0] > alike[1][0]):
            streets = self.alias.get(alike[0][1]) or self.exact[alike[0][1]]
            if len(streets) == 1:
                return "similar", streets, round(alike[0][0], 3)
        return "similar", [], 0.0

    def nearest(self, name: str, least: float) -> list[str]:
        """Return the names that are most like one that no street has."""
        found = []
        for _, form in self._alike(normal_name(name), least):
            street = (self.exact.get(form) or self.alias[form])[0]
            found.append(self.name_of(street))
        return list(dict.fromkeys(found))[:3]

    def _alike(self, normal: str, least: float) -> list[tuple[float, str]]:
        # a shortlist by letters alone; one that only sounds alike shares half of them
        near = process.extract(normal, self.choices, scorer=fuzz.ratio, limit=40, score_cutoff=min(50, least * 100))
        rated = [(similarity(normal, form), form) for form, _, _ in near]
        return sorted((pair for pair in rated if pair[0] >= least), key=lambda pair: (-pair[0], pair[1]))

    def rows_of(self, street: str) -> NDArray[np.int64]:
        if not self._rows:
            codes, ids = pd.factorize(self.roads["street_id"])
            order = np.argsort(codes, kind="stable")
            self._rows = dict(zip(ids, np.split(order, np.cumsum(np.bincount(codes))[:-1]), strict=True))
        return self._rows[street]

    def axis_of(self, street: str, profile: Profile, crs: pyproj.CRS) -> Axis:
        if street not in self._axes:
            segments = self.roads.iloc[self.rows_of(street)]
            self._axes[street] = Axis.of(segments, crs, profile["streets.junction_within"])
        return self._axes[street]

    def named_part(self, street: str, name: str) -> Flags | None:
        """
        Return the segments that bear a section's name ("文峰大道东段"), None where the name is the whole street's.
        """
        normal = normal_name(name)
        if normal == normal_name(self.name_of(street)):
            return None
        rows = self.rows_of(street)
        written = self.roads["name"].iloc[rows]
        same = written.map(normal_name, na_action="ignore").eq(normal).to_numpy(dtype=bool)
        if not same.any() or same.all():
            return None
        mask = np.zeros(len(self.roads), dtype=bool)
        mask[rows[same]] = True
        return mask


def _by(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    result: dict[str, dict[str, None]] = {}
    for key, street in pairs:
        result.setdefault(key, {})[street] = None
    return {key: list(streets) for key, streets in result.items()}
