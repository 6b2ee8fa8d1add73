"""Layers and facts carried over from an existing study to its replacement, from a study of any format."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.core.crs import WGS84
from geo.study.database import real
from geo.study.file import about, read_layer
from geo.study.schema import conform


class CarriedOver:
    """
    The layers and tables of a study about to be replaced; missing ones are empty.

    Parameters
    ----------
    path
        Where the new study will stand; there need be none yet.

    Raises
    ------
    StudyError
        If something else stands there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seen: dict[str, str] = about(path, older=True) if real(path).exists() else {}

    @cached_property
    def _there(self) -> frozenset[str]:
        return frozenset(name for name, _ in pyogrio.list_layers(self.path)) if self.seen else frozenset()

    def has(self, name: str) -> bool:
        """Tell whether the study has a layer or table."""
        return name in self._there

    def table(self, name: str) -> pd.DataFrame:
        """Return a table."""
        return read_layer(self.path, name, older=True) if self.has(name) else conform(pd.DataFrame(), name)

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer, in WGS 84."""
        read = self.table(name)
        return gpd.GeoDataFrame(read, geometry=None if "geometry" in read else [], crs=WGS84)

    def facts(self, *keys: str) -> dict[str, str]:
        """Return the known ones of the given facts."""
        return {key: self.seen[key] for key in keys if key in self.seen}
