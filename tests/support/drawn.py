"""A street drawn on a plain for tests: along the x axis from 0, its left side to the north, with what stands at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.core.crs import WGS84, metric_crs, to_degrees, to_metric
from geo.study.schema import conform_geo

CRS = metric_crs(114.3, 36.0, 114.4, 36.2)
TIERS_OF = {
    "residential": "back_street",
    "tertiary": "secondary",
    "primary": "demonstration",
    "service": "unclassified",
}
"""The tier of a street that is drawn as a class of OSM's."""
_ORIGIN = to_metric(np.array([[114.35, 36.10]]), CRS)[0]


def degrees(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape of the plain in degrees, at OSM's resolution."""
    return shapely.transform(shape, lambda xy: np.round(to_degrees(xy + _ORIGIN, CRS), 7))


def plain(lon: float, lat: float) -> tuple[float, float]:
    """Return a place of the plain that was given in degrees."""
    x, y = to_metric(np.array([[lon, lat]]), CRS)[0] - _ORIGIN
    return float(x), float(y)


def road(line: Sequence[tuple[float, float]], **columns: Any) -> dict[str, Any]:
    """Return one row of `roads`; a back street 7 m wide unless `columns` say otherwise."""
    pavement = columns.pop("pavement_m", np.nan)
    given = {
        "street_id": "s1",
        "name": "人民路",
        "highway": "residential",
        "tier": "back_street",
        "width_m": 7.0,
        "width_source": "tag",
        "oneway": False,
        "bridge": False,
        "tunnel": False,
        "roundabout": False,
        "drive": True,
        "walk": True,
        "pavement_left_m": pavement,
        "pavement_right_m": pavement,
        "parking_left": None,
        "parking_right": None,
        "parking_left_cars": np.nan,
        "parking_right_cars": np.nan,
        "cycleway_left": None,
        "cycleway_right": None,
        **columns,
    }
    return {**given, "geometry": degrees(shapely.LineString(line))}


def roads_layer(rows: Sequence[Mapping[str, Any]]) -> gpd.GeoDataFrame:
    """Return the layer `roads` of drawn rows."""
    table = pd.DataFrame(rows)
    table["segment_id"] = [f"{number + 1}-0" for number in range(len(rows))]
    shapes = [shapely.LineString(row["geometry"]) for row in rows]
    metric = [shapely.transform(shape, lambda lonlat: to_metric(lonlat, CRS)) for shape in shapes]
    table["length_m"] = shapely.length(metric)
    table["way_id"] = np.arange(1, len(rows) + 1)
    layer = gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=shapes, crs=WGS84)
    return conform_geo(layer, "roads")


def layers_of(
    rows: Sequence[Mapping[str, Any]],
    facilities: Sequence[Mapping[str, Any]] = (),
    parking: Sequence[Mapping[str, Any]] = (),
) -> dict[str, gpd.GeoDataFrame]:
    """
    Return the layers that a plan is made of.

    Parameters
    ----------
    rows
        As `road` returns.
    facilities
        `kind`, `x`, `y` and perhaps `size_m`: a square ground around the place.
    parking
        `segment_id`, `side`, `offset_m`, `capacity`, `x`, `y`.
    """
    made = [
        {
            "facility_id": f"node/{number + 1}",
            "kind": item["kind"],
            "capacity": item.get("capacity"),
            "geometry": degrees(shapely.Point(item["x"], item["y"])),
        }
        for number, item in enumerate(facilities)
    ]
    areas = [
        {
            "facility_id": f"node/{number + 1}",
            "kind": item["kind"],
            "geometry": degrees(shapely.Point(item["x"], item["y"]).buffer(item["size_m"] / 2, cap_style="square")),
        }
        for number, item in enumerate(facilities)
        if "size_m" in item
    ]
    spaces = [
        {
            "parking_id": f"P{number + 1}",
            "kind": "on_street",
            **{key: item[key] for key in ("segment_id", "side", "offset_m", "capacity")},
            "geometry": degrees(shapely.Point(item["x"], item["y"])),
        }
        for number, item in enumerate(parking)
    ]
    return {
        "roads": roads_layer(rows),
        "facilities": _layer(made, "facilities"),
        "facility_areas": _layer(areas, "facility_areas"),
        "parking": _layer(spaces, "parking"),
        "context": _layer([], "context"),
        "paths": _layer([], "paths"),
    }


def _layer(rows: list[dict[str, Any]], name: str) -> gpd.GeoDataFrame:
    if not rows:
        return conform_geo(gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=WGS84), name)
    return conform_geo(gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84), name)


def study_street(case: Mapping[str, Any]) -> dict[str, gpd.GeoDataFrame]:
    """
    Return the layers of a street as `tests/cases/stalls.yaml` describes one.

    `street` has the columns of `road` and `length_m`; `junctions` are `{at_m, arms: both | left | right, …}` with the
    columns of the streets that meet it; `nodes_at_m` cut it without a junction; `facilities` and `bays` stand `at_m` on
    a `side`; `twin_at_m` draws the other carriageway of a dual one, so far to the left.
    """
    street = dict(case["street"])
    length = float(street.pop("length_m"))
    twin = street.pop("twin_at_m", None)
    junctions = case.get("junctions", [])
    cuts = sorted({0.0, length, *(float(j["at_m"]) for j in junctions), *map(float, case.get("nodes_at_m", []))})
    rows = [road([(one, 0), (two, 0)], **street) for one, two in pairwise(cuts)]
    if twin is not None:
        rows.append(road([(length, twin), (0, twin)], **street))
    for number, junction in enumerate(junctions):
        columns = {key: value for key, value in junction.items() if key not in ("at_m", "arms")}
        at, reach = float(junction["at_m"]), 60.0
        for side, sign in (("left", 1), ("right", -1)):
            if junction.get("arms", "both") in (side, "both"):
                identity = {"street_id": f"x{number + 1}", "name": f"支路{number + 1}"}
                rows.append(road([(at, 0), (at, sign * reach)], **{**identity, **columns}))
    half = float(street.get("width_m", 7.0)) / 2
    facilities = []
    for item in case.get("facilities", []):
        sign = {"left": 1, "right": -1, "on": 0}[item.get("side", "on")]
        away = float(item.get("from_kerb_m", 0.5)) + half
        kept = {key: item[key] for key in ("kind", "size_m", "capacity") if key in item}
        facilities.append({**kept, "x": float(item["at_m"]), "y": sign * away})
    bays = [
        {
            "segment_id": f"{np.searchsorted(cuts, bay['at_m'])}-0",
            "side": bay["side"],
            "offset_m": bay["at_m"] - cuts[int(np.searchsorted(cuts, bay["at_m"])) - 1],
            "capacity": bay["capacity"],
            "x": bay["at_m"],
            "y": 0.0,
        }
        for bay in case.get("bays", [])
    ]
    return layers_of(rows, facilities, bays)
