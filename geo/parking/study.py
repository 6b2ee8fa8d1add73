"""The work on parking bays, from and into the study file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.crs import WGS84
from geo.core.metric_geometry import metric_shapes
from geo.core.text import Text
from geo.kerbs.decided import decided_on
from geo.kerbs.ground import GROUND, KerbGround, read_ground
from geo.kerbs.waterfall import Waterfall, fall_document, waterfall
from geo.network.graph import Network, Positions
from geo.network.on_foot import WALKING, network_of
from geo.parking.bays import place_bays, with_accessible, without_overlap
from geo.parking.choice import BayProblem, Choice, choose, whole
from geo.parking.documents import BaysDocument, CapacityDocument, ChoiceDocument, ChosenBays, NeedDocument, PlacedBays
from geo.parking.mapped import Mapped, agreement_document, compare, mapped_parking
from geo.parking.need import (
    PERIODS,
    Cells,
    Period,
    WalkReach,
    demand,
    need_layer,
    off_street,
    on_street,
    spaces_within,
    within_walk,
)
from geo.parking.room import BayHours, BayRoom
from geo.rules.documents import basis_document, profile_document
from geo.rules.loader import Profile
from geo.streets.quarters import quarter_of
from geo.study.reader import Study, on_study
from geo.study.results import MadeOf, Result, command_of
from geo.study.schema import conform_geo

BAYS: Final[Result[BaysDocument]] = Result(
    "bays",
    Text("停车泊位", "Parking bays"),
    GROUND
    | WALKING
    | MadeOf(
        layers=("street_scores", "streets", "complaints", "quarters"),
        decisions=("zone",),
        rules=("bay", "need", "roads", "fire_lane", "mapped_parking", "articles.bay", "articles.night_bay"),
    ),
    ("bays", "parking_differences", "parking_need"),
)

_DAY: Final[tuple[BayHours, ...]] = ("all_day",)
_DAY_AND_NIGHT: Final[tuple[BayHours, ...]] = ("all_day", "night")

SPREADS: Final = {"low": -1.0, "likely": 0.0, "high": 1.0}
"""Which way the widths that no tag says are off."""


class BayStudy:
    """
    The rooms for bays of a study, by hours and width.

    Parameters
    ----------
    study
        The study.
    profile
        The rules.
    ground
        Its kerbs, where they are known already.
    """

    def __init__(self, study: Study, profile: Profile, ground: KerbGround | None = None) -> None:
        self.study, self.profile, self.ground = study, profile, ground or read_ground(study, profile)
        self._rooms: dict[tuple[BayHours, float], BayRoom] = {}
        crs = study.crs
        roads, context = self.ground.kerbs.roads, study.layer("context")
        scores = study.table("street_scores").set_index("street_id")["traffic"]
        self._traffic = roads["street_id"].map(scores).fillna(0.0).to_numpy(dtype=float)
        self._rails, self.buildings = (
            metric_shapes(context.loc[context["kind"] == kind, "geometry"].to_numpy(dtype=object), crs)
            for kind in ("tram", "building")
        )
        self._kept = decided_on(study.decisions("zone"), self.ground.kerbs).accepted
        defaults = (roads["width_source"] == "default").to_numpy()
        self._guessed = np.repeat(defaults, 2) & ~self.ground.kerbs.mapped

    def room(self, hours: BayHours, off: float = 0.0) -> BayRoom:
        """Return the room for bays; `off` is the error of estimated widths (`SPREADS`)."""
        if (hours, off) not in self._rooms:
            widths = np.where(self._guessed, 1 + off * float(self.profile["roads.width.spread"]), 1.0)
            self._rooms[hours, off] = BayRoom(
                self.ground, self.profile, hours, self._traffic, self._rails, self._kept, widths
            )
        return self._rooms[hours, off]

    def bays(self, night: bool) -> tuple[gpd.GeoDataFrame, BayRoom]:
        """Return the bays of all day and, at night, further ones that fit only then; and the room of all day."""
        room = self.room("all_day")
        bays = place_bays(room, self.buildings)
        if not night:
            return bays, room
        late = place_bays(self.room("night"), self.buildings)
        late = late[without_overlap(bays, late)]
        both = gpd.GeoDataFrame(pd.concat([bays, late], ignore_index=True), geometry="geometry", crs=WGS84)
        return conform_geo(both, "bays"), room

    def capacity(self, hours: BayHours) -> CapacityDocument:
        """Return how many bays fit if guessed widths are too wide, right, or too narrow."""
        fitting = {name: int(self.room(hours, off).zones.pitches.sum()) for name, off in SPREADS.items()}
        return {"low": fitting["low"], "likely": fitting["likely"], "high": fitting["high"]}

    @cached_property
    def mapped(self) -> Mapped:
        """The parking at kerbs that is there already."""
        return mapped_parking(self.room("all_day"))

    def described(self, bays: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return bays with their `quarter_id`, and whether parking is `mapped` where each lies."""
        kerbs = self.ground.kerbs
        lonlat = shapely.get_coordinates(shapely.centroid(bays.geometry.to_numpy()))
        quarters = self.study.layer("quarters")
        return bays.assign(
            quarter_id=quarter_of(lonlat, quarters, kerbs.crs),
            mapped=self.mapped.holds(kerbs.of(bays), bays["offset_m"].to_numpy(dtype=float)),
        )


class Need:
    """
    Parking demand along the streets of a study, and the bays that would relieve it.

    Parameters
    ----------
    bays
        The rooms for bays.
    network
        On foot.
    """

    def __init__(self, bays: BayStudy, network: Network) -> None:
        self.bays, self.network, self.profile = bays, network, bays.profile
        study, crs, roads = bays.study, bays.ground.kerbs.crs, bays.ground.kerbs.roads
        self.roads, self.within_m = roads, float(self.profile["need.within"])
        names = ("context", "complaints", "facilities", "facility_areas", "parking")
        context, complaints, facilities, areas, parking = (study.layer(name) for name in names)
        self.cells = Cells(roads, network, float(self.profile["need.cell"]))
        self.cars = demand(roads, self.cells, context, complaints, crs, self.profile, study.place.timezone)
        lots = off_street(facilities, areas, parking, network, crs, self.profile)
        kerbside = on_street(bays.mapped, parking, self.cells)
        self._seeking = np.flatnonzero(self.cars["day"] + self.cars["night"] > 0)
        # places: car parks, then the cells that have spaces at their kerbs
        rows = np.flatnonzero(kerbside["night"] > 0)
        at = self.cells.positions(rows)
        both = Positions(np.concatenate([lots.at.segment, at.segment]), np.concatenate([lots.at.offset_m, at.offset_m]))
        self.spaces = {period: np.append(lots.spaces[period], kerbside[period][rows]) for period in PERIODS}
        self.reach = self._within(both)
        self.found = {period: spaces_within(self.reach, self.spaces[period], self.cars[period]) for period in PERIODS}

    def _within(self, places: Positions) -> WalkReach:
        return within_walk(self.network, self.cells, places, self._seeking, self.within_m)

    def document(self) -> dict[str, NeedDocument]:
        """Return cars and spaces by day and at night."""
        return {
            period: {
                "cars": round(float(self.cars[period].sum()), 1),
                "spaces": round(float(self.spaces[period].sum()), 1),
            }
            for period in PERIODS
        }

    def layer(
        self, streets: gpd.GeoDataFrame, bays: pd.DataFrame, relieved: NDArray[np.int64] | None = None
    ) -> gpd.GeoDataFrame:
        """Return the layer `parking_need`; `bays` are counted, `relieved` are cars by cell."""
        counted = self.cells.sums(self.cells.of(bays))
        nobody = np.zeros(len(self.cells), dtype=np.int64)
        more = {"bays": counted, "relieved": nobody if relieved is None else relieved}
        return need_layer(streets, self.roads, self.cells, self.cars, self.found, more)

    def choice(self, bays: gpd.GeoDataFrame, budget: int, period: Period) -> tuple[NDArray[np.bool_], Choice]:
        """
        Choose the bays that relieve the most, except where parking is mapped already, with their effect.

        Parameters
        ----------
        bays
            As `BayStudy.described` returns.
        budget
            How many there may be.
        period
            The time that counts.
        """
        roads = self.roads
        cell = self.cells.of(bays)
        fresh = np.flatnonzero(~bays["mapped"].to_numpy(dtype=bool) & (cell >= 0))
        places, number, counts = np.unique(cell[fresh], return_inverse=True, return_counts=True)
        of_cells = roads["street_id"].to_numpy(dtype=str)[self.cells.row[places]]
        names, street = np.unique(of_cells, return_inverse=True)
        pressure = self._pressure(period).reindex(names).fillna(0.0).to_numpy()
        problem = BayProblem(
            cars=whole(self.cars[period]),
            spaces=whole(self.spaces[period]),
            reach=self.reach,
            bays=counts,
            bay_reach=self._within(self.cells.positions(places)),
            street=street,
            street_most=self._most(names),
            budget=budget,
        )
        found = choose(problem, pressure, self.within_m)
        # of a cell's bays the first ones along its longer row: they stay together
        side = (bays["side"].iloc[fresh] == "right").to_numpy()
        size = np.bincount(2 * number + side, minlength=2 * len(places))[2 * number + side]
        order = np.lexsort((bays["offset_m"].iloc[fresh].to_numpy(), side, -size, number))
        first = np.searchsorted(number[order], np.arange(len(places)))
        rank = np.arange(len(order)) - first[number[order]]
        chosen = np.zeros(len(bays), dtype=bool)
        chosen[fresh[order[rank < found.bays[number[order]]]]] = True
        return chosen, found

    def _pressure(self, period: Period) -> pd.Series:
        """Return the cars per space of each street; streets without any space come before all others."""
        table = pd.DataFrame(
            {
                "street": self.roads["street_id"].to_numpy(dtype=str)[self.cells.row],
                "cars": self.cars[period],
                "spaces": self.found[period],
            }
        )
        sums = table.groupby("street").sum()
        return sums["cars"] / sums["spaces"].clip(lower=1e-6)

    def _most(self, names: NDArray[np.str_]) -> NDArray[np.int64]:
        """Return how many bays each street may have by the share of its kerb."""
        room = self.bays.room("all_day")
        kerbs = room.kerbs
        metres = kerbs.kerb_metres(np.arange(len(kerbs)), kerbs.from_m, np.maximum(kerbs.to_m, kerbs.from_m))
        streets = pd.Series(metres).groupby(np.repeat(self.roads["street_id"].to_numpy(dtype=str), 2)).sum()
        share = streets.reindex(names).to_numpy() * float(self.profile["need.kerb_share"])
        return np.floor(share / (room.pitch_m + room.gap_m) + 1e-9).astype(np.int64)


@on_study
def plan_bays(
    study: Study,
    profile: Profile | None = None,
    street_ids: Sequence[str] | None = None,
    night: bool = False,
    budget: int | None = None,
) -> BaysDocument:
    """
    Place bays and write the layers `bays`, `parking_differences` and `parking_need` into the study.

    Parameters
    ----------
    study
        The study, or its path.
    profile
        The rules; by default the study's.
    street_ids
        Only on these streets; by default on all.
    night
        Whether night-time bays are placed too, where there is no room by day; with a budget, it is the night that
        counts.
    budget
        At most so many new bays: those that relieve the most. By default all that fit.

    Returns
    -------
    summary
        The bays by hours, tier and quarter, and the metres of kerb that rules take; with a budget, the choice.
    """
    rules = profile or study.profile
    rooms = BayStudy(study, rules)
    bays, room = rooms.bays(night)
    counted = None
    if street_ids is not None:
        bays = bays[bays["street_id"].isin(street_ids)].reset_index(drop=True)
        counted = room.on_streets(street_ids)
    bays = rooms.described(bays)
    need = Need(rooms, network_of(study))
    chosen: ChosenBays = {}
    relieved = None
    if budget is not None:
        period: Period = "night" if night else "day"
        mine, found = need.choice(bays, budget, period)
        bays, relieved = with_accessible(bays[mine].reset_index(drop=True), rules), found.relieved
        chosen = {"choice": _choice_document(found, period, budget)}
    agreement = compare(room, rooms.mapped)
    streets = study.layer("streets")
    layers = {
        "bays": bays,
        "parking_differences": agreement.differences,
        "parking_need": need.layer(streets, bays, relieved),
    }
    names = pd.Series(streets["name"].to_numpy(), index=streets["street_id"].to_numpy())
    capacity: dict[str, CapacityDocument] = {
        hours: rooms.capacity(hours) for hours in (_DAY_AND_NIGHT if night else _DAY)
    }
    summary: BaysDocument = {
        **_summary(rules, bays, capacity, waterfall(room, 0, counted)),
        "agreement": agreement_document(agreement, names),
        "need": need.document(),
        **chosen,
    }
    command = command_of(
        "bays",
        study,
        streets=None if street_ids is None else tuple(street_ids),
        night=night,
        budget=budget,
        rules=profile and profile.name,
    )
    BAYS.keep(study, summary, layers, command, rules=profile)
    return summary


def _choice_document(found: Choice, period: Period, budget: int) -> ChoiceDocument:
    return {
        "period": period,
        "budget": budget,
        "chosen": int(found.bays.sum()),
        "served_before": found.before,
        "served_after": found.after,
        "relieved": found.after - found.before,
        "bound": found.bound - found.before,
        "proven_gap": found.bound - found.after,
        "greedy_relieved": found.greedy - found.before,
        "mean_walk_m": round(found.walk_m, 1),
    }


def _summary(rules: Profile, bays: pd.DataFrame, capacity: dict[str, CapacityDocument], fall: Waterfall) -> PlacedBays:
    def counts(column: str) -> dict[str, int]:
        return {str(value): int(count) for value, count in bays[column].value_counts().items()}

    hours = counts("hours")
    falls = fall_document(fall)
    return {
        "profile": profile_document(rules),
        "bays": {"all_day": hours.get("all_day", 0), "night": hours.get("night", 0)},
        "accessible": int(bays["accessible"].sum()),
        "basis": basis_document({**rules.basis("bay"), **rules.basis("night_bay")}),
        "capacity": capacity,
        "per_tier": counts("tier"),
        "per_quarter": counts("quarter_id"),
        "streets": int(bays["street_id"].nunique()),
        "width_source": counts("width_source"),
        "kerb_km": round(fall.kerb_m / 1000, 3),
        "metres_lost": falls["metres_lost"],
        "bays_lost": falls["pitches_lost"],
        "sole_metres": falls["sole_metres"],
        "free_m": falls["free_m"],
    }
