"""Where to click."""

from __future__ import annotations

from pathlib import Path

import shapely

from geo.study import read_layer


def middle_of(study: Path, name: str) -> tuple[float, float]:
    """Return longitude and latitude of a place on a street, away from its ends."""
    streets = read_layer(study, "streets").set_index("name")
    parts = shapely.get_parts(shapely.line_merge(streets.loc[name, "geometry"]))
    longest = parts[shapely.length(parts).argmax()]
    place = shapely.line_interpolate_point(longest, 0.37, normalized=True)
    return float(place.x), float(place.y)
