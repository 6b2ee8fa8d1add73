"""Places for stalls that a city has: pitches, hours and goods, and their conflicts with the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers
from geo.core.metric_geometry import metric_shapes
from geo.core.opening_hours import ALWAYS, ALWAYS_TEXT, Window, read_hours
from geo.core.tolerances import ROUNDING
from geo.kerbs.obstacles import AROUND
from geo.rules.loader import Profile
from geo.rules.units import GOODS
from geo.stalls.rows import RowRules
from geo.stalls.supply_documents import ConflictDocument, PlacesDocument, StandingPlace

if TYPE_CHECKING:
    from geo.stalls.plan import Plan

PLACES: Final = "stall_places"
"""The layer, and what speaks for a stall that stands in one of its places."""

_AREA: Final = 2
_AT_POINTS: Final = ("clearance.", "pavement.", "fire_lane.", "stalls.on_", "stalls.in_", "decisions")
"""Beginnings of rules that speak of points only: a stretch or an area has room beside what they keep free."""

_Conflict = tuple[int, str, object, int]
"""A place, a rule, its cause and its slots."""


@dataclass(frozen=True)
class Places:
    """
    The places for stalls that a city has.

    Attributes
    ----------
    table
        The study's layer `stall_places`.
    crs
        Its metric CRS.
    profile
        Its rules.
    """

    table: gpd.GeoDataFrame
    crs: pyproj.CRS
    profile: Profile

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def shapes(self) -> NDArray[np.object_]:
        """Points, lines and areas in the metric CRS."""
        return metric_shapes(self.table.geometry.to_numpy(), self.crs)

    @cached_property
    def middle(self) -> Floats:
        """A position in the middle of each, shape (n, 2), metric."""
        on = np.asarray(shapely.point_on_surface(self.shapes), dtype=object)
        line = shapely.get_dimensions(self.shapes) == 1
        on[line] = shapely.line_interpolate_point(self.shapes[line], 0.5, normalized=True)
        return np.asarray(shapely.get_coordinates(on)) if len(on) else np.zeros((0, 2))

    @cached_property
    def ids(self) -> NDArray[np.object_]:
        """The identifiers."""
        return self.table["place_id"].to_numpy(dtype=object)

    @cached_property
    def fitting(self) -> Floats:
        """Pitches that fit each area, with its aisles, or stand in rows on each line; NaN for points."""
        rules = RowRules.of(self.profile)
        area_m2 = self.table["area_m2"].to_numpy(dtype=float)
        dimension = shapely.get_dimensions(self.shapes)
        area_m2 = np.where(dimension == _AREA, shapely.area(self.shapes), area_m2)
        length_m = np.where(dimension == 1, shapely.length(self.shapes), 0.0)
        in_rows = rules.in_rows(length_m).astype(float)
        return np.where(area_m2 > 0, self.by_area(area_m2), np.where(dimension == 1, in_rows, np.nan))

    def by_area(self, area_m2: Floats) -> Floats:
        """Return how many pitches fit areas: rows that face each other across an aisle."""
        profile, rules = self.profile, RowRules.of(self.profile)
        deep = float(profile["stalls.pitch.depth"]) + float(profile["stalls.area.aisle"]) / 2
        each = max(rules.module_m * deep, ROUNDING)
        usable = np.nan_to_num(area_m2) * float(profile["stalls.area.usable"])
        return np.asarray(np.floor(usable / each + ROUNDING))

    @cached_property
    def pitches(self) -> Integers:
        """The pitches of each: as its file says, else as many as fit, else the profile's guess."""
        stated = self.table["pitches"].to_numpy(dtype=float, na_value=np.nan)
        guess = np.where(np.isnan(self.fitting), float(self.profile["stalls.place.pitches"]), self.fitting)
        return np.where(np.isnan(stated), guess, stated).astype(np.int64)

    @cached_property
    def hours(self) -> list[str]:
        """The hours of each; at all hours where its file says none."""
        return [text if isinstance(text, str) and text else ALWAYS_TEXT for text in self.table["hours"]]

    @cached_property
    def windows(self) -> list[tuple[Window, ...]]:
        """The hours of each as minutes of the week."""
        return [_windows(text) for text in self.hours]

    def open_in(self, windows: Sequence[Window]) -> Flags:
        """Tell whether each is open in all of the given windows."""
        return np.array([_covers(own, windows) for own in self.windows], dtype=bool)

    def holding(self, xy: Floats) -> Integers:
        """Return the nearest place within `stalls.place.within` of positions, shape (k, 2), metric; -1 for none."""
        result = np.full(len(xy), -1)
        known = np.flatnonzero(np.isfinite(xy).all(axis=1))
        if len(self) == 0 or len(known) == 0:
            return result
        tree = shapely.STRtree(self.shapes)
        within = float(self.profile["stalls.place.within"])
        asked, place = tree.query_nearest(shapely.points(xy[known]), max_distance=within, all_matches=False)
        result[known[asked]] = place
        return result

    @cached_property
    def groups(self) -> list[frozenset[str]]:
        """The groups of goods that each is for; empty where its file says none that is known."""
        return groups_of(self.table["goods"], self.profile)

    @cached_property
    def areas(self) -> Flags:
        """Whether each is an area."""
        return np.asarray(shapely.get_dimensions(self.shapes) == _AREA)


def _windows(text: str) -> tuple[Window, ...]:
    try:
        return read_hours(text)
    except ValueError:  # as another program wrote it
        return ALWAYS


def _covers(own: Sequence[Window], wanted: Iterable[Window]) -> bool:
    for begin, end in wanted:
        at = begin
        for first, last in sorted(own):
            if first <= at < last:
                at = last
        if at < end:
            return False
    return True


def overlap(one: Iterable[Window], other: Sequence[Window]) -> bool:
    """Tell whether two sets of windows have a minute in common."""
    return any(begin < last and first < end for begin, end in one for first, last in other)


def groups_of(goods: pd.Series, profile: Profile) -> list[frozenset[str]]:
    """Return the groups of goods that texts name, by their words."""
    words = {group: [str(word).casefold() for word in profile[f"stalls.goods.words.{group}"]] for group in GOODS}

    def of(text: object) -> frozenset[str]:
        folded = str(text).casefold() if isinstance(text, str) else ""
        return frozenset(group for group, some in words.items() if any(word in folded for word in some))

    return [of(text) for text in goods]


def conflicts_of(plan: Plan, places: Places) -> pd.DataFrame:
    """
    Return the conflicts of places with the rules, in the hours of the places.

    Speak of every place: clearances around grounds (schools, hospitals …), and pitches beyond the room of an area; of
    points and stretches: the stance and the hours of their street's tier; of points too: all else that is excluded at
    their kerb.

    Returns
    -------
    conflicts
        `place` (its number), `rule`, `cause_id`, `hours` of the rule; once for each place, rule and cause.
    """
    found = [*_around(plan, places), *_on_streets(plan, places), *_too_many(plan, places)]
    rows = [
        (place, rule, cause, plan.slots.text(mask))
        for place, rule, cause, mask in found
        if overlap(places.windows[place], plan.slots.week(mask))
    ]
    table = pd.DataFrame(rows, columns=["place", "rule", "cause_id", "hours"])
    return table.drop_duplicates(["place", "rule", "cause_id"]).sort_values(["place", "rule"]).reset_index(drop=True)


def _around(plan: Plan, places: Places) -> list[_Conflict]:
    grounds = plan.ground.surveyed.around
    if len(grounds) == 0 or len(places) == 0:
        return []
    found: list[_Conflict] = []
    for kind in AROUND:
        own = grounds[grounds["kind"] == kind]
        rule = f"clearance.{kind}"
        if own.empty:
            continue
        mask = plan.hours.get(f"clearance_hours.{kind}", plan.slots.all)
        tree = shapely.STRtree(own.geometry.to_numpy())
        place, ground = tree.query(places.shapes, predicate="dwithin", distance=float(plan.profile[rule]))
        causes = own["facility_id"].to_numpy(dtype=object)[ground]
        found += [(int(number), rule, cause, mask) for number, cause in zip(place, causes, strict=True)]
    return found


def _on_streets(plan: Plan, places: Places) -> list[_Conflict]:
    kerbs, rows = plan.kerbs, places.table
    known = np.flatnonzero(rows["segment_id"].isin(kerbs.row_of.index).to_numpy())
    if len(known) == 0:
        return []
    rows = rows.iloc[known]
    kerb = kerbs.of(rows)
    reach = np.where(places.areas[known], plan.pavement_m[kerb], float(plan.profile["stalls.place.within"]))
    near = rows["distance_m"].to_numpy(dtype=float) - kerbs.half_m[kerb] <= reach
    known, kerb, along = known[near], kerb[near], rows["offset_m"].to_numpy(dtype=float)[near]
    streets = plan.street_ids(kerb)
    every = plan.slots.all
    excluded = plan.exclusions
    found: list[_Conflict] = []
    for place, one, at, street in zip(known.tolist(), kerb.tolist(), along.tolist(), streets, strict=True):
        tier = str(plan.tier[one])
        if plan.stance[one] == "forbidden":
            found.append((place, f"stalls.stance.{tier}", street, every))
        elif closed := every & ~plan.open_hours(tier):
            found.append((place, f"stalls.hours.{tier}", street, closed))
        if shapely.get_dimensions(places.shapes[place]) > 0:
            continue
        here = np.flatnonzero((excluded.kerb == one) & (excluded.from_m <= at) & (excluded.to_m >= at))
        found += [
            (place, str(excluded.rule[row]), excluded.cause[row], int(excluded.mask[row]))
            for row in here
            if str(excluded.rule[row]).startswith(_AT_POINTS)
        ]
    return found


def _too_many(plan: Plan, places: Places) -> list[_Conflict]:
    large = np.flatnonzero(
        (places.table["area_m2"].notna().to_numpy() | places.areas) & (places.pitches > places.fitting)
    )
    return [(int(place), "stalls.area.usable", places.ids[place], plan.slots.all) for place in large]


def places_document(places: Places, conflicts: pd.DataFrame) -> PlacesDocument:
    """Return places and their conflicts as plain values."""
    names = places.table["name"].to_numpy(dtype=object)
    rows: list[ConflictDocument] = [
        {
            "place_id": str(places.ids[row.place]),
            "name": names[row.place] if isinstance(names[row.place], str) else None,
            "rule": str(row.rule),
            "cause_id": None if pd.isna(row.cause_id) else str(row.cause_id),
            "hours": str(row.hours),
        }
        for row in conflicts.itertuples()
    ]
    return {
        "places": len(places),
        "pitches": int(places.pitches.sum()),
        "in_conflict": int(conflicts["place"].nunique()),
        "conflicts": rows,
    }


def standing_place(plan: Plan, number: int) -> StandingPlace:
    """Return one of the city's own places as plain values."""
    places = plan.places
    own = replace(places, table=places.table.iloc[number : number + 1])
    rules = conflicts_of(plan, own)["rule"].drop_duplicates().tolist()
    row = places.table.iloc[number]
    texts = {name: row[name] if isinstance(row[name], str) else None for name in ("name", "goods", "manager", "fee")}
    return {
        "place_id": str(row["place_id"]),
        "name": texts["name"],
        "pitches": int(places.pitches[number]),
        "hours": places.hours[number],
        "goods": texts["goods"],
        "manager": texts["manager"],
        "fee": texts["fee"],
        "conflicts": rules,
    }
