"""The work on coverage, from and into the study file: who has a market, a car park, a toilet within a walk."""

from __future__ import annotations

from typing import Final, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.core.arrays import Floats
from geo.core.crs import WGS84
from geo.core.records import document_rows
from geo.core.text import Text
from geo.core.vocabulary import FacilityKind
from geo.facilities.balance import balance
from geo.facilities.coverage import around, catchments, degrees_layer, shares
from geo.facilities.documents import (
    BalanceDocument,
    CatchmentDocument,
    CoverageDocument,
    GapDocument,
    LifeCircle,
    ServedGroup,
    ServedTier,
    WalkQuantiles,
)
from geo.facilities.facility_study import DEMAND, DemandSource, FacilityStudy, no_demand
from geo.jobs import progress
from geo.network.on_foot import walked_ways
from geo.rules.documents import profile_document
from geo.study.reader import Study, on_study
from geo.study.results import MadeOf, Result, command_of
from geo.study.rights import requires
from geo.study.schema import conform_geo

_Document = TypeVar("_Document")

_NAMED: Final = 4
"""So many streets name a gap, those with the most demand first."""

_QUANTILES: Final = (0.1, 0.25, 0.5, 0.75, 0.9)

COVERAGE: Final[Result[CoverageDocument]] = Result(
    "coverage",
    Text("服务范围", "Coverage"),
    DEMAND | MadeOf(layers=("quarters", "street_lines", "bays"), decisions=("site:{of}", "bays")),
    ("coverage", "catchments", "coverage_gaps"),
)


@requires("decide")
@on_study
def cover(
    study: Study, kind: FacilityKind, within_m: float | None = None, asked: DemandSource = "residents"
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
    progress.step("读取设施和需求", "Read facilities and demand", 1, 4)
    facilities = FacilityStudy(study, kind, asked, within_m=within_m)
    if facilities.demand.table.empty:
        raise no_demand(asked)
    progress.step("计算步行距离", "Compute the walks", 2, 4)
    layers = _layers(facilities)
    progress.step("汇总服务范围", "Sum up the coverage", 3, 4)
    document = coverage_summary(facilities, layers["catchments"], layers["coverage_gaps"])
    merged = {name: beside_other_kinds(study, name, kind, layer) for name, layer in layers.items()}
    command = command_of("coverage", study, kind=kind, within=within_m, demand=None if asked == "residents" else asked)
    progress.step("写入研究文件", "Write the study", 4, 4)
    COVERAGE.of_kind(kind).keep(study, document, merged, command)
    return document


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


def coverage_summary(study: FacilityStudy, areas: pd.DataFrame, gap_rows: pd.DataFrame) -> CoverageDocument:
    """Return the summary of a coverage, as `cover` does."""
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
            "left_out": dict(study.demand.left_out),
        },
        "residents": study.evidence,
        "facilities": {
            "count": len(own),
            "listed": int((own["source"].fillna("") != "OSM").sum()),
            "merged": int(own["merged"].fillna("").map(lambda ids: len(ids.split(", ")) if ids else 0).sum()),
            "capacity_known": int(own["capacity"].notna().sum()),
            "hours_known": int(own["hours"].notna().sum()),
        },
        "covered": round(reached, 1),
        "share": round(reached / total, 4),
        "life_circles": life_circles(study),
        "accepted": len(study.accepted),
        "share_with_accepted": round(planned / total, 4),
        "walk_m": quantiles(study.walks.walk_m, weight),
        "walking": walked_ways(study.study),
        "by_street": _records(_called(shares(table["street_id"], weight, covered), street_names), ServedGroup),
        "by_quarter": _records(_called(shares(table["quarter_id"], weight, covered), quarter_names), ServedGroup),
        "by_tier": _records(shares(table["tier"], weight, covered), ServedTier),
        "facilities_list": _records(pd.DataFrame(areas), CatchmentDocument),
        "gaps": _records(pd.DataFrame(gap_rows), GapDocument),
        "balance": _records(balance(study.study, study.kind, study.supply, study.network), BalanceDocument),
        "credit": study.study.facts["credit"],
    }


def life_circles(study: FacilityStudy) -> dict[str, LifeCircle]:
    """Return the share of demand with a facility within each life circle (`coverage.life_circle`)."""
    total, walk_m = float(study.demand.weight.sum()), study.walks.walk_m
    return {
        name: {
            "within_m": float(metres),
            "share": round(float(study.demand.weight[walk_m <= metres].sum()) / total, 4),
        }
        for name, metres in study.profile.group("coverage.life_circle").items()
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
