"""The work on parking bays, from and into the study file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.core.crs import WGS84
from geo.core.metric_geometry import metric_shapes
from geo.core.text import Text
from geo.jobs import progress
from geo.kerbs.decided import decided_on
from geo.kerbs.ground import GROUND, KerbGround, read_ground
from geo.kerbs.waterfall import Waterfall, fall_document
from geo.network.on_foot import WALKING, network_of
from geo.parking.bays import place_bays, with_accessible, without_overlap
from geo.parking.choice import Choice
from geo.parking.documents import BaysDocument, CapacityDocument, ChoiceDocument, ChosenBays, PlacedBays
from geo.parking.fall import bay_waterfall
from geo.parking.mapped import Mapped, agreement_document, compare, mapped_parking
from geo.parking.need import Period
from geo.parking.relief import Need
from geo.parking.room import BayHours, BayRoom
from geo.parking.street_choice import street_documents, why_nothing
from geo.points.cases import placed_cases
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
        self._rooms: dict[BayHours, BayRoom] = {}
        self._drawn: dict[tuple[BayHours, float], gpd.GeoDataFrame] = {}
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
        if hours in self._rooms and off == 0:
            return self._rooms[hours]
        widths = np.where(self._guessed, 1 + off * float(self.profile["roads.width.spread"]), 1.0)
        known = next((room.across for room in self._rooms.values()), None)
        room = BayRoom(self.ground, self.profile, hours, self._traffic, self._rails, self._kept, widths, known)
        if off == 0:  # a room of other widths is asked for its bays once, and is large
            self._rooms[hours] = room
        return room

    def placed(self, hours: BayHours, off: float = 0.0) -> gpd.GeoDataFrame:
        """
        Return the bays that fit under the rules of the hours; at night, the ones of all day too.

        With estimated widths that are off, only their `street_id` and geometry.
        """
        if (hours, off) not in self._drawn:
            bays = place_bays(self.room(hours, off), self.buildings)
            # of other widths the bays are only counted: their texts take most of the memory
            self._drawn[hours, off] = bays if off == 0 else gpd.GeoDataFrame(bays[["street_id", "geometry"]])
        return self._drawn[hours, off]

    def at_night_only(self, off: float = 0.0) -> gpd.GeoDataFrame:
        """Return the bays that fit only at night, clear of the ones of all day."""
        late = self.placed("night", off)
        return gpd.GeoDataFrame(late[without_overlap(self.placed("all_day", off), late)], crs=WGS84)

    def bays(self, night: bool) -> tuple[gpd.GeoDataFrame, BayRoom]:
        """Return the bays of all day and, at night, further ones that fit only then; and the room of all day."""
        bays, room = self.placed("all_day"), self.room("all_day")
        if not night:
            return bays, room
        both = pd.concat([bays, self.at_night_only()], ignore_index=True)
        return conform_geo(gpd.GeoDataFrame(both, geometry="geometry", crs=WGS84), "bays"), room

    def capacity(self, hours: BayHours, street_ids: Collection[str] | None = None) -> CapacityDocument:
        """
        Return how many bays of the hours fit if guessed widths are too wide, right, or too narrow.

        The likely ones are the rows of the layer `bays`; at night, of the bays that fit only then.

        Parameters
        ----------
        hours
            All day, or the night only.
        street_ids
            The streets that count; by default all.
        """
        fitting = {}
        for name, off in SPREADS.items() if self._guessed.any() else (("likely", 0.0),):
            bays = self.placed("all_day", off) if hours == "all_day" else self.at_night_only(off)
            fitting[name] = len(bays) if street_ids is None else int(bays["street_id"].isin(street_ids).sum())
        # other widths may leave a row elsewhere: the range holds the likely figure all the same
        return {"low": min(fitting.values()), "likely": fitting["likely"], "high": max(fitting.values())}

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
        Whether night-time bays are placed too, where there is no room by day; with a budget, bays for the night only
        are chosen, by the demand at night.
    budget
        At most so many new bays: those that relieve the most, on the streets that need some. By default all that fit.

    Returns
    -------
    summary
        The bays by hours, tier and quarter, and the metres of kerb that rules take; with a budget, the choice.
    """
    rules = profile or study.profile
    progress.step("读取路缘", "Read the kerbs", 1, 5)
    rooms = BayStudy(study, rules)
    progress.step("布设泊位", "Place the bays", 2, 5)
    bays, room = rooms.bays(night)
    counted = None
    if street_ids is not None:
        bays = bays[bays["street_id"].isin(street_ids)].reset_index(drop=True)
        counted = room.on_streets(street_ids)
    bays = rooms.described(bays)
    progress.step("估算停车需求", "Estimate the demand", 3, 5)
    need = Need(rooms, network_of(study))
    streets = study.layer("streets")
    names = pd.Series(streets["name"].to_numpy(), index=streets["street_id"].to_numpy())
    chosen: ChosenBays = {}
    relieved = None
    if budget is not None:
        period: Period = "night" if night else "day"
        mine, found = need.choice(bays, budget, period)
        table = need.streets(bays, mine, budget, period, street_ids)
        chosen = {"choice": _choice_document(found, period, budget, table, names)}
        bays, relieved = with_accessible(bays[mine].reset_index(drop=True), rules), found.relieved
    progress.step("核对与汇总", "Compare and sum up", 4, 5)
    agreement = compare(room, rooms.mapped)
    layers = {
        "bays": bays,
        "parking_differences": agreement.differences,
        "parking_need": need.layer(streets, bays, relieved),
    }
    capacity: dict[str, CapacityDocument] = {
        hours: rooms.capacity(hours, street_ids) for hours in (_DAY_AND_NIGHT if night else _DAY)
    }
    summary: BaysDocument = {
        **_summary(rules, bays, capacity, bay_waterfall(room, rooms.placed("all_day"), counted)),
        "agreement": agreement_document(agreement, names),
        "need": need.document(),
        "left_out": placed_cases(study.layer("complaints")).left_out,
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
    progress.step("写入研究文件", "Write the study", 5, 5)
    BAYS.keep(study, summary, layers, command, rules=profile)
    return summary


def _choice_document(
    found: Choice, period: Period, budget: int, table: pd.DataFrame, names: pd.Series
) -> ChoiceDocument:
    nothing = why_nothing(table, budget)
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
        "streets": street_documents(table, names),
        "nothing": None if nothing is None else str(nothing),
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
