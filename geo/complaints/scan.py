"""Kulldorff's scan for clusters along the network."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.complaints.local_statistics import SEED
from geo.core.arrays import Floats, Integers

_MOST_CLUSTERS: Final = 20
_LEAST_SURE: Final = 0.05
"""Clusters that chance gives more often than this are not told."""
_BLOCK: Final = 2_048
_TOGETHER: Final = 32
"""Windows of a scan, and simulations, that are looked at together: what is computed of them fits into a cache."""


class Cluster(NamedTuple):
    """
    A cluster that the scan found.

    Attributes
    ----------
    members
        The segments, or pieces of street, in it.
    events, expected
        How many it has, and how many it would have at the mean rate.
    ratio
        The logarithm of the likelihood ratio.
    p_value
        How often chance gives a cluster as strong anywhere.
    """

    members: Integers
    events: float
    expected: float
    ratio: float
    p_value: float


def scan(
    counts: Floats,
    exposure: Floats,
    near: tuple[Integers, Integers, Floats],
    most_share: float,
    simulations: int,
    seed: int = SEED,
    segment: Integers | None = None,
) -> list[Cluster]:
    """
    Return the strongest clusters; none shares a segment with a stronger one.

    Kulldorff's scan statistic (1997, doi:10.1080/03610929708831995) with windows that grow along the network: around
    each centre, the nearest 1, 2, … segments or pieces of street by network distance, as long as they have no more than
    a share of all exposure. Chance: all events fall anew, by exposure; the strongest cluster anywhere is what each is
    compared with. Events are independent only where each is a place of its own: count places, not reports.

    Parameters
    ----------
    counts, exposure
        Shape (n,): of segments, or pieces of them.
    near
        Pairs `centre`, `other`, `distance`.
    most_share
        Of all exposure, the most that a window has.
    simulations
        How many times events fall anew.
    seed
        Of those.
    segment
        Shape (n,): of pieces, the segment of each; by default each is one.
    """
    centre, other, distance = near
    # one sort, as distances are below the step from one centre to the next
    order = np.argsort(centre * (distance.max(initial=0.0) + 1.0) + distance, kind="stable")
    centre, other = centre[order], other[order]
    total, whole = counts.sum(), exposure.sum()
    if total == 0 or whole == 0 or len(centre) == 0:
        return []
    first = np.searchsorted(centre, centre)
    sums = np.cumsum(exposure[other])
    expected = (sums - (sums - exposure[other])[first]) / whole * total
    allowed = expected <= most_share * total + 1e-9  # windows grow: the first ones of each centre
    other, first, expected = other[allowed], _renumbered(first, allowed), expected[allowed]
    windows = _Windows(other, first, expected, total)
    found = windows.ratios(counts)
    rng = np.random.default_rng(seed)
    shares = exposure / whole
    strongest = np.zeros(simulations)
    for start in range(0, simulations, _TOGETHER):
        together = min(_TOGETHER, simulations - start)
        fallen = rng.multinomial(round(total), shares, size=together)
        strongest[start : start + together] = windows.strongest(np.ascontiguousarray(fallen.T, dtype=float))
        # so many simulations have one as strong that the others cannot make it sure (Besag and Clifford 1991)
        if (strongest >= found.max() - 1e-12).sum() + 1 > _LEAST_SURE * (simulations + 1):
            return []
    segment = np.arange(len(counts)) if segment is None else segment
    return _apart(counts, expected, found, strongest, lambda window: other[first[window] : window + 1], segment)


def _renumbered(first: Integers, kept: NDArray[np.bool_]) -> Integers:
    """Return the first window of each kept window's centre, numbered among the kept ones."""
    return np.asarray((np.cumsum(kept) - kept)[first[kept]])


class _Windows:
    """
    Windows of a scan, looked at a block at a time, so that a block's numbers stay in the processor's cache.

    Parameters
    ----------
    other, first
        Shape (k,): the segment that a window adds to the one before, and the first window of its centre.
    expected
        Shape (k,): events by chance.
    total
        Of all events.
    """

    def __init__(self, other: Integers, first: Integers, expected: Floats, total: float) -> None:
        self._other, self._first, self._expected, self._total = other, first, expected, total
        starts = np.append(np.unique(first), len(first))
        wanted = np.arange(0, len(first) + _BLOCK, _BLOCK)
        self._blocks = np.unique(np.append(starts[np.searchsorted(starts, wanted[:-1], "right") - 1], len(first)))

    def ratios(self, counts: Floats) -> Floats:
        """Return the likelihood ratio of each window, 0 where there are no more events than by chance."""
        result = np.zeros(len(self._other))
        for start, end in pairwise(self._blocks.tolist()):
            events = self._events(counts[:, None], start, end)[:, 0]
            hot = np.flatnonzero(events > self._expected[start:end])
            result[start + hot] = self._ratio(events[hot], self._expected[start + hot])
        return result

    def strongest(self, counts: Floats) -> Floats:
        """
        Return the largest likelihood ratio of several sets of events, shape (n, sets).

        With e events where E are expected of T, the ratio is at most (e - E)² T / (E (T - E)), as log x <= x - 1: it is
        computed only where that is above the largest so far.
        """
        result = np.zeros(counts.shape[1])
        for start, end in pairwise(self._blocks.tolist()):
            events, expected = self._events(counts, start, end), self._expected[start:end, None]
            with np.errstate(divide="ignore", invalid="ignore"):
                most = np.maximum(events - expected, 0.0) ** 2 * (self._total / (expected * (self._total - expected)))
            window, of = np.nonzero(~(most <= result))
            above = events[window, of] > expected[window, 0]
            window, of = window[above], of[above]
            np.maximum.at(result, of, self._ratio(events[window, of], expected[window, 0]))
        return result

    def _events(self, counts: Floats, start: int, end: int) -> Floats:
        """Return the events in the windows of a block, shape (windows, sets)."""
        added = counts[self._other[start:end]]
        sums = np.cumsum(added, axis=0)
        return np.asarray(sums - (sums - added)[self._first[start:end] - start])

    def _ratio(self, events: Floats, expected: Floats) -> Floats:
        outside, beyond = self._total - events, self._total - expected
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = np.where(outside > 0, outside * np.log(outside / beyond), 0.0)
            return np.asarray(events * np.log(events / expected) + rest)


def _apart(
    counts: Floats,
    expected: Floats,
    found: Floats,
    strongest: Floats,
    members_of: Callable[[int], Integers],
    segment: Integers,
) -> list[Cluster]:
    """
    Return the windows beyond chance, the strongest first; none shares a segment with a stronger one.

    Parameters
    ----------
    counts
        Shape (n,): events by segment.
    expected, found
        Shape (k,): by window, the events by chance, and the likelihood ratio.
    strongest
        The strongest ratio of each simulation.
    members_of
        Returns the segments or pieces of a window.
    segment
        Shape (n,): the segment of each.
    """
    clusters: list[Cluster] = []
    taken = np.zeros(int(segment.max(initial=-1)) + 1, dtype=bool)
    for window in np.argsort(-found, kind="stable"):
        if found[window] <= 0 or len(clusters) == _MOST_CLUSTERS:
            break
        inside = members_of(int(window))
        if taken[segment[inside]].any():
            continue
        p_value = float(((strongest >= found[window] - 1e-12).sum() + 1) / (len(strongest) + 1))
        if p_value > _LEAST_SURE:
            break
        taken[segment[inside]] = True
        clusters.append(
            Cluster(inside, float(counts[inside].sum()), float(expected[window]), float(found[window]), p_value)
        )
    return clusters
