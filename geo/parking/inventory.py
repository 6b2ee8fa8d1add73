"""The inventory of parking at kerbs: mapped and listed parking, and a model's answer where no tag tells."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers, run_ends, run_starts
from geo.core.crs import WGS84
from geo.core.extents import Extent
from geo.core.opening_hours import Slots
from geo.core.tolerances import ROUNDING
from geo.kerbs.exclusions import Exclusions, cut, runs, together
from geo.kerbs.ground import KerbGround
from geo.kerbs.layers import MILLIMETRES, stretch_lines
from geo.kerbs.numbering import segment_of, side_names
from geo.kerbs.obstacles import Clearance, clearances
from geo.parking.accuracy import street_shares
from geo.parking.kerb_features import KerbPieces, kerb_features
from geo.parking.mapped import CUT_OUT
from geo.parking.side_knowledge import SideKnowledge, car_length_m, learned, near_junctions, not_said, streets_of
from geo.parking.side_model import Tagged
from geo.parking.tag_conditions import condition_columns
from geo.parking.tagged_sides import TaggedSides, cars_on, explicit_cars, plausible, tagged_sides
from geo.rules.loader import Profile
from geo.streets.parking_tags import ORIENTATIONS, side_tags
from geo.study.schema import conform_geo

PARKED_KINDS: Final = (*ORIENTATIONS, "separate")
"""Kinds of kerb with parking: the others are `none` and `unlikely`."""

_AREA: Final = "area"
_SHORTEST_M: Final = 0.5
"""Shorter remnants between areas are left to them."""

_AT_ONCE: Final = 400_000
"""Pieces of kerb that the model looks at together: bounds the memory."""

_CAPACITY: Final = ("capacity_low", "capacity_likely", "capacity_high")


class Inventory(NamedTuple):
    """
    The parking that is there, by stretch of kerb.

    Attributes
    ----------
    stretches
        Sorted by kerb and place, disjoint: `kerb`, `from_m`, `to_m`, and the columns of the layer `parking_inventory`
        that are no linear reference.
    knowledge
        The model, with its accuracy.
    model_low, model_high
        The interval of the cars on all modelled kerb together.
    unknown
        Shape (2 n,): kerbs without an answer.
    reasons
        By reason, shape (2 n,): the kerbs that the model says nothing of.
    """

    stretches: pd.DataFrame
    knowledge: SideKnowledge
    model_low: float
    model_high: float
    unknown: Flags
    reasons: dict[str, Flags]


class _Stretches(NamedTuple):
    """Stretches of kerb between corners and areas of parking."""

    kerb: Integers
    from_m: Floats
    to_m: Floats

    def where(self, chosen: Flags) -> _Stretches:
        return _Stretches(self.kerb[chosen], self.from_m[chosen], self.to_m[chosen])


def take_inventory(
    ground: KerbGround, facilities: gpd.GeoDataFrame, context: gpd.GeoDataFrame, extent: Extent, profile: Profile
) -> Inventory:
    """
    Return the parking that is there.

    Parameters
    ----------
    ground
        The study's kerbs and obstacles.
    facilities, context
        The study's layers.
    extent
        West, south, east, north of the study in degrees.
    profile
        `inventory.*`, `mapped_parking.*`, `clearance.*` of corners, driveways, crossings and stops, `bay.access`.
    """
    kerbs = ground.kerbs
    sides = tagged_sides(ground, profile)
    areas = _areas(ground, profile)
    rest = _between(ground, areas)
    kind = sides.kind[rest.kerb]
    lane = np.isin(kind.astype(str), ORIENTATIONS)
    with_area = np.zeros(len(kerbs), dtype=bool)
    with_area[areas.loc[areas["source"] == "mapped", "kerb"]] = True
    none = (kind == "none") | ((kind == "separate") & with_area[rest.kerb])
    apart = (kind == "separate") & ~none
    reasons = not_said(kerbs, profile)
    silent = np.any(list(reasons.values()), axis=0)
    open_ = ~(lane | none | apart)
    model = open_ & ~silent[rest.kerb]
    knowledge = learned(ground, sides, facilities, context, extent, profile)
    within_m = float(profile["inventory.junction_within"])
    near = near_junctions(kerbs, *rest.where(model), within_m)
    modelled, low, high = _modelled(ground, near, knowledge, facilities, context, profile)
    parts = [
        areas,
        _lanes(ground, rest.where(lane), sides, profile),
        _plain(rest.where(none), "none", 0.0, "forbidden"),
        _plain(rest.where(apart), "separate", np.nan, None),
        modelled,
    ]
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    order = np.lexsort((table["from_m"].to_numpy(dtype=float), table["kerb"].to_numpy(dtype=np.int64)))
    table = table.iloc[order].reset_index(drop=True)
    unknown = np.zeros(len(kerbs), dtype=bool)
    unknown[rest.kerb[open_]] = True
    unknown[table["kerb"].to_numpy(dtype=np.int64)] = False
    reasons["remote"] = unknown & ~silent
    return Inventory(_with_conditions(ground, table), knowledge, low, high, unknown, reasons)


def inventory_layer(ground: KerbGround, inventory: Inventory) -> gpd.GeoDataFrame:
    """Return the layer `parking_inventory`."""
    kerbs, table = ground.kerbs, inventory.stretches
    kerb = table["kerb"].to_numpy(dtype=np.int64)
    from_m, to_m = (table[name].to_numpy(dtype=float) for name in ("from_m", "to_m"))
    roads, row = kerbs.roads, segment_of(kerb)
    segment, side = roads["segment_id"].to_numpy(dtype=object)[row], side_names(kerb)
    letters = np.where(side == "left", "L", "R").astype(object)
    at = np.round(from_m * 10).astype(np.int64).astype(str).astype(object)
    columns = {
        **{name: table[name] for name in table.columns if name != "kerb"},
        "inventory_id": "P" + segment + letters + at,
        "segment_id": segment,
        "side": side,
        "street_id": roads["street_id"].to_numpy(dtype=object)[row],
        "tier": kerbs.tier[kerb],
        "from_m": np.round(from_m, MILLIMETRES),
        "to_m": np.round(to_m, MILLIMETRES),
        "state": _states(table),
        "length_m": np.round(kerbs.kerb_metres(kerb, from_m, to_m), 2),
    }
    shapes = stretch_lines(kerbs, kerb, from_m, to_m)
    return conform_geo(gpd.GeoDataFrame(columns, geometry=shapes, crs=WGS84), "parking_inventory")


def _states(table: pd.DataFrame) -> NDArray[np.object_]:
    """Return kind and source of stretches together."""
    kind, source = table["kind"].to_numpy(dtype=object), table["source"].to_numpy(dtype=object)
    cases = [kind == "unlikely", source == "model", source == "listed", kind == "none", kind == "separate"]
    return np.select(cases, ["unlikely", "likely", "listed", "forbidden", "separate"], "mapped").astype(object)


def _areas(ground: KerbGround, profile: Profile) -> pd.DataFrame:
    """Return the bays that are mapped as areas or listed, cut where one lies on another."""
    kerbs = ground.kerbs
    bays = ground.surveyed.bays.sort_values(["kerb", "from_m", "to_m"], kind="stable")
    kerb = bays["kerb"].to_numpy(dtype=np.int64)
    begin = np.clip(bays["from_m"].to_numpy(dtype=float), 0.0, kerbs.length_m[kerb])
    end = np.clip(bays["to_m"].to_numpy(dtype=float), 0.0, kerbs.length_m[kerb])
    whole = np.maximum(end - begin, ROUNDING)
    span = float(kerbs.length_m.max(initial=0.0)) + 1.0
    reached = np.maximum.accumulate(kerb * span + end) if len(kerb) else end
    before = np.concatenate([[0.0], reached[:-1]])[: len(kerb)] - kerb * span
    start = np.maximum(begin, before)
    kept = end - start > ROUNDING
    share = ((end - start) / whole)[kept]
    kerb, start, end, kind = kerb[kept], start[kept], end[kept], bays["kind"].to_numpy(dtype=object)[kept]
    metres = kerbs.kerb_metres(kerb, start, end)
    listed = bays["listed"].to_numpy(dtype=bool)[kept]
    cars_said = bays["cars"].to_numpy(dtype=float)[kept]
    # a place of the list is as long as its number says
    said = np.where(listed, cars_said, plausible(cars_said, whole[kept], profile)) * share
    spread = float(profile["inventory.spread"])
    # an area holds a car at least
    counted = [np.maximum(cars_on(metres / (1 + off), kind, profile), 1) for off in (spread, 0.0, -spread)]
    cars = [np.where(np.isfinite(said), said, each) for each in counted]
    return pd.DataFrame(
        {
            "kerb": kerb,
            "from_m": start,
            "to_m": end,
            "kind": kind,
            "source": _choose(listed, "listed", "mapped"),
            "position": _choose(listed, None, "street_side"),
            "probability": np.nan,
            **dict(zip(_CAPACITY, cars, strict=True)),
            "capacity_source": _choose(np.isfinite(said), "tag", "length"),
            "cause_id": bays["cause_id"].to_numpy(dtype=object)[kept],
        }
    )


def _choose(chosen: Flags, one: object, other: object) -> NDArray[np.object_]:
    return np.where(chosen, np.array(one, dtype=object), np.array(other, dtype=object))


def _between(ground: KerbGround, areas: pd.DataFrame) -> _Stretches:
    """Return the stretches of all kerbs that no area takes."""
    kerbs = ground.kerbs
    kerb = areas["kerb"].to_numpy(dtype=np.int64)
    taken = Exclusions.of(kerb, areas["from_m"].to_numpy(), areas["to_m"].to_numpy(), _AREA, "", 1)
    taken = taken.within(kerbs.from_m, kerbs.to_m)
    pieces = cut(kerbs.from_m, kerbs.to_m, taken)
    found = runs(pieces, (pieces.excluded(taken.mask) == 0).astype(np.uint64))
    free = (found.value > 0) & (found.to_m - found.from_m >= _SHORTEST_M)
    return _Stretches(found.kerb[free], found.from_m[free], found.to_m[free])


def _plain(stretches: _Stretches, kind: str, cars: float, source: str | None) -> pd.DataFrame:
    """Return mapped stretches of one kind and capacity."""
    return pd.DataFrame(
        {
            "kerb": stretches.kerb,
            "from_m": stretches.from_m,
            "to_m": stretches.to_m,
            "kind": kind,
            "source": "mapped",
            "position": None,
            "probability": np.nan,
            **dict.fromkeys(_CAPACITY, cars),
            "capacity_source": source,
            "cause_id": None,
        }
    )


def _lanes(ground: KerbGround, stretches: _Stretches, sides: TaggedSides, profile: Profile) -> pd.DataFrame:
    """
    Return the stretches of sides that are tagged as having parking.

    The likely cars leave corners, driveways, crossings and stops free; the fewest take more kerb each, and the most
    less, and stand on all of it: at an angle where no tag says how they stand and the carriageway has room for that.
    """
    kerbs, kerb = ground.kerbs, stretches.kerb
    kind = sides.kind[kerb]
    metres = kerbs.kerb_metres(kerb, stretches.from_m, stretches.to_m)
    spread = float(profile["inventory.spread"])
    number, free_m = _clear(ground, stretches, profile)

    def along(off: float) -> Floats:
        cars = cars_on(free_m / (1 + off), kind[number], profile)
        return np.bincount(number, weights=cars, minlength=len(kerb)).astype(float)

    texts = kerbs.roads[["parking_left_tags", "parking_right_tags"]].to_numpy(dtype=object).reshape(-1)[kerb]
    guessed = np.array([side_tags(text).get("orientation") not in ORIENTATIONS for text in texts], dtype=bool)
    room = float(profile["mapped_parking.diagonal_width"]) + float(profile["fire_lane.clear_width"])
    slanted = guessed & (kind == "parallel") & (kerbs.carriageway_m[kerb] >= room)
    most = cars_on(metres / (1 - spread), np.where(slanted, "diagonal", kind).astype(object), profile).astype(float)
    likely = along(0.0)
    low, high = np.minimum(along(spread), likely), np.maximum(most, likely)
    explicit = explicit_cars(kerbs, profile)[kerb]
    whole = np.bincount(kerb, weights=metres, minlength=len(kerbs))[kerb]
    said = explicit * metres / np.maximum(whole, ROUNDING)
    table = _plain(stretches, "parallel", 0.0, "length")
    cars = [np.where(np.isfinite(said), said, each) for each in (low, likely, high)]
    return table.assign(
        kind=kind,
        capacity_source=_choose(np.isfinite(said), "tag", "length"),
        **dict(zip(_CAPACITY, cars, strict=True)),
    )


def _clear(ground: KerbGround, stretches: _Stretches, profile: Profile) -> tuple[Integers, Floats]:
    """Return the runs of stretches without corners, driveways, crossings and stops: their stretch and their metres."""
    kerbs, kerb = ground.kerbs, stretches.kerb
    if len(kerb) == 0:
        return kerb, np.zeros(0)
    every = Slots([]).all
    kinds = {rule.removeprefix("clearance."): Clearance(rule, float(profile[rule]), every) for rule in CUT_OUT}
    taken = together(clearances(kerbs, ground.surveyed, kinds))
    taken = taken.where(np.isin(taken.kerb, kerb)).within(kerbs.from_m, kerbs.to_m)
    # stretches of one kerb are apart: bounds of both cut it, and a run lies within one stretch or within none
    own = Exclusions.of(kerb, stretches.from_m, stretches.to_m, _AREA, "", every)
    both = together([taken, own])
    begin, end = np.zeros(len(kerbs)), np.zeros(len(kerbs))
    begin[kerb], end[kerb] = kerbs.from_m[kerb], kerbs.to_m[kerb]
    pieces = cut(begin, end, both)
    ours = np.arange(len(both.kerb)) >= len(taken.kerb)
    inside, owner = np.zeros(len(pieces.kerb), dtype=bool), np.zeros(len(pieces.kerb), dtype=np.int64)
    of_own = ours[pieces.exclusion]
    inside[pieces.piece[of_own]] = True
    owner[pieces.piece[of_own]] = pieces.exclusion[of_own] - len(taken.kerb)
    blocked = np.zeros(len(pieces.kerb), dtype=bool)
    blocked[pieces.piece[~of_own]] = True
    value = np.where(inside & ~blocked, owner + 1, 0).astype(np.uint64)
    found = runs(pieces, value)
    free = found.value > 0
    metres = kerbs.kerb_metres(found.kerb[free], found.from_m[free], found.to_m[free])
    return found.value[free].astype(np.int64) - 1, metres


def _modelled(
    ground: KerbGround,
    stretches: KerbPieces,
    knowledge: SideKnowledge,
    facilities: gpd.GeoDataFrame,
    context: gpd.GeoDataFrame,
    profile: Profile,
) -> tuple[pd.DataFrame, float, float]:
    """
    Return the model's answer on stretches, and the interval of all of its cars together.

    The cars of a stretch are expected numbers; low and high are its part of its street's interval.
    """
    if len(stretches.kerb) == 0:
        return pd.DataFrame(), 0.0, 0.0
    kerbs = ground.kerbs
    pieces = KerbPieces.along(stretches.kerb, stretches.from_m, stretches.to_m)
    probability = np.concatenate(
        [
            knowledge.model.probability(kerb_features(part, ground, facilities, context))
            for part in _parts(pieces, _AT_ONCE)
        ]
    )
    parked = probability >= knowledge.parked_from
    # pieces of the two ends of an area are neighbours in the table, not on the kerb
    apart = np.append(True, pieces.from_m[1:] - pieces.to_m[:-1] > ROUNDING)
    starts = run_starts(pieces.kerb, parked) | apart
    first, last = np.flatnonzero(starts), np.flatnonzero(run_ends(starts))
    run = np.cumsum(starts) - 1
    metres = kerbs.kerb_metres(pieces.kerb, pieces.from_m, pieces.to_m)
    length = np.bincount(run, weights=metres).astype(float)
    expected_m = np.bincount(run, weights=metres * probability)
    kerb = pieces.kerb[first]
    street = streets_of(kerbs)[segment_of(kerb)]
    # a run is a piece with its mean probability: the sums by street are the same
    mean = expected_m / np.maximum(length, ROUNDING)
    as_one = Tagged(np.zeros((len(kerb), 0)), np.zeros(len(kerb)), length, street.astype(np.int64))
    shares = street_shares(as_one, mean, car_length_m(profile))
    at = np.searchsorted(shares.street, street)
    part = expected_m / np.maximum(np.bincount(at, weights=expected_m)[at], ROUNDING)
    low, likely, high = (cars[at] * part for cars in knowledge.cars(shares))
    total_low, total_high = knowledge.all_cars(shares)
    total = float(likely.sum())
    table = pd.DataFrame(
        {
            "kerb": kerb,
            "from_m": pieces.from_m[first],
            "to_m": pieces.to_m[last],
            "kind": np.where(parked[first], "parallel", "unlikely").astype(object),
            "source": "model",
            "position": None,
            "probability": np.round(mean, 3),
            "capacity_low": low,
            "capacity_likely": likely,
            "capacity_high": high,
            "capacity_source": "model",
            "cause_id": None,
        }
    )
    return table, min(total_low, total), max(total_high, total)


def _parts(pieces: KerbPieces, at_once: int) -> list[KerbPieces]:
    count = len(pieces.kerb)
    return [pieces.where(np.arange(begin, min(begin + at_once, count))) for begin in range(0, count, at_once)]


def _with_conditions(ground: KerbGround, table: pd.DataFrame) -> pd.DataFrame:
    """Add the conditions of tagged sides; areas, listed places and modelled sides have none."""
    roads, kerb = ground.kerbs.roads, table["kerb"].to_numpy(dtype=np.int64)
    texts = roads[["parking_left_tags", "parking_right_tags"]].to_numpy(dtype=object).reshape(-1)[kerb]
    of_tags = ((table["source"] == "mapped") & table["cause_id"].isna()).to_numpy()
    found = condition_columns(np.where(of_tags, texts, np.array(None, dtype=object)))
    # where nobody parks nobody parks anywhere
    position = found.pop("position").where(table["kind"].isin(PARKED_KINDS), None)
    cars = {name: np.round(table[name].to_numpy(dtype=float), 2) for name in _CAPACITY}
    return table.assign(position=table["position"].where(table["position"].notna(), position), **found, **cars)
