"""The sides of streets that the map says something of: whether cars park there, and how many."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers, members
from geo.kerbs.ground import KerbGround
from geo.kerbs.lines import Kerbs
from geo.parking.kerb_features import KerbPieces
from geo.rules.loader import Profile
from geo.streets.parking_tags import ORIENTATIONS

_ROWS: Final = 2


class TaggedSides(NamedTuple):
    """
    Sides of streets with parking information on the map; a tag holds for its whole side, uncut by any rule.

    Attributes
    ----------
    kind
        Shape (2 n,): as `parking_left` and `parking_right`, None where nothing is known.
    known
        Shape (2 n,): whether tags tell along the whole side where cars park: not where bays are `separate` and no area
        of them is mapped, nor where only an area is.
    cars
        Shape (2 n,): cars that park there by the map, in areas too; 0 where nothing is known.
    bays
        Areas of parking at the kerb: `kerb`, `from_m`, `to_m`, `cars`, `kind`.
    """

    kind: NDArray[np.object_]
    known: Flags
    cars: Floats
    bays: pd.DataFrame

    def parked(self, pieces: KerbPieces) -> Floats:
        """Return the share of each piece of kerb with parking on the map."""
        result = np.isin(self.kind.astype(str), ORIENTATIONS)[pieces.kerb].astype(float)
        kerb = self.bays["kerb"].to_numpy(dtype=np.int64)
        first = np.searchsorted(pieces.kerb, kerb)
        bay, number = members(np.searchsorted(pieces.kerb, kerb, "right") - first)
        piece = first[bay] + number
        from_m, to_m = (self.bays[name].to_numpy(dtype=float)[bay] for name in ("from_m", "to_m"))
        shared = np.minimum(pieces.to_m[piece], to_m) - np.maximum(pieces.from_m[piece], from_m)
        share = np.clip(shared / np.maximum(pieces.length_m[piece], 1e-9), 0.0, 1.0)
        np.add.at(result, piece, share)
        return np.minimum(result, 1.0)


def tagged_sides(ground: KerbGround, profile: Profile) -> TaggedSides:
    """
    Return the sides that the map says something of.

    Parameters
    ----------
    ground
        The study's kerbs and obstacles.
    profile
        `mapped_parking.*`.
    """
    kerbs, bays = ground.kerbs, ground.surveyed.bays
    bays = bays[~bays["listed"].to_numpy(dtype=bool)].reset_index(drop=True)
    on_area = bays["kerb"].to_numpy(dtype=np.int64)
    kind = kinds_of(kerbs)
    lane = np.isin(kind.astype(str), ORIENTATIONS)
    known = lane | (kind == "none")
    known[on_area] |= (kind == "separate")[on_area]
    every = np.arange(len(kerbs))
    metres = kerbs.kerb_metres(every, kerbs.from_m, np.maximum(kerbs.to_m, kerbs.from_m))
    explicit = explicit_cars(kerbs, profile)
    counted = cars_on(metres, kind, profile).astype(float)
    cars = np.where(lane, np.where(np.isfinite(explicit), explicit, counted), 0.0)
    area_m = kerbs.kerb_metres(on_area, np.maximum(bays["from_m"].to_numpy(dtype=float), 0.0), bays["to_m"].to_numpy())
    said = plausible(bays["cars"].to_numpy(dtype=float), area_m, profile)
    fitting = np.maximum(cars_on(area_m, bays["kind"].to_numpy(dtype=object), profile), 1)
    bays = bays.assign(cars=np.where(np.isfinite(said), said, fitting), explicit=np.isfinite(said))
    np.add.at(cars, on_area, bays["cars"].to_numpy(dtype=float))
    return TaggedSides(kind, known, cars, bays)


def explicit_cars(kerbs: Kerbs, profile: Profile) -> Floats:
    """Return the number of cars that tags say of each kerb; NaN where they say none, or none that can be."""
    said = kerbs.roads[["parking_left_cars", "parking_right_cars"]].to_numpy(dtype=float).reshape(-1)
    return plausible(said, kerbs.length_m, profile)


def plausible(cars: Floats, length_m: Floats, profile: Profile) -> Floats:
    """
    Return numbers of cars that stretches of kerb can hold, NaN for the others.

    No stretch holds fewer than none, or more than two rows of perpendicular cars (`mapped_parking.perpendicular`).
    """
    most = _ROWS * length_m / float(profile["mapped_parking.perpendicular"]) + 1
    return np.asarray(np.where((cars >= 0) & (cars <= most), cars, np.nan))


def kinds_of(kerbs: Kerbs) -> NDArray[np.object_]:
    """Return the mapped kind of parking at each kerb, or None."""
    kinds: NDArray[np.object_] = kerbs.roads[["parking_left", "parking_right"]].to_numpy(dtype=object).reshape(-1)
    kinds = kinds.copy()
    kinds[pd.isna(kinds)] = None
    return kinds


def cars_on(length_m: Floats, kind: NDArray[np.object_], profile: Profile) -> Integers:
    """
    Return the number of cars on stretches of kerb mapped as parking.

    (length + padding) / (car + padding) along the kerb, else the length by the width a car takes.
    """
    car, padding = float(profile["mapped_parking.car_length"]), float(profile["mapped_parking.padding"])
    along = (length_m + padding) / (car + padding)
    for name in ("diagonal", "perpendicular"):
        along = np.where(kind == name, length_m / float(profile[f"mapped_parking.{name}"]), along)
    return np.asarray(np.floor(along + 1e-9), dtype=np.int64)
