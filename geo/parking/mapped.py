"""Compare where bays would fit with the parking that OpenStreetMap maps: metres, cars, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers, members
from geo.core.crs import WGS84
from geo.core.opening_hours import parse_windows
from geo.core.records import document_rows
from geo.core.text import Text
from geo.kerbs.exclusions import Exclusions, Runs, cut, runs, together
from geo.kerbs.layers import references, stretch_lines
from geo.parking.documents import AgreementDocument, DifferenceDocument
from geo.parking.room import BayRoom
from geo.parking.standing import minutes_by_period, open_share
from geo.parking.tagged_sides import cars_on, explicit_cars, kinds_of, plausible, tagged_sides
from geo.streets.parking_tags import ORIENTATIONS
from geo.study.schema import conform_geo

STATUSES: Final = ("neither", "study", "mapped", "both")

CUT_OUT: Final = (
    *("clearance.corner", "clearance.driveway", "clearance.crossing", "clearance.bus_stop"),
    *("clearance.kerb_extension", "clearance.parking_obstacle"),
)
"""Rules that keep cars off kerb of a side that is tagged as having parking."""

_AREA: Final = "area"

NO_PARKING_TAG: Final = "no_parking_tag"
OTHER_PLACE: Final = "other_place"
REMNANT: Final = "remnant"
CAUSE_NAMES: Final = {
    NO_PARKING_TAG: Text("地图标注禁止停车", "the map marks no parking there"),
    OTHER_PLACE: Text("地图标注的停车在该侧别处", "mapped parking is elsewhere on that side"),
    REMNANT: Text("剩余长度不足一个泊位", "leftover stretch too short for a bay"),
}
"""Causes of differences besides rules."""

_LARGEST: Final = 10


class Mapped(NamedTuple):
    """
    The parking at kerbs that is there already, by OSM or the study's own list.

    Attributes
    ----------
    kerb, from_m, to_m
        Shape (m,): stretches that it takes; they may overlap.
    lane
        Shape (m,): whether a tag of the street says so, else an area or a listed place.
    listed
        Shape (m,): whether it is from the study's own list only.
    cars
        Shape (m,): as mapped, else what the stretch takes (`cars_on`); an area holds at least one.
    known
        Shape (2 n,): the kerbs of which OSM says something.
    open_share
        By period, shape (m,): the share of its hours in which no sign forbids parking; all of them where it is empty.
    """

    kerb: Integers
    from_m: Floats
    to_m: Floats
    lane: NDArray[np.bool_]
    listed: NDArray[np.bool_]
    cars: Floats
    known: NDArray[np.bool_]
    open_share: Mapping[str, Floats] = MappingProxyType({})

    def cars_in(self, period: str) -> Floats:
        """Return the cars that each stretch holds in a period: fewer where a sign forbids parking in some hours."""
        return self.cars * self.open_share[period] if period in self.open_share else self.cars

    def holds(self, kerb: Integers, along_m: Floats) -> NDArray[np.bool_]:
        """Tell whether positions on kerbs lie within such parking."""
        result = np.zeros(len(kerb), dtype=bool)
        if len(kerb) == 0 or len(self.kerb) == 0:
            return result
        # stretches of a kerb may overlap: joined, the last that begins before a position decides
        order = np.lexsort((self.from_m, self.kerb))
        span = float(max(self.to_m.max(), along_m.max())) + 1.0
        begin = (self.kerb * span + np.maximum(self.from_m, 0.0))[order]
        end = np.maximum.accumulate((self.kerb * span + np.clip(self.to_m, 0.0, span - 1.0))[order])
        sought = kerb * span + along_m
        at = np.searchsorted(begin, sought, "right") - 1
        result = (at >= 0) & (end[np.maximum(at, 0)] >= sought)
        return np.asarray(result)


def mapped_parking(room: BayRoom) -> Mapped:
    """
    Return the parking at kerbs that is there already.

    A side that is tagged as having parking has it on all of its kerb but at corners, driveways, crossings and stops,
    and where areas have it. A side whose bays are mapped `separate`, or that has street-side areas, has it along those.

    Parameters
    ----------
    room
        Of the study, by day.
    """
    kerbs = room.kerbs
    kind = kinds_of(kerbs)
    explicit = explicit_cars(kerbs, room.profile)
    known = np.array([isinstance(value, str) for value in kind], dtype=bool)
    at_kerb = room.ground.surveyed.bays
    on_area, listed = at_kerb["kerb"].to_numpy(dtype=np.int64), at_kerb["listed"].to_numpy(dtype=bool)
    known[on_area[~listed]] = True
    area_from, area_to = at_kerb["from_m"].to_numpy(dtype=float), at_kerb["to_m"].to_numpy(dtype=float)
    lanes = np.flatnonzero(np.isin(kind.astype(str), ORIENTATIONS))
    cut_out = room.exclusions.where(np.isin(room.exclusions.rule, CUT_OUT))
    taken = together(
        [
            Exclusions.of(cut_out.kerb, cut_out.from_m, cut_out.to_m, "cut", "", 1),
            Exclusions.of(on_area, area_from, area_to, _AREA, "", 1),
        ]
    ).within(kerbs.from_m, kerbs.to_m)
    pieces = cut(kerbs.from_m, kerbs.to_m, taken)
    free = pieces.excluded(taken.mask) == 0
    free &= np.isin(pieces.kerb, lanes)
    left = runs(pieces, free.astype(np.uint64))
    some = np.flatnonzero(left.value > 0)
    lane_kerb, lane_from, lane_to = left.kerb[some], left.from_m[some], left.to_m[some]
    lane_m = kerbs.kerb_metres(lane_kerb, lane_from, lane_to)
    lane_cars = cars_on(lane_m, kind[lane_kerb], room.profile).astype(float)
    # an explicit capacity is shared by the length of what is left of its kerb
    whole = np.bincount(lane_kerb, weights=lane_m, minlength=len(kerbs))[lane_kerb]
    said = explicit[lane_kerb]
    lane_cars = np.where(np.isfinite(said), said * lane_m / np.maximum(whole, 1e-9), lane_cars)

    area_m = kerbs.kerb_metres(on_area, np.maximum(area_from, 0.0), area_to)
    said = at_kerb["cars"].to_numpy(dtype=float)
    # the city's own list is taken at its word
    said = np.where(listed, said, plausible(said, area_m, room.profile))
    counted = np.maximum(cars_on(area_m, at_kerb["kind"].to_numpy(dtype=object), room.profile), 1)
    area_cars = np.where(np.isfinite(said), said, counted)
    on_street = np.ones(len(on_area))
    night = parse_windows(room.profile["need.night"])
    return Mapped(
        np.concatenate([lane_kerb, on_area]),
        np.concatenate([lane_from, area_from]),
        np.concatenate([lane_to, area_to]),
        np.arange(len(lane_kerb) + len(on_area)) < len(lane_kerb),
        np.concatenate([np.zeros(len(lane_kerb), dtype=bool), listed]),
        np.concatenate([lane_cars, area_cars]),
        known,
        {
            # the tags of a street speak of its lanes; areas have their own
            period: np.concatenate([open_share(kerbs.roads, minutes)[lane_kerb], on_street])
            for period, minutes in minutes_by_period(night).items()
        },
    )


class Agreement(NamedTuple):
    """
    Agreement of the study with the map, on kerbs with parking information on the map; no rule cuts a mapped side.

    Attributes
    ----------
    differences
        The layer `parking_differences`: stretches of kerb with their `status` (`both`, `study`, `mapped`) and the
        `cause` of a difference: the rule that takes most of it, or `NO_PARKING_TAG`, `OTHER_PLACE`, `REMNANT`.
    metres
        By status, `neither` too.
    cars
        `study` and `mapped` on those kerbs; `mapped_clear`: of the mapped ones, outside corners, driveways, crossings
        and stops.
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


def compare(room: BayRoom, mapped: Mapped) -> Agreement:
    """
    Compare rows of possible bays with mapped parking, on kerbs with parking information on the map.

    A tagged side counts from corner to corner: what the study's own rules exclude of it is a difference, not left out.

    Parameters
    ----------
    room
        Of the study, by day.
    mapped
        As `mapped_parking` returns; what is only on the study's own list is not compared.
    """
    kerbs, sides = room.kerbs, tagged_sides(room.ground, room.profile)
    known = sides.known
    lanes = np.flatnonzero(np.isin(sides.kind.astype(str), ORIENTATIONS))
    area = sides.bays[["kerb", "from_m", "to_m"]].to_numpy(dtype=float)
    stretches = together(
        [
            Exclusions.of(lanes, kerbs.from_m[lanes], kerbs.to_m[lanes], "mapped", "", 1),
            Exclusions.of(area[:, 0].astype(np.int64), area[:, 1], area[:, 2], "mapped", "", 1),
            Exclusions.of(room.zones.kerb, room.zones.from_m, room.zones.to_m, "study", "", 1),
        ]
    ).within(kerbs.from_m, kerbs.to_m)
    pieces = cut(kerbs.from_m, kerbs.to_m, stretches)
    has = {
        name: np.isin(np.arange(len(pieces.kerb)), pieces.piece[stretches.rule[pieces.exclusion] == name])
        for name in ("mapped", "study")
    }
    status = has["study"].astype(np.int64) + 2 * has["mapped"].astype(np.int64)
    metres = np.where(known[pieces.kerb], kerbs.kerb_metres(pieces.kerb, pieces.from_m, pieces.to_m), 0.0)
    by_status = np.bincount(status, weights=metres, minlength=4)
    both, study, only_mapped = by_status[3], by_status[1], by_status[2]
    joined = runs(pieces, np.where(known[pieces.kerb], status, 0).astype(np.uint64))
    clear = ~mapped.listed & known[mapped.kerb]
    return Agreement(
        _layer(room, joined),
        {name: round(float(by_status[number]), 1) for number, name in enumerate(STATUSES)},
        {
            "study": int(room.zones.pitches[known[room.zones.kerb]].sum()),
            "mapped": int(np.round(sides.cars[known].sum())),
            "mapped_clear": int(np.round(mapped.cars[clear].sum())),
        },
        round(float(both / (both + study)), 3) if both + study else None,
        round(float(both / (both + only_mapped)), 3) if both + only_mapped else None,
        (int(known.sum()), len(kerbs)),
    )


def _layer(room: BayRoom, joined: Runs) -> gpd.GeoDataFrame:
    some = np.flatnonzero(joined.value > 0)
    kerb, from_m, to_m = joined.kerb[some], joined.from_m[some], joined.to_m[some]
    status = joined.value[some].astype(np.int64)
    table = pd.DataFrame(
        {
            **references(room, kerb, from_m, to_m),
            "status": np.array(STATUSES, dtype=object)[status],
            "length_m": np.round(room.kerbs.kerb_metres(kerb, from_m, to_m), 2),
            "cause": _causes(room, kerb, from_m, to_m, status),
        }
    )
    shapes = stretch_lines(room.kerbs, kerb, from_m, to_m)
    return conform_geo(gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84), "parking_differences")


def _causes(room: BayRoom, kerb: Integers, from_m: Floats, to_m: Floats, status: Integers) -> NDArray[np.object_]:
    """Return why the study and the map differ on stretches of kerb, None where they agree."""
    cause = np.full(len(kerb), None, dtype=object)
    cause[status == 1] = np.where(kinds_of(room.kerbs)[kerb[status == 1]] == "none", NO_PARKING_TAG, OTHER_PLACE)
    lacking = np.flatnonzero(status == 2)
    cause[lacking] = REMNANT
    found = room.exclusions
    # pairs of stretches and exclusions of one kerb: few, a kerb has a handful of either
    order = np.argsort(found.kerb, kind="stable")
    begin = np.searchsorted(found.kerb[order], kerb[lacking])
    counts = np.searchsorted(found.kerb[order], kerb[lacking], "right") - begin
    which, number = members(counts)
    stretch, exclusion = lacking[which], order[begin[which] + number]
    shared = np.minimum(to_m[stretch], found.to_m[exclusion]) - np.maximum(from_m[stretch], found.from_m[exclusion])
    over = shared > 0
    pairs = pd.DataFrame({"stretch": stretch[over], "rule": found.rule[exclusion[over]], "metres": shared[over]})
    sums = pairs.groupby(["stretch", "rule"], as_index=False)["metres"].sum()
    sums["rank"] = sums["rule"].map({rule: rank for rank, rule in enumerate(room.order)})
    best = sums.sort_values(["stretch", "metres", "rank"], ascending=[True, False, True]).drop_duplicates("stretch")
    cause[best["stretch"].to_numpy(dtype=np.int64)] = best["rule"].to_numpy(dtype=object)
    return cause


def agreement_document(agreement: Agreement, names: pd.Series) -> AgreementDocument:
    """
    Return an agreement as plain values, with metres by cause and the largest differences.

    Parameters
    ----------
    agreement
        As `compare` returns.
    names
        Of the streets, by `street_id`.
    """
    apart = agreement.differences[agreement.differences["cause"].notna()]
    sums = apart.groupby(["status", "cause"])["length_m"].sum().sort_values(ascending=False)
    largest = apart.sort_values("length_m", ascending=False, kind="stable").head(_LARGEST)
    columns = ["status", "cause", "length_m", "segment_id", "side", "from_m", "to_m"]
    shown = pd.DataFrame(largest[columns])
    shown.insert(0, "street", largest["street_id"].map(names))
    return {
        "metres": agreement.metres,
        "cars": agreement.cars,
        "precision": agreement.precision,
        "recall": agreement.recall,
        "kerbs_mapped": agreement.kerbs[0],
        "kerbs": agreement.kerbs[1],
        "causes": {
            status: {str(cause): round(float(m), 1) for cause, m in sums[status].items()}
            for status in ("study", "mapped")
            if status in sums.index.get_level_values(0)
        },
        "largest": document_rows(shown, DifferenceDocument),
    }
