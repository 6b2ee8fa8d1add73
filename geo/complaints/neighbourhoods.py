"""Neighbourhoods hot beyond chance: exact tests of the stretches of street around each piece of street."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geo.complaints.local_statistics import false_discovery
from geo.complaints.places import Places, places_of, without_clumps
from geo.complaints.rates import LEVEL, binomial_at_least, binomial_interval
from geo.core.arrays import Flags, Floats, Integers
from geo.core.tolerances import LEAST_DIVISOR
from geo.network.graph import Network, Positions
from geo.network.lixels import Lixels
from geo.network.nearby import near_pairs
from geo.network.snapping import edge_of

_PIECES: Final = 2
"""Pieces are no longer than the reach of a neighbourhood divided by this."""


class Neighbourhoods(NamedTuple):
    """
    Neighbourhoods: all street within a distance of the middle of a piece of street, shape (k,) each.

    Attributes
    ----------
    complaints, places
        Complaints within, and the places that they are about.
    expected
        Places by chance: all places, by the share of all exposure.
    ratio, low, high
        Places by those expected, with the exact interval.
    z
        The excess in standard deviations: Getis-Ord Gi* of places, weighted by exposure.
    p_value
        How likely chance gives as many places: one-sided, exact.
    hot
        Whether there are more than by chance, at the share of false discoveries.
    total
        Of all places.
    """

    complaints: Integers
    places: Integers
    expected: Floats
    ratio: Floats
    low: Floats
    high: Floats
    z: Floats
    p_value: Floats
    hot: Flags
    total: float


class Around(NamedTuple):
    """
    Pieces of street, each with the pieces around it.

    Attributes
    ----------
    lixels
        The pieces.
    near
        Shape (k, k): 1 for pieces whose middles are within reach, and for the piece itself.
    exposure
        Shape (k,): of each piece.
    middle_xy
        Shape (k, 2): the middle of each piece, between the ends of its segment in a straight line; metric.
    within_m
        How far a neighbourhood reaches.
    """

    lixels: Lixels
    near: csr_array
    exposure: Floats
    middle_xy: Floats
    within_m: float

    @classmethod
    def of(cls, network: Network, roads: pd.DataFrame, exposure: Floats, within_m: float) -> Around:
        """
        Cut streets into pieces, and find the ones around each.

        Parameters
        ----------
        network, roads
            The streets, as a network and as the table that it was made of.
        exposure
            Shape (n,): of each segment; spread evenly along it.
        within_m
            How far a neighbourhood reaches along the streets.
        """
        lixels = Lixels(roads, within_m / _PIECES)
        middles = Positions(lixels.row, lixels.middle_m(np.arange(len(lixels))))
        near = near_pairs(network, middles, middles, within_m)
        near.data[:] = 1.0
        length_m = roads["length_m"].to_numpy(dtype=float)[lixels.row]
        edge, along = edge_of(network, middles)
        share = (along / np.maximum(network.length_m[edge], LEAST_DIVISOR))[:, None]
        xy = (1 - share) * network.node_xy[network.tail[edge]] + share * network.node_xy[network.head[edge]]
        each = exposure[lixels.row] * lixels.length_m / np.maximum(length_m, LEAST_DIVISOR)
        return cls(lixels, near, each, xy, within_m)


def counted_places(segment: Integers, offset_m: Floats, side: Integers, lengths_m: Floats, around: Around) -> Places:
    """
    Gather complaints by place, and clumps among few other places too.

    Parameters
    ----------
    segment, offset_m, side, lengths_m
        As `places_of` takes them.
    around
        The pieces of street.
    """
    places = places_of(segment, offset_m, side, lengths_m)
    piece = around.lixels.at(places.segment, places.offset_m)
    within = around.near @ around.lixels.sums(piece)
    length_m = around.near @ around.lixels.length_m
    return without_clumps(places, within[piece], length_m[piece])


def neighbourhoods(places: Places, around: Around, share: float, level: float = LEVEL) -> Neighbourhoods:
    """
    Compare neighbourhoods with chance: every place lies anywhere, by exposure.

    Given how many places there are in all, a neighbourhood's number is binomial: test and interval (Clopper and
    Pearson) are exact, also for small numbers. Many reports of one place count once, so that they are no evidence
    against chance. The false discovery rate of all pieces is held by Benjamini and Hochberg (1995): neighbourhoods
    overlap, and hence depend on each other positively.

    Parameters
    ----------
    places
        As `counted_places` returns.
    around
        The pieces of street. What lies on streets without exposure counts for nothing.
    share
        Of false discoveries.
    level
        Of the interval.
    """
    lixels, near = around.lixels, around.near
    piece = lixels.at(places.segment, places.offset_m)
    exposed = around.exposure[piece] > 0
    number, reports = lixels.sums(piece[exposed]), lixels.sums(piece[exposed], places.reports[exposed].astype(float))
    total, exposure = float(exposed.sum()), float(around.exposure.sum())
    within, of_all = near @ number, np.minimum(near @ around.exposure / max(exposure, 1e-300), 1.0)
    expected = of_all * total
    p_value = np.ones(len(lixels))
    more = np.flatnonzero(within > expected)
    p_value[more] = binomial_at_least(within[more], total - within[more], of_all[more])
    asked = of_all > 0
    hot = np.zeros(len(lixels), dtype=bool)
    hot[asked] = false_discovery(p_value[asked], share)
    ratio, low, high = share_ratio(within, total, of_all, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(expected > 0, (within - expected) / np.sqrt(expected * (1 - of_all)), 0.0)
    return Neighbourhoods(
        np.round(near @ reports).astype(np.int64),
        np.round(within).astype(np.int64),
        expected,
        ratio,
        low,
        high,
        np.where(np.isfinite(z), z, 0.0),
        p_value,
        hot & (within > expected),
        total,
    )


def share_ratio(counts: Floats, total: float, share: Floats, level: float | Floats = LEVEL) -> tuple[Floats, ...]:
    """
    Return counts by expected counts, with the interval of Clopper and Pearson; missing where none is expected.

    Parameters
    ----------
    counts, share
        Shape (n,): of a total, and their shares by chance.
    total
        Of all.
    level
        Of the interval.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = counts / (share * total)
        low, high = (each / share for each in binomial_interval(counts, total - counts, level))
    known = (share > 0) & (total > 0)
    return tuple(np.where(known, each, np.nan) for each in (ratio, low, high))


def clearest(lixels: Lixels, found: Neighbourhoods, size: int) -> Integers:
    """Return the piece of each segment with the clearest excess."""
    return first_of(lixels.row, np.lexsort((-found.z, found.p_value, lixels.row)), size)


def first_of(group: Integers, order: Integers, size: int) -> Integers:
    """Return the first member of each of `size` groups in an order that is sorted by group; each has a member."""
    return np.asarray(order[np.searchsorted(group[order], np.arange(size))])
