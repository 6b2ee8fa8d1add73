"""Rows of pitches along zones, with access gaps between them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from geo.core.arrays import Floats, Integers
from geo.core.line_ends import both_ends
from geo.core.tolerances import ROUNDING
from geo.kerbs.exclusions import Masks
from geo.kerbs.plan import Zones
from geo.kerbs.rows import Joins
from geo.rules.loader import Profile

_FOLLOWING: Final = 3
"""So many zones behind each other on a kerb are looked at: zones of other hours may lie between two."""


class RowRules(NamedTuple):
    """
    The rules of rows of pitches.

    Attributes
    ----------
    pitch_m, between_m
        The length of a pitch along the kerb, and the gap to the next one.
    most
        How many pitches stand in a row; 0 for any number.
    access_m
        The access gap between two rows.
    """

    pitch_m: float
    between_m: float
    most: int
    access_m: float

    @classmethod
    def of(cls, profile: Profile) -> RowRules:
        """Return the rules of a profile."""
        pitch, between = (float(profile[f"stalls.pitch.{part}"]) for part in ("length", "gap"))
        return cls(pitch, between, int(profile["stalls.row.pitches"]), max(float(profile["stalls.row.gap"]), between))

    @property
    def module_m(self) -> float:
        """The frontage that a pitch takes with the gap to the next."""
        return self.pitch_m + self.between_m

    def unbroken(self, length_m: Floats) -> Integers:
        """Return how many pitches fit stretches of kerb without access gaps."""
        if self.module_m <= 0:
            return np.zeros(len(length_m), dtype=np.int64)
        fit = np.floor((length_m + self.between_m) / self.module_m + ROUNDING)
        return np.asarray(np.maximum(fit, 0.0), dtype=np.int64)

    def in_rows(self, length_m: Floats) -> Integers:
        """Return how many pitches fit stretches of kerb in rows with access gaps between them."""
        if self.most == 0 or self.module_m <= 0:
            return self.unbroken(length_m)
        row_m = self.most * self.module_m - self.between_m
        rows = np.maximum(np.floor((length_m + self.access_m) / (row_m + self.access_m) + ROUNDING), 0.0)
        rest = self.unbroken(length_m - rows * (row_m + self.access_m))
        return np.asarray(rows, dtype=np.int64) * self.most + np.minimum(rest, self.most)

    def longest(self, pitches: Integers) -> Integers:
        """Return how many pitches stand in the longest row of so many."""
        return np.minimum(pitches, self.most) if self.most else pitches


def room_in_rows(zones: Zones, rules: RowRules, length_m: Floats, joins: Joins) -> Integers:
    """
    Return how many pitches zones take in rows: an access gap too between zones that follow each other.

    Parameters
    ----------
    zones
        Of a plan.
    rules
        Of its profile.
    length_m
        By kerb: the length of its segment.
    joins
        Where kerbs go on beyond their segments.
    """
    lost = np.zeros(len(zones.kerb))
    if rules.most and len(lost):
        for ahead in range(1, _FOLLOWING + 1):
            one, two = np.arange(len(lost) - ahead), np.arange(ahead, len(lost))
            apart = np.maximum(zones.from_m[two] - zones.to_m[one], 0.0)
            close = (zones.kerb[one] == zones.kerb[two]) & (apart < rules.access_m)
            close &= _together(zones.mask[one], zones.mask[two]) & (zones.to_m[one] <= zones.from_m[two] + ROUNDING)
            half = (rules.access_m - apart[close]) / 2
            np.add.at(lost, one[close], half)
            np.add.at(lost, two[close], half)
        _beyond_ends(lost, zones, rules.access_m, length_m, joins)
    return np.minimum(rules.in_rows(zones.length_m - lost), zones.pitches)


def _together(one: Masks, two: Masks) -> np.ndarray:
    return np.asarray((one & two) > 0)


def _beyond_ends(lost: Floats, zones: Zones, access_m: float, length_m: Floats, joins: Joins) -> None:
    """Take the missing part of an access gap, half from either zone, where a kerb goes on beyond its segment."""
    away = np.full(len(joins.other), np.inf)
    zone = np.full(len(joins.other), -1)
    number = np.arange(len(zones.kerb))
    ends = both_ends(zones.kerb)
    for end, metres in ((ends[:, 0], zones.from_m), (ends[:, 1], length_m[zones.kerb] - zones.to_m)):
        order = np.argsort(-metres, kind="stable")  # the nearest one is written last
        away[end[order]], zone[end[order]] = metres[order], number[order]
    there = joins.other
    here = np.flatnonzero((there >= 0) & np.isfinite(away))
    here = here[np.isfinite(away[there[here]])]
    apart = away[here] + away[there[here]] + joins.trim_m[here] + joins.trim_m[there[here]]
    close = apart < access_m
    np.add.at(lost, zone[here[close]], (access_m - apart[close]) / 2)
