"""The facilities of a kind in a study, the demand for them, and the walks between them."""

from __future__ import annotations

from functools import cached_property
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.core.errors import StudyError
from geo.core.metric_geometry import metric_shapes
from geo.core.text import Text
from geo.core.vocabulary import FacilityKind
from geo.facilities.access import Access, access
from geo.facilities.coverage import Walks, gaps, nearest_walks, pairs_within, street_near
from geo.facilities.resident_documents import ResidentsDocument
from geo.facilities.residents import (
    RESIDENTS_TOTAL,
    Demand,
    homes_evidence,
    inner_lonlat,
    points_demand,
    residents,
)
from geo.facilities.supply import Supply, supply
from geo.network.graph import Network
from geo.network.on_foot import WALKING, network_of
from geo.points.cases import placed_cases
from geo.stalls.relocation import needs_hall
from geo.streets.quarters import quarter_of
from geo.study.decisions import standing_on
from geo.study.left_out import LeftOut
from geo.study.reader import Study
from geo.study.results import MadeOf

DemandSource = Literal["residents", "points"]
"""Whose need counts: residents, or points (stalls that need a hall, complaints)."""


DEMAND: Final = WALKING | MadeOf(
    layers=("roads", "context", "parking", "facility_areas", "population", "vendors", "moves", "complaints"),
    facts=(RESIDENTS_TOTAL,),
    rules=("coverage", "need", "guide"),
)
"""The inputs of the facilities of a kind and the demand for them."""


class FacilityStudy:
    """
    The facilities of a kind in a study, and who needs them.

    Parameters
    ----------
    study
        The study.
    kind
        Market, parking or toilet.
    asked
        Whose need counts.
    network
        On foot, where it is known already.
    within_m
        The standard; by default the profile's.
    """

    def __init__(
        self,
        study: Study,
        kind: FacilityKind,
        asked: DemandSource = "residents",
        network: Network | None = None,
        within_m: float | None = None,
    ) -> None:
        self.study, self.kind, self.asked = study, kind, asked
        self.profile, self.crs = study.profile, study.crs
        self._network = network
        self.within_m = float(self.profile[f"coverage.within.{kind}"]) if within_m is None else within_m
        self.search_m = float(self.profile["coverage.search"])
        self.beside_m = float(self.profile["coverage.beside"])

    @cached_property
    def network(self) -> Network:
        """On foot."""
        found = self._network or network_of(self.study)
        if found.size == 0:
            raise StudyError(
                Text("研究中没有可步行的道路", "The study has no street that is open to walkers"),
                Text("请检查数据范围", "Check the extract's area"),
            )
        return found

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer of the study."""
        return self.study.layer(name)

    @property
    def roads(self) -> gpd.GeoDataFrame:
        """The study's layer."""
        return self.layer("roads")

    @property
    def quarters(self) -> gpd.GeoDataFrame:
        """The study's layer."""
        return self.layer("quarters")

    @cached_property
    def supply(self) -> Supply:
        """The facilities that are there."""
        areas, parking = self.layer("facility_areas"), self.layer("parking")
        return supply(self.kind, self.layer("facilities"), areas, parking, self.crs, self.profile)

    @cached_property
    def accepted(self) -> pd.DataFrame:
        """The sites of this kind that were decided on: `subject`, `subject_name`, `lon`, `lat`, `decision_id`."""
        decided = standing_on(self.study.decisions(f"site:{self.kind}"), "site")
        mine = decided[decided["after"] == "accepted"]
        return mine.drop_duplicates("subject", keep="last").reset_index(drop=True)

    @cached_property
    def demand(self) -> Demand:
        """Who needs them."""
        if self.asked == "points":
            return _points(self)
        population = self.layer("population")
        return residents(self.roads, self.layer("context"), population, self.crs, self.profile, self._total)

    @property
    def _total(self) -> float | None:
        """The known number of residents."""
        known = self.study.facts.get(RESIDENTS_TOTAL)
        return float(known) if known else None

    @cached_property
    def evidence(self) -> ResidentsDocument | None:
        """The evidence for residents; None where points are the demand."""
        if self.asked == "points":
            return None
        return homes_evidence(self.table, self.roads, self.study.table("population"), self._total, self.profile)

    @cached_property
    def _walls(self) -> NDArray[np.object_]:
        context = self.layer("context")
        walls = context[context["kind"].isin(self.profile["coverage.barriers"])]
        return metric_shapes(walls.geometry.to_numpy(dtype=object), self.crs)

    def access(self, shapes: NDArray[np.object_], gates: bool = False) -> Access:
        """Return how shapes of the metric CRS are reached, as `geo.facilities.access.access`."""
        return access(self.network, shapes, self._entrances, self._walls, self.profile, gates)

    @cached_property
    def _entrances(self) -> NDArray[np.object_]:
        facilities = self.layer("facilities")
        doors = facilities[facilities["kind"] == "entrance"]
        return metric_shapes(doors.geometry.to_numpy(dtype=object), self.crs)

    @cached_property
    def doors(self) -> Access:
        """How the places of demand are reached."""
        return self.access(self.demand.shapes)

    @cached_property
    def gates(self) -> Access:
        """How the facilities are reached."""
        return self.access(self.supply.shapes, gates=True)

    def at(self, lonlat: Floats) -> Access:
        """Return how places in degrees, shape (k, 2), are reached."""
        return self.access(metric_shapes(shapely.points(lonlat), self.crs))

    @cached_property
    def walks(self) -> Walks:
        """The way of each place to the nearest facility that is there."""
        return nearest_walks(self.network, self.doors, self.gates, len(self.demand.table), self.search_m)

    @cached_property
    def decided_m(self) -> Floats:
        """Shape (n,): the walk of each place where the accepted sites are there too."""
        return self.with_sites(self.accepted[["lon", "lat"]].to_numpy(dtype=float))

    def with_sites(self, lonlat: Floats, before_m: Floats | None = None) -> Floats:
        """
        Return the walk of each place if there were facilities at `lonlat`, shape (k, 2), too, up to the standard.

        `before_m` is the walk without them; by default that of today.
        """
        before = self.walks.walk_m if before_m is None else before_m
        if len(lonlat) == 0:
            return before
        new = nearest_walks(self.network, self.doors, self.at(lonlat), len(before), self.within_m)
        return np.minimum(before, new.walk_m)

    def covered(self, walk_m: Floats) -> float:
        """Return how much demand has a facility within the standard by these walks."""
        return float(self.demand.weight[walk_m <= self.within_m].sum())

    @cached_property
    def lonlat(self) -> Floats:
        """Shape (n, 2): the places of demand, in degrees."""
        return inner_lonlat(self.demand.shapes, self.crs)

    @cached_property
    def gaps(self) -> list[Integers]:
        """The places that are left out, gathered, the most demand first."""
        left_out = self.walks.walk_m > self.within_m
        reach, least = (float(self.profile[f"coverage.{name}"]) for name in ("gap_reach", "gap_least"))
        least = min(least, 1.0) if self.asked == "points" else least
        return gaps(self.demand.shapes, self.demand.weight, left_out, reach * self.within_m, least)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The places with their nearest facility, street, tier and quarter: the layer `coverage` without geometry."""
        row = street_near(self.roads, self.demand.shapes, self.crs)
        on = self.roads.iloc[row]
        walk = self.walks.walk_m
        ids = np.array([*self.supply.table["facility_id"], None], dtype=object)
        speed = float(self.profile["coverage.walk_speed"]) * 1000 / 60
        rounded = np.round(walk, 1)
        # no rounding makes a walk look covered that is not, or the other way round
        rounded = np.where((walk > self.within_m) & (rounded <= self.within_m), np.ceil(10 * walk) / 10, rounded)
        rounded = np.where(walk <= self.within_m, np.minimum(rounded, self.within_m), rounded)
        known = np.where(np.isfinite(walk), rounded, np.nan)
        return self.demand.table.assign(
            kind=self.kind,
            demand=self.demand.weight.round(3),
            facility_id=ids[self.walks.facility],
            walk_m=known,
            minutes=np.round(known / speed, 1),
            covered=walk <= self.within_m,
            street_id=on["street_id"].to_numpy(dtype=object) if len(row) else [],
            tier=on["tier"].to_numpy(dtype=object) if len(row) else [],
            quarter_id=quarter_of(self.lonlat, self.quarters, self.crs),
        )

    def best_site(self, gap: Integers, candidates: Access, size: int) -> tuple[int, float]:
        """Return the best of `size` candidates for a gap, with the demand it covers within the standard."""
        place, site, _ = pairs_within(self.network, self.doors.of(gap), candidates, self.within_m)
        if len(site) == 0:
            return -1, 0.0
        gain = np.bincount(site, weights=self.demand.weight[gap][place], minlength=size)
        return int(np.argmax(gain)), float(gain.max())


def _points(study: FacilityStudy) -> Demand:
    if study.kind == "market":
        stalls, moves = study.layer("vendors"), study.study.table("moves")
        guided = moves.loc[(moves["to_kind"] == "hall") | (moves["reason"] == "no_hall"), "stall_id"]
        wanted = needs_hall(stalls["goods"], study.profile["guide.hall_goods"]) | stalls["stall_id"].isin(guided)
        rows, source, left_out = stalls[wanted], "stalls", LeftOut()
    else:
        rule = "need.complaint_categories" if study.kind == "parking" else "coverage.toilet_complaints"
        found = placed_cases(study.layer("complaints"))
        complaints, left_out = found.rows, found.left_out
        counted = complaints["category"].isin(study.profile[rule]) & complaints["duplicate_of"].isna()
        rows, source = complaints[counted], "complaints"
    return points_demand(rows, source, study.crs)._replace(left_out=left_out)


def no_demand(asked: DemandSource) -> StudyError:
    """Return the error of a study without demand for a facility."""
    if asked == "points":
        return StudyError(
            Text("研究中没有代表需求的点", "The study has no points that stand for a need"),
            Text("请先导入摊位或投诉（jiexu add）", "Import stalls or complaints first (jiexu add)"),
        )
    return StudyError(
        Text("研究中没有居民", "The study has no residents"),
        Text("请导入人口（jiexu population）", "Give a population: jiexu population STUDY FILE"),
    )
