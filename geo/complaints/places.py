"""Places of complaints: many reports of one place are one, however often somebody complains."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from geo.complaints.rates import binomial_at_least
from geo.core.arrays import Flags, Floats, Integers, run_starts
from geo.core.tolerances import LEAST_DIVISOR

_SAME_M: Final = 0.1
"""Reports whose positions differ by no more than rounding are of one place."""

_REACHES_M: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""How far reports of one place may be scattered (a telephone's own position): the data say how far they are."""

_SURE: Final = 4.0
_SHARE: Final = 0.15
_LEAST: Final = 10.0
_STILL: Final = 2.0
"""Standard errors, share of all gaps, and number by which there must be more short gaps than chance gives before
positions are held to be scattered; standard errors by which they are so over a longer distance too."""

_CLUMP_M: Final = 15.0
_CLUMP_P: Final = 1e-5
"""Half of the stretch that a clump lies in, and how unlikely it is among the places around it."""


class Places(NamedTuple):
    """
    Places that complaints are about.

    Attributes
    ----------
    segment, offset_m
        Shape (p,): where each is; sorted.
    of
        Shape (c,): the place of each complaint.
    scatter_m
        How far reports of one place lie apart by the data; 0 where they agree.
    """

    segment: Integers
    offset_m: Floats
    of: Integers
    scatter_m: float

    @property
    def reports(self) -> Integers:
        """Shape (p,): complaints of each place."""
        return np.bincount(self.of, minlength=len(self.segment))

    def counts(self, size: int) -> Floats:
        """Return the complaints of each segment, shape (size,)."""
        return np.bincount(self.segment[self.of], minlength=size).astype(float)

    def dispersion(self, size: int, group: Integers | None = None) -> Floats:
        """
        Return by how much more than chance reports vary on each segment, as they come in places; shape (size,).

        The sum of squares of its places' reports by their sum: 1 where each place has one (Kish 1965, design effect
        of clusters); where nobody complained, all places' mean number.

        Parameters
        ----------
        size
            How many segments there are.
        group
            Shape (p,): what stands in place of the segment of each place, a street for instance.
        """
        unit, reports = self.segment if group is None else group, self.reports.astype(float)
        sums = np.bincount(unit, weights=reports, minlength=size)
        squares = np.bincount(unit, weights=reports**2, minlength=size)
        mean = float(reports.mean()) if len(reports) else 1.0
        return np.divide(squares, sums, out=np.full(size, mean), where=sums > 0)

    def monthly(self, month: Integers) -> Integers:
        """
        Return one complaint of each place and month.

        Parameters
        ----------
        month
            Shape (c,): of each complaint, -1 where it is not known.
        """
        return np.unique(self.of * np.int64(month.max(initial=0) + 2) + month + 1, return_index=True)[1]


def places_of(segment: Integers, offset_m: Floats, side: Integers, lengths_m: Floats) -> Places:
    """
    Gather complaints by place.

    Complaints with one position are of one place. Where far more of the others lie next to each other than chance
    gives on their own segments, positions are scattered, and reports within that scatter are of one place: gaps of
    n uniform points on a segment of length L are shorter than r with probability 1 - (1 - r / L)^n, whatever the
    segment's rate.

    Parameters
    ----------
    segment, offset_m, side
        Shape (c,): of each complaint; `side` is any number for the side of the street.
    lengths_m
        Shape (s,): of segments.
    """
    rounded = np.round(offset_m / _SAME_M).astype(np.int64)
    order = np.lexsort((side, rounded, segment))
    new = run_starts(segment[order], rounded[order], side[order])
    first = order[new]
    of = np.empty(len(segment), dtype=np.int64)
    of[order] = np.cumsum(new) - 1
    places = Places(segment[first], offset_m[first], of, 0.0)
    for reach_m in _REACHES_M:
        if _scattered(places, lengths_m, reach_m):
            places = _within(places, reach_m)
    return places


def _scattered(places: Places, lengths_m: Floats, reach_m: float) -> bool:
    """Tell whether more places follow each other within a distance than chance gives."""
    count = np.bincount(places.segment, minlength=len(lengths_m))[places.segment]
    inner = ~run_starts(places.segment)
    gaps = np.diff(places.offset_m, prepend=0.0)[inner]
    number, length_m = count[inner], np.maximum(lengths_m[places.segment][inner], LEAST_DIVISOR)
    chance, half = (1 - (1 - np.minimum(each / length_m, 1.0)) ** number for each in (reach_m, reach_m / 2))
    if (gaps < reach_m / 2).sum() < half.sum():  # evenly spaced, as house numbers are
        return False
    excess, error = (gaps < reach_m).sum() - chance.sum(), np.sqrt((chance * (1 - chance)).sum())
    if places.scatter_m > 0:
        return bool(excess > _STILL * error)
    return bool(excess > max(_SURE * error, _SHARE * len(gaps), _LEAST))


def _within(places: Places, scatter_m: float, chosen: Flags | None = None) -> Places:
    """Put places together that follow each other within a distance, in stretches of no more than twice that."""
    far = np.diff(places.offset_m, prepend=-np.inf) >= scatter_m
    if chosen is not None:
        far |= ~chosen | ~np.append(False, chosen[:-1])
    run = np.cumsum(run_starts(places.segment) | far) - 1
    begins = places.offset_m[run_starts(run)][run] if len(run) else places.offset_m
    part = np.floor((places.offset_m - begins) / (2 * scatter_m)).astype(np.int64)
    new = run_starts(run, part)
    number = np.cumsum(new) - 1
    return Places(places.segment[new], places.offset_m[new], number[places.of], max(places.scatter_m, scatter_m))


def without_clumps(places: Places, around: Floats, around_m: Floats) -> Places:
    """
    Put clumps together: many places on one short stretch among few around it, as of one person who complains weekly.

    Parameters
    ----------
    places
        The places.
    around, around_m
        Shape (p,): how many places there are within reach of each, and the length of street that they lie on.
    """
    if len(places.segment) == 0:
        return places
    span = float(places.offset_m.max()) + 4 * _CLUMP_M
    key = places.segment * span + places.offset_m
    near = np.searchsorted(key, key + _CLUMP_M, "right") - np.searchsorted(key, key - _CLUMP_M, "left")
    share = np.minimum(2 * _CLUMP_M / np.maximum(around_m, 1e-9), 1.0)
    others, together = np.maximum(around, near) - 1, (near - 1).astype(float)
    clumped = binomial_at_least(together, others - together, share) < _CLUMP_P
    if not clumped.any():
        return places
    low = np.searchsorted(key, key[clumped] - _CLUMP_M, "left")
    high = np.searchsorted(key, key[clumped] + _CLUMP_M, "right")
    steps = np.bincount(low, minlength=len(key) + 1) - np.bincount(high, minlength=len(key) + 1)
    together_with = _within(places, _CLUMP_M, np.cumsum(steps)[:-1] > 0)
    return together_with._replace(scatter_m=places.scatter_m)
