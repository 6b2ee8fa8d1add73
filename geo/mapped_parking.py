"""Compare where bays would fit with the parking that OpenStreetMap maps: metres, cars, and where they differ."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.bay_room import BayRoom
from geo.crs import WGS84
from geo.exclusions import Exclusions, Runs, cut, runs, together
from geo.rules import Profile
from geo.schema import conform_geo
from geo.zones import references, stretch_lines

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

STATUSES: Final = ("neither", "study", "mapped", "both")

_CUT_OUT: Final = ("clearance.corner", "clearance.driveway", "clearance.crossing", "clearance.bus_stop")
"""Nobody parks there, though the street's tag speaks of its whole side."""

_AREA: Final = "area"
_LANE: Final = "lane"


class Agreement(NamedTuple):
    """
    How the study and the map agree, on the kerbs of which the map says something.

    Attributes
    ----------
    differences
        The layer `parking_differences`: stretches of kerb with their `status` (`both`, `study`, `mapped`).
    metres
        By status, `neither` too.
    cars
        `study` and `mapped` on those kerbs.
    precision, recall
        Of the study's metres, the share that is mapped; of the mapped metres, the share that the study has. None
        where there is nothing to divide by.
    kerbs
        How many kerbs the map says something of, and of how many.
    """

    differences: gpd.GeoDataFrame
    metres: dict[str, float]
    cars: dict[str, int]
    precision: float | None
    recall: float | None
    kerbs: tuple[int, int]


def compare(room: BayRoom, areas: gpd.GeoDataFrame) -> Agreement:
    """
    Compare the rows that bays have room for with the parking that is mapped, on kerbs of which the map says something.

    A side that is tagged as having parking has it on all of its kerb but at corners, driveways, crossings and stops. A
    side whose bays are mapped `separate`, or that has street-side areas, has it along those areas. Cars are an explicit
    capacity where the map gives one, else what the kerb takes (`mapped_parking.*`, as TILDA counts); a lone short area
    holds one.

    Parameters
    ----------
    room
        Of the study, by day.
    areas
        The study's layer `facility_areas`.
    """
    kerbs = room.kerbs
    known, tagged, capacity = _tags(room)
    at_kerb = room.ground.surveyed.bays
    at_kerb = at_kerb[at_kerb["cause_id"].isin(areas.loc[areas["kind"] == "street_parking", "facility_id"])]
    on_area = np.unique(at_kerb["kerb"].to_numpy(dtype=np.int64))
    known[on_area] = True
    lanes = np.flatnonzero(tagged)
    cut_out = room.exclusions.where(np.isin(room.exclusions.rule, _CUT_OUT))
    stretches = together(
        [
            Exclusions.of(lanes, kerbs.from_m[lanes], kerbs.to_m[lanes], _LANE, "", 1),
            Exclusions.of(
                at_kerb["kerb"].to_numpy(dtype=np.int64),
                at_kerb["from_m"].to_numpy(dtype=float),
                at_kerb["to_m"].to_numpy(dtype=float),
                _AREA,
                at_kerb["cause_id"].to_numpy(dtype=object),
                1,
            ),
            Exclusions.of(cut_out.kerb, cut_out.from_m, cut_out.to_m, "cut", "", 1),
            Exclusions.of(room.zones.kerb, room.zones.from_m, room.zones.to_m, "study", "", 1),
        ]
    ).within(kerbs.from_m, kerbs.to_m)
    pieces = cut(kerbs.from_m, kerbs.to_m, stretches)
    has = {
        name: np.isin(np.arange(len(pieces.kerb)), pieces.piece[stretches.rule[pieces.exclusion] == name])
        for name in (_LANE, _AREA, "cut", "study")
    }
    mapped = has[_AREA] | (has[_LANE] & ~has["cut"])
    status = has["study"].astype(np.int64) + 2 * mapped.astype(np.int64)
    metres = np.where(known[pieces.kerb], kerbs.kerb_metres(pieces.kerb, pieces.from_m, pieces.to_m), 0.0)
    by_status = np.bincount(status, weights=metres, minlength=4)
    both, study, only_mapped = by_status[3], by_status[1], by_status[2]
    joined = runs(pieces, np.where(known[pieces.kerb], status, 0).astype(np.uint64))
    return Agreement(
        _layer(room, joined.kerb, joined.from_m, joined.to_m, joined.value.astype(np.int64)),
        {name: round(float(by_status[number]), 1) for number, name in enumerate(STATUSES)},
        {
            "study": int(room.zones.pitches[known[room.zones.kerb]].sum()),
            "mapped": _cars(room, joined, capacity, on_area),
        },
        round(float(both / (both + study)), 3) if both + study else None,
        round(float(both / (both + only_mapped)), 3) if both + only_mapped else None,
        (int(known.sum()), len(kerbs)),
    )


def _kinds(room: BayRoom) -> NDArray[np.object_]:
    """Return of each kerb what parking the map has there, or None."""
    kinds: NDArray[np.object_] = room.kerbs.roads[["parking_left", "parking_right"]].to_numpy(dtype=object).reshape(-1)
    return kinds


def _tags(room: BayRoom) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Floats]:
    """Return of each kerb whether the map speaks of it, whether it has parking there, and its capacity (or NaN)."""
    kind = _kinds(room)
    capacity = room.kerbs.roads[["parking_left_cars", "parking_right_cars"]].to_numpy(dtype=float).reshape(-1)
    known = np.array([isinstance(value, str) for value in kind], dtype=bool)
    tagged = np.isin(kind.astype(str), ("parallel", "diagonal", "perpendicular"))
    return known, tagged, capacity


def cars_on(length_m: Floats, kind: NDArray[np.object_], profile: Profile) -> Integers:
    """
    Return how many cars stretches of kerb take that are mapped as parking: (length + padding) / (car + padding) along
    the kerb, else the length by what a car takes.
    """
    car, padding = float(profile["mapped_parking.car_length"]), float(profile["mapped_parking.padding"])
    along = (length_m + padding) / (car + padding)
    for name in ("diagonal", "perpendicular"):
        along = np.where(kind == name, length_m / float(profile[f"mapped_parking.{name}"]), along)
    return np.asarray(np.floor(along + 1e-9), dtype=np.int64)


def _cars(room: BayRoom, joined: Runs, capacity: Floats, on_area: Integers) -> int:
    """Return the cars on stretches that are mapped: an explicit capacity, else what the kerb takes."""
    kerb, from_m, to_m = joined.kerb, joined.from_m, joined.to_m
    kind = _kinds(room)
    explicit = np.isfinite(capacity)
    # a run of one status ends where the study's row does: whole mapped stretches count
    chosen = np.flatnonzero((joined.value >= 2) & ~explicit[kerb])
    new = np.ones(len(chosen), dtype=bool)
    new[1:] = (kerb[chosen[1:]] != kerb[chosen[:-1]]) | (from_m[chosen[1:]] > to_m[chosen[:-1]] + 1e-6)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(chosen)) - 1
    one, two = chosen[first], chosen[last] if len(chosen) else chosen
    length = room.kerbs.kerb_metres(kerb[one], from_m[one], to_m[two])
    cars = cars_on(length, kind[kerb[one]], room.profile)
    # a mapped bay holds a car, however short it is
    alone = np.isin(kerb[one], on_area)
    counted = np.where(alone, np.maximum(cars, 1), cars)
    return int(counted.sum() + np.round(np.nansum(capacity)))


def _layer(room: BayRoom, kerb: Integers, from_m: Floats, to_m: Floats, status: Integers) -> gpd.GeoDataFrame:
    some = np.flatnonzero(status > 0)
    kerb, from_m, to_m, status = kerb[some], from_m[some], to_m[some], status[some]
    table = pd.DataFrame(
        {
            **references(room, kerb, from_m, to_m),
            "status": np.array(STATUSES, dtype=object)[status],
            "length_m": np.round(room.kerbs.kerb_metres(kerb, from_m, to_m), 2),
        }
    )
    shapes = stretch_lines(room.kerbs, kerb, from_m, to_m)
    return conform_geo(gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84), "parking_differences")


def agreement_document(agreement: Agreement) -> dict[str, Any]:
    """Return an agreement as plain values."""
    return {
        "metres": agreement.metres,
        "cars": agreement.cars,
        "precision": agreement.precision,
        "recall": agreement.recall,
        "kerbs_mapped": agreement.kerbs[0],
        "kerbs": agreement.kerbs[1],
    }
