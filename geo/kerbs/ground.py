"""The kerbs of a study and what stands at them, made once and asked under many rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import geopandas as gpd
import pyproj

from geo.core.arrays import Floats, Integers
from geo.core.crs import WGS84
from geo.kerbs.frontage import facing_own_street
from geo.kerbs.lines import Kerbs
from geo.kerbs.obstacles import Surveyed, survey
from geo.kerbs.rows import Joins
from geo.rules import Profile
from geo.study.file import (
    metric_crs_of,
    read_layer,
)

INPUTS: Final = ("roads", "facilities", "facility_areas", "context", "parking")
"""The layers that kerbs and their obstacles are made of."""


def read_ground(path: Path, profile: Profile) -> KerbGround:
    """Return the kerbs of a study and what stands at them."""
    layers = {name: gpd.GeoDataFrame(read_layer(path, name), geometry="geometry", crs=WGS84) for name in INPUTS}
    return KerbGround.of(layers, metric_crs_of(path), profile)


@dataclass(frozen=True)
class KerbGround:
    """
    What a study's kerbs are made of, besides its rules of use: made once, asked under many rules.

    Attributes
    ----------
    kerbs, surveyed
        The kerbs, and what stands at them.
    facing
        Shape (2 n,): as `geo.kerbs.frontage.facing_own_street`.
    pavement_m
        Shape (2 n,): as tagged, NaN where nothing says it.
    """

    kerbs: Kerbs
    surveyed: Surveyed
    facing: Integers
    pavement_m: Floats

    @cached_property
    def joins(self) -> Joins:
        """Which kerbs go on beyond the ends of their segments."""
        return Joins(self.kerbs)

    @classmethod
    def of(cls, layers: Mapping[str, gpd.GeoDataFrame], crs: pyproj.CRS, profile: Profile) -> KerbGround:
        """
        Parameters
        ----------
        layers
            The study's `roads`, `facilities`, `facility_areas`, `context` and `parking`.
        crs
            Its metric CRS.
        profile
            Its rules.
        """
        context = layers["context"]
        mapped = context[context["kind"].isin(["kerb", "carriageway"])]
        kerbs = Kerbs(layers["roads"].reset_index(drop=True), mapped, crs, profile)
        found = survey(kerbs, layers["facilities"], layers["facility_areas"], layers["parking"], profile)
        tagged = layers["roads"][["pavement_left_m", "pavement_right_m"]].to_numpy(dtype=float).reshape(-1)
        return cls(kerbs, found, facing_own_street(kerbs), tagged)
