"""The work on parking bays, from and into the study file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.core.crs import WGS84
from geo.core.metric_geometry import metric_shapes
from geo.core.text import Text
from geo.kerbs.decided import decided_on
from geo.kerbs.ground import GROUND, KerbGround, read_ground
from geo.kerbs.numbering import SIDES, segment_of, side_of
from geo.kerbs.waterfall import Waterfall, fall_document
from geo.network.on_foot import WALKING, network_of
from geo.parking.bays import bay_layer, place_bays, with_accessible
from geo.parking.choice import Choice
from geo.parking.documents import BaysDocument, CapacityDocument, ChoiceDocument, ChosenBays, PlacedBays
from geo.parking.fall import bay_waterfall
from geo.parking.fitting import Fitted, Rows, fit
from geo.parking.mapped import Mapped, agreement_document, compare, mapped_parking
from geo.parking.need import Period
from geo.parking.relief import Need
from geo.parking.room import BayHours, BayRoom
from geo.parking.street_choice import street_documents, why_nothing
from geo.parking.supply import supply_document
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
        self._fitted: dict[tuple[BayHours, float], Fitted] = {}
        self._late: dict[float, Fitted] = {}
        self._drawn: dict[BayHours, gpd.GeoDataFrame] = {}
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
        known = next((room.standing for room in self._rooms.values()), None)
        room = BayRoom(self.ground, self.profile, hours, self._traffic, self._rails, self._kept, widths, known)
        if off == 0:  # a room of other widths is asked for its rows once, and is large
            self._rooms[hours] = room
        return room

    def fit(self, hours: Collection[BayHours], offs: Collection[float] = (0.0,)) -> None:
        """Find the bays of hours and widths together, where they are not known yet: most are the same ones."""
        keys = [(each, off) for off in offs for each in _DAY_AND_NIGHT if each in hours or "night" in hours]
        if all(key in self._fitted for key in keys) and (
            "night" not in hours or all(off in self._late for off in offs)
        ):
            return
        any_room = self.room("all_day")  # before all others: it says where something stands for them too
        rows = [Rows.of(self.room(*key)) for key in keys]
        nights = [number for number, (each, _) in enumerate(keys) if each == "night"]
        fitted, clear = fit(any_room, rows, self.buildings, [(number - 1, number) for number in nights])
        self._fitted |= dict(zip(keys, fitted, strict=True))
        for number, alone in zip(nights, clear, strict=True):
            self._late[keys[number][1]] = fitted[number].where(alone)

    def fitted(self, hours: BayHours, off: float = 0.0) -> Fitted:
        """Return the bays of all day; of the night, the ones that fit only then, clear of these."""
        self.fit([hours], [off])
        return self._fitted[hours, off] if hours == "all_day" else self._late[off]

    def placed(self, hours: BayHours, off: float = 0.0) -> gpd.GeoDataFrame:
        """
        Return the bays that fit under the rules of the hours; at night, the ones of all day too.

        With estimated widths that are off, only their `street_id`, `mapped` and geometry.
        """
        if off:
            bays = place_bays(self.room(hours, off), self.buildings)
            return gpd.GeoDataFrame(bays[["street_id", "geometry"]])
        if hours not in self._drawn:
            self.fit([hours])
            self._drawn[hours] = bay_layer(self.room(hours), self._fitted[hours, 0.0])
        return self._drawn[hours]

    def candidates(self, night: bool) -> pd.DataFrame:
        """
        Return the bays of all day and, at night, further ones that fit only then: the columns by which some are chosen.

        They are `segment_id`, `side`, `street_id`, `offset_m`, `hours` and `mapped`, as in the layer `bays`.
        """
        self.fit(_DAY_AND_NIGHT if night else _DAY)
        parts = [(hours, self.fitted(hours)) for hours in (_DAY_AND_NIGHT if night else _DAY)]
        roads = self.ground.kerbs.roads
        kerb = np.concatenate([part.kerb for _, part in parts]).astype(np.int64)
        begin = np.concatenate([part.begin_m for _, part in parts])
        offset_m = self._offset_m(kerb, begin)
        row = segment_of(kerb)
        return pd.DataFrame(
            {
                **{
                    name: pd.Categorical.from_codes(codes[row], ids)
                    for name in ("segment_id", "street_id")
                    for codes, ids in (pd.factorize(roads[name]),)
                },
                "side": pd.Categorical.from_codes(side_of(kerb), SIDES),
                "offset_m": offset_m,
                "hours": pd.Categorical.from_codes(
                    np.repeat(np.arange(len(parts)), [len(part.kerb) for _, part in parts]), [each for each, _ in parts]
                ),
                "mapped": self.mapped.holds(kerb, offset_m),
            }
        )

    def _offset_m(self, kerb: Integers, begin_m: Floats) -> Floats:
        """Return the places of bays along their segments, as the layer `bays` has them."""
        middle = begin_m + self.room("all_day").pitch_m / 2
        return np.round(self.ground.kerbs.centre_metres(kerb, middle), 2)

    def drawn(self, candidates: pd.DataFrame) -> gpd.GeoDataFrame:
        """Return some of the `candidates` as the layer `bays`."""
        layers, first = [], 0
        for hours in candidates["hours"].cat.categories:
            fitted = self.fitted(hours)
            mine = candidates.index[(candidates["hours"] == hours).to_numpy()].to_numpy() - first
            layers.append(bay_layer(self.room(hours), fitted.where(mine)))
            first += len(fitted.kerb)
        if len(layers) == 1:
            return layers[0]
        both = pd.concat(layers, ignore_index=True)
        return conform_geo(gpd.GeoDataFrame(both, geometry="geometry", crs=WGS84), "bays")

    def bays(self, night: bool) -> tuple[gpd.GeoDataFrame, BayRoom]:
        """Return the bays of all day and, at night, further ones that fit only then; and the room of all day."""
        return self.drawn(self.candidates(night)), self.room("all_day")

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
        return self._range(hours, street_ids, new=False)

    def new_capacity(self, hours: BayHours, street_ids: Collection[str] | None = None) -> CapacityDocument:
        """Return the same of the bays where no parking is mapped or listed yet."""
        return self._range(hours, street_ids, new=True)

    def _range(self, hours: BayHours, street_ids: Collection[str] | None, new: bool) -> CapacityDocument:
        on_streets = None if street_ids is None else self.room("all_day").on_streets(street_ids)
        self.fit([hours], self.offs.values())
        fitting = {}
        for name, off in self.offs.items():
            fitted = self.fitted(hours, off)
            counted = np.ones(len(fitted.kerb), dtype=bool) if on_streets is None else on_streets[fitted.kerb]
            if new:
                kerb = fitted.kerb.astype(np.int64)
                counted = counted & ~self.mapped.holds(kerb, self._offset_m(kerb, fitted.begin_m))
            fitting[name] = int(counted.sum())
        # other widths may leave a row elsewhere: the range holds the likely figure all the same
        return {"low": min(fitting.values()), "likely": fitting["likely"], "high": max(fitting.values())}

    @property
    def offs(self) -> dict[str, float]:
        """`SPREADS`, where any width is estimated."""
        return dict(SPREADS) if self._guessed.any() else {"likely": 0.0}

    @cached_property
    def mapped(self) -> Mapped:
        """The parking at kerbs that is there already."""
        return mapped_parking(self.room("all_day"))

    def described(self, bays: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return bays with their `quarter_id`, and whether parking is `mapped` where each lies."""
        lonlat = shapely.get_coordinates(shapely.centroid(bays.geometry.to_numpy()))
        quarters = self.study.layer("quarters")
        quarter = quarter_of(lonlat, quarters, self.ground.kerbs.crs)
        return bays.assign(quarter_id=quarter, mapped=self._on_mapped(bays))

    def _on_mapped(self, bays: pd.DataFrame) -> NDArray[np.bool_]:
        """Tell whether each bay lies on parking that is there already."""
        return self.mapped.holds(self.ground.kerbs.of(bays), bays["offset_m"].to_numpy(dtype=float))


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
    rooms = BayStudy(study, rules)
    day_or_night = _DAY_AND_NIGHT if night else _DAY
    room = rooms.room("all_day")
    rooms.fit(day_or_night, rooms.offs.values())
    fitting, counted = rooms.candidates(night), None
    if street_ids is not None:
        fitting = fitting[fitting["street_id"].isin(street_ids)]
        counted = room.on_streets(street_ids)
    need = Need(rooms, network_of(study))
    streets = study.layer("streets")
    names = pd.Series(streets["name"].to_numpy(), index=streets["street_id"].to_numpy())
    chosen: ChosenBays = {}
    relieved = None
    if budget is not None:
        period: Period = "night" if night else "day"
        mine, found = need.choice(fitting, budget, period)
        table = need.streets(fitting, mine, budget, period, street_ids)
        chosen = {"choice": _choice_document(found, period, budget, table, names)}
        bays, relieved = with_accessible(rooms.described(rooms.drawn(fitting[mine])), rules), found.relieved
    else:
        bays = rooms.described(rooms.drawn(fitting))
    agreement = compare(room, rooms.mapped)
    layers = {
        "bays": bays,
        "parking_differences": agreement.differences,
        "parking_need": need.layer(streets, bays, relieved),
    }
    capacity: dict[str, CapacityDocument] = {hours: rooms.capacity(hours, street_ids) for hours in day_or_night}
    summary: BaysDocument = {
        **_summary(rules, bays, capacity, bay_waterfall(room, rooms.fitted("all_day").kerb, counted)),
        "agreement": agreement_document(agreement, names),
        "supply": supply_document(rooms, bays, street_ids, night),
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
