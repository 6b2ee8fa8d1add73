"""What an existing study hands on to the one that replaces it, of whichever format it is."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.core.crs import WGS84
from geo.study.file import about, read_layer
from geo.study.schema import conform


class CarriedOver:
    """
    The layers and tables of a study that is about to be replaced; those that it does not have are empty.

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
        self.seen: dict[str, str] = about(path, older=True) if path.exists() else {}

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
        """Return those of these facts that the study knows."""
        return {key: self.seen[key] for key in keys if key in self.seen}
