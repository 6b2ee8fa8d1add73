"""The network on foot of a study."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from geo.core.crs import WGS84
from geo.network.graph import Network, walking
from geo.study.file import (
    metric_crs_of,
    read_layer,
)


def network_of(path: Path) -> Network:
    """Return the network on foot of a study."""
    roads, paths, facilities = (
        gpd.GeoDataFrame(read_layer(path, name), crs=WGS84) for name in ("roads", "paths", "facilities")
    )
    gates = facilities[facilities["kind"] == "closed_gate"]
    return walking(roads, paths, metric_crs_of(path), gates.get_coordinates().to_numpy())
