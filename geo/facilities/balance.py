"""Supply against demand, quarter by quarter: parking by day and at night, stalls that move into halls."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.core.vocabulary import FacilityKind
from geo.facilities.residents import inner_lonlat
from geo.facilities.supply import Supply
from geo.network.graph import Network
from geo.parking.need import PERIODS, Cells, demand, off_street
from geo.streets.quarters import quarter_of
from geo.study.decisions import standing_on
from geo.study.reader import Study


def balance(study: Study, kind: FacilityKind, known: Supply, network: Network) -> pd.DataFrame:
    """
    Return supply against demand by quarter.

    Parking: cars that look for a space (`geo.parking.need`) against spaces off the street and bays that were decided
    on, by day and at night. Markets: stalls that the guide moves into halls, or for which there is none, against the
    places of the halls. Toilets have no balance.

    Parameters
    ----------
    study
        The study.
    kind
        Of the facilities.
    known
        The facilities.
    network
        On foot.

    Returns
    -------
    balance
        `quarter_id`, `name` and, for parking, `cars_*`, `off_street_*`, `bays_*` and `balance_*` by period; for
        markets, `stalls_to_halls`, `stalls_without_hall`, `hall_places` and `balance`. The worst first.
    """
    if kind == "parking":
        table = _parking(study, network)
        worst = "balance_night"
    elif kind == "market":
        table = _markets(study, known)
        worst = "balance"
    else:
        return pd.DataFrame()
    names = study.table("quarters").drop_duplicates("quarter_id").set_index("quarter_id")["name"]
    table.insert(1, "name", table["quarter_id"].map(names))
    return table.sort_values([worst, "quarter_id"]).reset_index(drop=True)


def _parking(study: Study, network: Network) -> pd.DataFrame:
    roads, quarters, crs, profile = study.layer("roads"), study.layer("quarters"), study.crs, study.profile
    cells = Cells(roads, network, float(profile["need.cell"]))
    cars = demand(roads, cells, study.layer("context"), study.layer("complaints"), crs, profile, study.place.timezone)
    of_cell = quarter_of(inner_lonlat(cells.middles(roads, crs), crs), quarters, crs)
    facilities, areas, listed = (study.layer(name) for name in ("facilities", "facility_areas", "parking"))
    lots = off_street(facilities, areas, listed, network, crs, profile)
    where = shapely.line_interpolate_point(network.tree[1][lots.at.segment], lots.at.offset_m)
    of_lot = quarter_of(inner_lonlat(where, crs), quarters, crs)
    bays = _decided_bays(study)
    middle = shapely.get_coordinates(shapely.centroid(bays.geometry.to_numpy(dtype=object)))
    of_bay = quarter_of(middle, quarters, crs)
    parts: dict[str, pd.Series] = {}
    for period in PERIODS:
        parts[f"cars_{period}"] = pd.Series(cars[period]).groupby(of_cell).sum()
        parts[f"off_street_{period}"] = pd.Series(lots.spaces[period]).groupby(of_lot).sum()
        there = (bays["hours"] == "all_day").to_numpy() | (period == "night")
        parts[f"bays_{period}"] = pd.Series(there.astype(float)).groupby(of_bay).sum()
    table = pd.DataFrame(parts).fillna(0.0).round(1)
    for period in PERIODS:
        table[f"balance_{period}"] = (
            table[f"off_street_{period}"] + table[f"bays_{period}"] - table[f"cars_{period}"]
        ).round(1)
    return table.rename_axis("quarter_id").reset_index()


def _decided_bays(study: Study) -> gpd.GeoDataFrame:
    """Return the bays on streets with a decision on bays."""
    decided = standing_on(study.decisions("bays"), "bays")
    bays = study.layer("bays")
    return bays[bays["street_id"].isin(decided["street_id"])].reset_index(drop=True)


def _markets(study: Study, known: Supply) -> pd.DataFrame:
    quarters, crs, profile = study.layer("quarters"), study.crs, study.profile
    moves, stalls = study.table("moves"), study.layer("vendors")
    place = stalls.drop_duplicates("stall_id").set_index("stall_id").geometry
    to_hall, no_hall = moves["to_kind"] == "hall", (moves["to_kind"] == "none") & (moves["reason"] == "no_hall")

    def by_quarter(rows: pd.DataFrame) -> pd.Series:
        points = place.reindex(rows["stall_id"]).to_numpy(dtype=object)
        lonlat = shapely.get_coordinates(points[~shapely.is_missing(points)])
        return pd.Series(quarter_of(lonlat, quarters, crs), dtype=object).value_counts()

    room = known.table["capacity"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    room = np.where(np.isfinite(room), room, float(profile["guide.hall_places"]))
    halls = pd.Series(room).groupby(quarter_of(known.lonlat, quarters, crs)).sum()
    table = pd.DataFrame(
        {
            "stalls_to_halls": by_quarter(moves[to_hall]),
            "stalls_without_hall": by_quarter(moves[no_hall]),
            "hall_places": halls,
        }
    ).fillna(0.0)
    table["balance"] = table["hall_places"] - table["stalls_to_halls"] - table["stalls_without_hall"]
    return table.rename_axis("quarter_id").reset_index()
