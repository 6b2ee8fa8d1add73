"""The place of a study, for reading coordinates, addresses and times."""

from __future__ import annotations

from dataclasses import dataclass

import pyproj

from geo.files.crs_detection import StreetsIndex
from geo.points.gazetteer import Gazetteer
from geo.points.stretches import Sections


@dataclass(frozen=True)
class Place:
    """
    The place of a study, for reading a file's coordinates and addresses.

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

    ground: StreetsIndex
    gazetteer: Gazetteer
    crs: pyproj.CRS
    timezone: str
    sections: Sections | None = None
