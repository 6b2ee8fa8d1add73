"""The network on foot of a study."""

from __future__ import annotations

from typing import Final

from geo.network.graph import Network, walking
from geo.study.reader import Study
from geo.study.results import MadeOf

WALKING: Final = MadeOf(layers=("segments", "paths", "facilities"))
"""The network's inputs; locked gates are facilities."""


def network_of(study: Study) -> Network:
    """Return the network on foot of a study."""
    facilities = study.layer("facilities")
    gates = facilities[facilities["kind"] == "closed_gate"]
    return walking(study.layer("segments"), study.layer("paths"), study.crs, gates.get_coordinates().to_numpy())
