"""The work on coverage, from and into the study file: who has a market, a car park, a toilet within a walk."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.core.crs import WGS84
from geo.core.errors import StudyError
from geo.core.metric_geometry import metric_shapes
from geo.core.records import document_rows
from geo.core.text import Text
from geo.core.vocabulary import KIND_NAMES, KINDS, FacilityKind
from geo.facilities.access import Access, access
from geo.facilities.balance import balance
from geo.facilities.coverage import (
    Walks,
    around,
    catchments,
    degrees_layer,
    gaps,
    nearest_walks,
    pairs_within,
    shares,
    street_near,
)
from geo.facilities.documents import (
    BalanceDocument,
    CatchmentDocument,
    CoverageDocument,
    GapDocument,
    PopulationDocument,
    ServedGroup,
    ServedTier,
    WalkQuantiles,
)
from geo.facilities.residents import RESIDENTS_TOTAL, Demand, place_of, points_demand, read_population, residents
from geo.facilities.supply import Supply, supply
from geo.network.graph import Network
from geo.network.on_foot import WALKING, network_of
from geo.points.imports import place_in
from geo.rules.documents import profile_document
from geo.stalls.relocation import needs_hall
from geo.streets.quarters import quarter_of
from geo.study.decisions import standing_on
from geo.study.documents import FindingDocument
from geo.study.reader import Study, on_study
from geo.study.results import MadeOf, Result, command_of
from geo.study.schema import conform_geo

_Document = TypeVar("_Document")
Asked = Literal["residents", "points"]
"""Whose need counts: residents, or points (stalls that need a hall, complaints)."""


DEMAND: Final = WALKING | MadeOf(
    layers=("roads", "context", "parking", "facility_areas", "population", "vendors", "moves", "complaints"),
    facts=(RESIDENTS_TOTAL,),
    rules=("coverage", "need", "guide"),
)
"""The inputs of the facilities of a kind and the demand for them."""

COVERAGE: Final[Result[CoverageDocument]] = Result(
    "coverage",
    Text("服务范围", "Coverage"),
    DEMAND | MadeOf(layers=("quarters", "street_lines", "bays"), decisions=("site:{of}", "bays")),
    ("coverage", "catchments", "coverage_gaps"),
)


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
        asked: Asked = "residents",
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
            return self._points()
        known = self.study.facts.get(RESIDENTS_TOTAL)
        total = float(known) if known else None
        return residents(self.roads, self.layer("context"), self.layer("population"), self.crs, self.profile, total)

    def _points(self) -> Demand:
        if self.kind == "market":
            stalls, moves = self.layer("vendors"), self.study.table("moves")
            guided = moves.loc[(moves["to_kind"] == "hall") | (moves["reason"] == "no_hall"), "stall_id"]
            wanted = needs_hall(stalls["goods"], self.profile["guide.hall_goods"]) | stalls["stall_id"].isin(guided)
            rows, source = stalls[wanted], "stalls"
        else:
            rule = "need.complaint_categories" if self.kind == "parking" else "coverage.toilet_complaints"
            complaints = self.layer("complaints")
            counted = complaints["category"].isin(self.profile[rule]) & complaints["duplicate_of"].isna()
            rows, source = complaints[counted], "complaints"
        return points_demand(rows, source, self.crs)

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
        return place_of(self.demand.shapes, self.crs)

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
        known = np.where(np.isfinite(walk), np.round(walk, 1), np.nan)
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
        """Return which of `size` candidates reaches the most demand of a gap within the standard, and how much."""
        place, site, _ = pairs_within(self.network, self.doors.of(gap), candidates, self.within_m)
        if len(site) == 0:
            return -1, 0.0
        gain = np.bincount(site, weights=self.demand.weight[gap][place], minlength=size)
        return int(np.argmax(gain)), float(gain.max())


@on_study
def cover(
    study: Study, kind: FacilityKind, within_m: float | None = None, asked: Asked = "residents"
) -> CoverageDocument:
    """
    Compute who has a facility within a walk, and write `coverage`, `catchments` and `coverage_gaps` into the study.

    Parameters
    ----------
    study
        The study, or its path.
    kind
        Market, parking or toilet; what the layers say of other kinds stays.
    within_m
        The standard; by default the profile's.
    asked
        Whose need counts.

    Returns
    -------
    summary
        Shares by street, quarter and tier, walks, facilities, gaps, and the balance by quarter.

    Raises
    ------
    StudyError
        If there is no demand, or the study cannot be written.
    """
    facilities = FacilityStudy(study, kind, asked, within_m=within_m)
    if facilities.demand.table.empty:
        raise no_demand(asked)
    layers = _layers(facilities)
    document = coverage_summary(facilities, layers["catchments"], layers["coverage_gaps"])
    merged = {name: beside_other_kinds(study, name, kind, layer) for name, layer in layers.items()}
    command = command_of("coverage", study, kind=kind, within=within_m, demand=None if asked == "residents" else asked)
    COVERAGE.of_kind(kind).keep(study, document, merged, command)
    return document


def no_demand(asked: Asked) -> StudyError:
    """Return the error of a study in which nobody needs a facility."""
    if asked == "points":
        return StudyError(
            Text("研究中没有代表需求的点", "The study has no points that stand for a need"),
            Text("请先导入摊点或投诉（jiexu add）", "Import stalls or complaints first (jiexu add)"),
        )
    return StudyError(
        Text("研究中没有居民", "The study has no residents"),
        Text("请导入人口（jiexu population）", "Give a population: jiexu population STUDY FILE"),
    )


def beside_other_kinds(study: Study, name: str, kind: str, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer's rows of other kinds, then these."""
    old = study.layer(name)
    others = old[old["kind"] != kind]
    if others.empty:
        return layer
    both = gpd.GeoDataFrame(pd.concat([others, layer], ignore_index=True), geometry="geometry", crs=WGS84)
    return conform_geo(both, name)


def _layers(study: FacilityStudy) -> dict[str, gpd.GeoDataFrame]:
    table = study.table
    points = gpd.GeoDataFrame(table, geometry=shapely.points(study.lonlat), crs=WGS84)
    grounds = catchments(study.network, study.gates, len(study.supply.table), study.within_m, study.beside_m)
    used = np.where(table["covered"], study.walks.facility, -1)
    sums = np.bincount(used[used >= 0], weights=study.demand.weight[used >= 0], minlength=len(study.supply.table))
    areas = study.supply.table.assign(kind=study.kind, demand=sums.round(1), within_m=study.within_m)
    return {
        "coverage": conform_geo(points, "coverage"),
        "catchments": degrees_layer(areas, grounds, study.crs, "catchments"),
        "coverage_gaps": degrees_layer(
            gap_table(study), around(study.demand.shapes, study.gaps, study.beside_m / 2), study.crs, "coverage_gaps"
        ),
    }


def gap_table(study: FacilityStudy) -> pd.DataFrame:
    """Return the gaps, as the layer `coverage_gaps` has them; `walk_m` is the mean to the nearest facility."""
    names = study.layer("street_lines").set_index("street_id")["name"]
    rows = []
    for number, gap in enumerate(study.gaps):
        weight = study.demand.weight[gap]
        mine = study.table.iloc[gap]
        by_street = mine.groupby("street_id")["demand"].sum().sort_values(ascending=False)
        called = [name for name in names.reindex(by_street.index) if isinstance(name, str)]
        walk = study.walks.walk_m[gap]
        known = np.isfinite(walk)
        quarter = mine.groupby("quarter_id")["demand"].sum()
        rows.append(
            {
                "gap_id": f"{study.kind}-{number + 1:03d}",
                "kind": study.kind,
                "demand": round(float(weight.sum()), 1),
                "places": len(gap),
                "walk_m": round(float(np.average(walk[known], weights=weight[known])), 1) if known.any() else np.nan,
                "streets": " · ".join(dict.fromkeys(called[:_NAMED])),
                "quarter_id": quarter.idxmax() if len(quarter) else None,
            }
        )
    columns = ["gap_id", "kind", "demand", "places", "walk_m", "streets", "quarter_id"]
    return pd.DataFrame(rows, columns=columns)


_NAMED: Final = 4
_QUANTILES: Final = (0.1, 0.25, 0.5, 0.75, 0.9)


def coverage_summary(study: FacilityStudy, areas: pd.DataFrame, gap_rows: pd.DataFrame) -> CoverageDocument:
    """Return what a coverage comes to, as `cover` does."""
    table, weight, profile = study.table, study.demand.weight, study.profile
    total, reached = float(weight.sum()), study.covered(study.walks.walk_m)
    leaf = profile.leaves[f"coverage.within.{study.kind}"]
    streets, quarters = study.layer("street_lines"), study.quarters
    own = study.supply.table
    street_names = streets.set_index("street_id")["name"]
    quarter_names = quarters.drop_duplicates("quarter_id").set_index("quarter_id")["name"]
    covered = table["covered"].to_numpy(dtype=bool)
    planned = study.covered(study.decided_m)
    return {
        "kind": study.kind,
        "within_m": study.within_m,
        "within_source": {"source": leaf.source, "status": leaf.status, "value": leaf.value},
        "profile": profile_document(profile),
        "demand": {
            "asked": study.asked,
            "total": round(total, 1),
            "sources": {str(k): round(float(v), 1) for k, v in table.groupby("source")["demand"].sum().items()},
            "calibrated": round(study.demand.calibrated, 6),
            "synthetic": study.demand.synthetic,
        },
        "facilities": {
            "count": len(own),
            "listed": int((own["source"].fillna("") != "OSM").sum()),
            "merged": int(own["merged"].fillna("").map(lambda ids: len(ids.split(", ")) if ids else 0).sum()),
            "capacity_known": int(own["capacity"].notna().sum()),
            "hours_known": int(own["hours"].notna().sum()),
        },
        "covered": round(reached, 1),
        "share": round(reached / total, 4),
        "accepted": len(study.accepted),
        "share_with_accepted": round(planned / total, 4),
        "walk_m": quantiles(study.walks.walk_m, weight),
        "by_street": _records(_called(shares(table["street_id"], weight, covered), street_names), ServedGroup),
        "by_quarter": _records(_called(shares(table["quarter_id"], weight, covered), quarter_names), ServedGroup),
        "by_tier": _records(shares(table["tier"], weight, covered), ServedTier),
        "facilities_list": _records(pd.DataFrame(areas), CatchmentDocument),
        "gaps": _records(pd.DataFrame(gap_rows), GapDocument),
        "balance": _records(balance(study.study, study.kind, study.supply, study.network), BalanceDocument),
        "credit": study.study.facts["credit"],
    }


def quantiles(walk_m: Floats, weight: Floats) -> WalkQuantiles:
    """Return how far a tenth, a quarter, half … of the demand walks at most; None where that is beyond the search."""
    order = np.argsort(walk_m, kind="stable")
    cumulative_weight = np.cumsum(weight[order]) / weight.sum()
    at = np.minimum(np.searchsorted(cumulative_weight, np.array(_QUANTILES) - 1e-12), len(order) - 1)
    p10, p25, p50, p75, p90 = (round(float(m), 1) if np.isfinite(m) else None for m in walk_m[order][at])
    return {"p10": p10, "p25": p25, "p50": p50, "p75": p75, "p90": p90}


def _called(table: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    table = table.copy()
    table.insert(1, "name", table["group"].map(names))
    return table


def _records(table: pd.DataFrame, document: type[_Document]) -> list[_Document]:
    rounded = table.copy()
    for column in rounded.select_dtypes("floating"):
        rounded[column] = rounded[column].round(4)
    return document_rows(rounded, document)


@on_study
def set_population(
    study: Study, file: Path | None, total: float | None = None, name: str | None = None
) -> PopulationDocument:
    """
    Give a study the population of its areas, or the known number of its residents.

    Parameters
    ----------
    study
        The study, or its path.
    file
        As `geo.facilities.residents.read_population` takes it; it replaces what was given before. None leaves that.
    total
        The known number; 0 forgets it. None leaves it as it is.
    name
        What to call the file; by default its own name.

    Returns
    -------
    summary
        The population that the study has now, and the findings of the file.

    Raises
    ------
    InputError, StudyError
        For a file that cannot be read, or a study that cannot be written. The study is untouched then.
    """

    layers: dict[str, pd.DataFrame] = {}
    layer: pd.DataFrame = study.table("population")
    problems: list[FindingDocument] = []
    if file is not None:
        read = read_population(file, study.layer("quarters"), place_in(study).ground)
        layer = read.layer.assign(source=name or file.name)
        known = study.table("findings")
        kept = known[known["layer"] != "population"]
        both = [part for part in (kept, read.findings) if len(part)]
        layers = {"population": layer, "findings": pd.concat(both, ignore_index=True) if both else kept}
        problems = document_rows(read.findings, FindingDocument)
    study.write(layers, {} if total is None else {RESIDENTS_TOTAL: str(total) if total > 0 else ""})
    kept_total = study.facts.get(RESIDENTS_TOTAL)
    return {
        "rows": len(layer),
        "residents": round(float(layer["residents"].sum()), 1),
        "total": float(kept_total) if kept_total else None,
        "findings": problems,
    }


def check_kind(kind: str) -> FacilityKind:
    """
    Return a kind of facility by its code, or by its Chinese or English name.

    Raises
    ------
    StudyError
        If there is no such kind.
    """
    for code in KINDS:
        if kind.strip().casefold() in (code, *(name.casefold() for name in KIND_NAMES[code])):
            return code
    raise StudyError(
        Text(f"没有设施类别“{kind}”", f"There is no kind of facility “{kind}”"),
        Text(f"请选择 {'、'.join(KIND_NAMES[code].zh for code in KINDS)}", f"Choose one of {', '.join(KINDS)}"),
    )
