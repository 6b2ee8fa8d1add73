"""The place of a study, for reading coordinates, addresses and times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import pandas as pd
import pyproj

from geo.files.crs_detection import Ground
from geo.points.gazetteer import Gazetteer, Located, Locator
from geo.points.near_streets import NearStreets
from geo.points.stretches import Sections
from geo.study.reader import Study


class AnyPlace(Protocol):
    """The place of a study, for reading a file's coordinates and addresses: at hand, or found as it is needed."""

    @property
    def ground(self) -> Ground:
        """Its streets, for the coordinate system."""

    @property
    def gazetteer(self) -> Locator:
        """Its names, for addresses."""

    @property
    def crs(self) -> pyproj.CRS:
        """Its metric CRS."""

    @property
    def timezone(self) -> str:
        """Its clock, for times without a zone."""

    @property
    def sections(self) -> Sections | None:
        """Its streets, for sections of them; None where none are looked up."""


@dataclass(frozen=True)
class Place:
    """
    The place of a study, at hand.

    Attributes
    ----------
    ground
        Its streets, for the coordinate system.
    gazetteer
        Its names, for addresses.
    crs
        Its metric CRS.
    timezone
        Its clock, for times without a zone.
    sections
        Its streets, for sections of them; None where none are looked up.
    """

    ground: Ground
    gazetteer: Locator
    crs: pyproj.CRS
    timezone: str
    sections: Sections | None = None


class StudyPlace:
    """
    The place of an open study: a layer is read when a file needs it.

    Parameters
    ----------
    study
        The study.
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self.streets = NearStreets(study)

    @property
    def ground(self) -> Ground:
        """Its streets, for the coordinate system."""
        return self.streets

    @property
    def crs(self) -> pyproj.CRS:
        """Its metric CRS."""
        return self._study.crs

    @property
    def timezone(self) -> str:
        """Its clock, for times without a zone."""
        return self._study.place.timezone

    @property
    def gazetteer(self) -> Locator:
        """Its names, for addresses: they are read when the first address comes."""
        return self

    def locate(self, addresses: pd.Series) -> Located:
        """Return where each address is, as `Gazetteer.locate`."""
        if any(addresses):
            return self._names.locate(addresses)
        return Located(np.full((len(addresses), 2), np.nan), np.full(len(addresses), None, dtype=object))

    @cached_property
    def _names(self) -> Gazetteer:
        layers = [self._study.layer(name) for name in ("segments", "addresses", "facilities", "context")]
        return Gazetteer(layers[0], layers[1], layers[2:], self.crs)

    @cached_property
    def sections(self) -> Sections:
        """Its streets, for sections of them."""
        return Sections(self._study.layer("segments"), self._study.profile, self.crs)
