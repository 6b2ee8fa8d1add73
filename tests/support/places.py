"""Where to click."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from geo.study.file import read_layer
from geo.study.schema import POINT_KINDS


def places_on(study: Path, name: str) -> list[tuple[float, float]]:
    """Return places on a street, away from the study's edge; the one furthest from any point comes first."""
    streets = read_layer(study, "streets")
    west, south, east, north = streets.total_bounds
    inner = shapely.box(west + 0.1 * (east - west), south + 0.2 * (north - south), east, north - 0.2 * (north - south))
    line = shapely.intersection(streets.set_index("name").loc[name, "geometry"], inner)
    places = [
        shapely.line_interpolate_point(part, share, normalized=True)
        for part in shapely.get_parts(shapely.line_merge(line))
        for share in np.linspace(0.1, 0.9, 17)
    ]
    points = np.concatenate([read_layer(study, kind).geometry.to_numpy() for kind in POINT_KINDS])
    free = [np.nanmin(shapely.distance(points, place)) for place in places]  # some complaints have no place
    return [(float(places[i].x), float(places[i].y)) for i in np.argsort(free)[::-1]]


def middle_of(study: Path, name: str) -> tuple[float, float]:
    """Return longitude and latitude of the place on a street that is best to click."""
    return places_on(study, name)[0]
