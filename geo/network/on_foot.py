"""The network on foot of a study."""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.network.documents import WalkingDocument
from geo.network.graph import Network, walking
from geo.study.reader import Study
from geo.study.results import MadeOf

WALKING: Final = MadeOf(layers=("segments", "paths", "facilities"))
"""The network's inputs; locked gates are facilities."""

_RULES: Final = tuple(f"network.walk.{name}" for name in ("highways", "open", "closed", "private", "motorroads"))


def network_of(study: Study) -> Network:
    """Return the network on foot of a study."""
    facilities = study.layer("facilities")
    gates = facilities[facilities["kind"] == "closed_gate"]
    return walking(study.layer("segments"), study.layer("paths"), study.crs, gates.get_coordinates().to_numpy())


def walked_ways(study: Study) -> WalkingDocument:
    """Return the lengths of ways that walks of a study use, use at their ends only, and do not use."""
    columns = ["highway", "length_m", "walk", "walk_private"]
    ways = pd.concat([study.table(name)[columns] for name in ("segments", "paths")], ignore_index=True)
    private = ways["walk_private"] & ~ways["walk"]
    closed = ways[~ways["walk"] & ~private]
    by_class = closed.groupby("highway")["length_m"].sum().sort_values(ascending=False, kind="stable")
    return {
        "open_km": _km(ways.loc[ways["walk"], "length_m"]),
        "private_km": _km(ways.loc[private, "length_m"]),
        "closed_km": _km(closed["length_m"]),
        "closed_classes": {str(name): round(float(metres) / 1000, 3) for name, metres in by_class.items()},
        "rules": list(_RULES),
    }


def _km(length_m: pd.Series) -> float:
    return round(float(length_m.sum()) / 1000, 3)
