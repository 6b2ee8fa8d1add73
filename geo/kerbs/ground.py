"""The kerbs of a study and their obstacles, surveyed once and used under many rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.core.place import DrivingSide
from geo.kerbs.exclusions import Exclusions
from geo.kerbs.frontage import facing_own_street
from geo.kerbs.lines import Kerbs
from geo.kerbs.obstacles import Surveyed, survey
from geo.kerbs.road_kinds import BARRIERS, shapes_of
from geo.kerbs.rows import Joins
from geo.kerbs.ways import WayLines, way_lines, ways_across
from geo.rules.loader import Profile
from geo.study.reader import Study
from geo.study.results import MadeOf

_INPUTS: Final = ("roads", "paths", "facilities", "facility_areas", "context", "parking")

GROUND: Final = MadeOf(layers=_INPUTS, rules=("kerb", "clearance", "bay", "points", "streets"))
"""The inputs of kerbs and their obstacles."""


def read_ground(study: Study, profile: Profile | None = None) -> KerbGround:
    """Return the kerbs of a study and their obstacles, under its rules or others."""
    return KerbGround.of(
        {name: study.layer(name) for name in _INPUTS}, study.crs, profile or study.profile, study.place.drives_on
    )


@dataclass(frozen=True)
class KerbGround:
    """
    The kerbs of a study with obstacles, frontage and pavements, independent of its rules of use.

    Attributes
    ----------
    kerbs, surveyed
        The kerbs, and what stands at them.
    facing
        Shape (2 n,): as `geo.kerbs.frontage.facing_own_street`.
    pavement_m
        Shape (2 n,): as tagged, NaN where nothing says it.
    ways
        The centre lines of all ways.
    barriers
        Mapped barriers, in the metric CRS.
    drives_on
        The side of the road that traffic keeps to.
    """

    kerbs: Kerbs
    surveyed: Surveyed
    facing: Integers
    pavement_m: Floats
    ways: WayLines
    barriers: NDArray[np.object_]
    drives_on: DrivingSide = "right"

    @cached_property
    def joins(self) -> Joins:
        """The continuations of kerbs beyond the ends of their segments."""
        return Joins(self.kerbs)

    def crossed(self, reach_m: float) -> Exclusions:
        """Return the places of other ways across kerbs, in one slot, with so much kerb before and after each."""
        if reach_m not in self._crossed:
            self._crossed[reach_m] = ways_across(self.kerbs, self.ways, reach_m, 1)
        return self._crossed[reach_m]

    @cached_property
    def _crossed(self) -> dict[float, Exclusions]:
        return {}

    @classmethod
    def of(
        cls,
        layers: Mapping[str, gpd.GeoDataFrame],
        crs: pyproj.CRS,
        profile: Profile,
        drives_on: DrivingSide = "right",
    ) -> KerbGround:
        """
        Parameters
        ----------
        layers
            The study's `roads`, `paths`, `facilities`, `facility_areas`, `context` and `parking`.
        crs
            Its metric CRS.
        profile
            Its rules.
        drives_on
            The side of the road that its traffic keeps to.
        """
        context = layers["context"]
        mapped = context[context["kind"].isin(["kerb", "carriageway"])]
        kerbs = Kerbs(layers["roads"].reset_index(drop=True), mapped, crs, profile)
        found = survey(kerbs, layers["facilities"], layers["facility_areas"], layers["parking"], profile, drives_on)
        tagged = layers["roads"][["pavement_left_m", "pavement_right_m"]].to_numpy(dtype=float).reshape(-1)
        return cls(
            kerbs,
            found,
            facing_own_street(kerbs),
            tagged,
            way_lines(kerbs, layers["paths"]),
            shapes_of(context, BARRIERS, crs),
            drives_on,
        )
