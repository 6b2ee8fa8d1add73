"""The layer `sites`: proposed, accepted and closed."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.core.arrays import Floats
from geo.core.crs import WGS84
from geo.facilities.coverage import street_near
from geo.facilities.decisions import site_id
from geo.facilities.site_choice import SiteStudy
from geo.study.schema import conform_geo


def sites_layer(sited: SiteStudy, chosen_share: Floats) -> gpd.GeoDataFrame:
    """
    Return the layer `sites`: new ones in order, accepted ones, and ones to close.

    Parameters
    ----------
    sited
        The choice.
    chosen_share
        Shape (m,): how often each site is chosen where demand or walks are off.
    """
    proposed = _proposed(sited, chosen_share)
    parts = [part for part in (proposed, _accepted(sited), _closed(sited)) if len(part)]
    both = pd.concat(parts, ignore_index=True) if parts else proposed
    return conform_geo(gpd.GeoDataFrame(both, geometry="geometry", crs=WGS84), "sites")


def _proposed(sited: SiteStudy, chosen_share: Floats) -> gpd.GeoDataFrame:
    """Return the new sites, the one that adds most first."""
    order, gains, study = sited.order.sites, sited.order.gain, sited.study
    number = order - sited.before
    lonlat = sited.lonlat[number]
    table = sited.candidates.table.iloc[number]
    row = street_near(study.roads, sited.candidates.shapes[number], study.crs)
    on = study.roads.iloc[row]
    names = table["name"].where(table["name"].notna(), pd.Series(on["name"].to_numpy(), index=table.index))
    new = pd.DataFrame(
        {
            "site_id": [site_id(study.kind, *place) for place in lonlat],
            "kind": study.kind,
            "model": sited.request.model,
            "rank": np.arange(1, len(order) + 1),
            "source": table["source"].to_numpy(dtype=object),
            "name": names.to_numpy(dtype=object),
            "street_id": on["street_id"].to_numpy(dtype=object),
            "gain": gains,
            "demand": np.round(sited.chosen.load[order], 1),
            "chosen_share": np.round(chosen_share[order], 3),
            "capacity": pd.array(table["capacity"], dtype="Float64").astype("Int64"),
            "price": table["price"].to_numpy(dtype=float),
            "status": "proposed",
        }
    )
    return gpd.GeoDataFrame(new, geometry=shapely.points(lonlat), crs=WGS84)


def _accepted(sited: SiteStudy) -> gpd.GeoDataFrame:
    """Return the sites that are decided on."""
    study, accepted = sited.study, sited.study.accepted
    there = len(study.supply.table)
    return gpd.GeoDataFrame(
        {
            "site_id": accepted["subject"],
            "kind": study.kind,
            "name": accepted["subject_name"],
            "street_id": accepted["street_id"],
            "demand": sited.chosen.load[there : sited.before].round(1),
            "status": "accepted",
            "decision_id": accepted["decision_id"],
        },
        geometry=gpd.points_from_xy(accepted["lon"], accepted["lat"]),
        crs=WGS84,
    )


def _closed(sited: SiteStudy) -> gpd.GeoDataFrame:
    """Return the facilities that the choice closes."""
    study = sited.study
    closed = np.flatnonzero(sited.problem.closable & ~sited.chosen.opened)
    table = study.supply.table.iloc[closed]
    return gpd.GeoDataFrame(
        {
            "site_id": table["facility_id"],
            "kind": study.kind,
            "name": table["name"],
            "source": table["source"],
            "status": "closed",
        },
        geometry=shapely.points(study.supply.lonlat[closed]) if len(closed) else [],
        crs=WGS84,
    )
