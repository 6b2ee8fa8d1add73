"""Density of events along streets: kernels that spread over the network, not over blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

import numpy as np
from scipy.special import erf

from geo.core.arrays import Floats, Integers, members, run_starts
from geo.core.line_ends import both_ends, is_last, line_of, other_end
from geo.network.graph import Network, Positions
from geo.network.searches import cost_blocks
from geo.network.snapping import edge_of

Kernel = Literal["gaussian", "epanechnikov", "quartic"]
Split = Literal["simple", "discontinuous", "continuous"]
_SIGMAS: Final = 3.0
"""A Gaussian kernel ends at three standard deviations: at the bandwidth."""

_EVENTS: Final = 512
"""How many events are spread at a time: it bounds the memory."""

_KERNELS: Final[dict[Kernel, Callable[[Floats], Floats]]] = {
    "gaussian": lambda u: (
        np.exp(-((_SIGMAS * u) ** 2) / 2) * _SIGMAS / (np.sqrt(2 * np.pi) * erf(_SIGMAS / np.sqrt(2)))
    ),
    "epanechnikov": lambda u: 0.75 * (1 - u**2),
    "quartic": lambda u: 15 / 16 * (1 - u**2) ** 2,
}

_SAME_M: Final = 1e-9


def kernel_values(distance_m: Floats, bandwidth_m: float, kernel: Kernel) -> Floats:
    """
    Return the kernel at distances, in events per metre: nothing beyond the bandwidth; from end to end of a street that
    goes on, its area is 1.
    """
    u = distance_m / bandwidth_m
    return np.where(u <= 1, _KERNELS[kernel](np.minimum(u, 1.0)), 0.0) / bandwidth_m


def density(
    network: Network,
    events: Positions,
    targets: Positions,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    split: Split = "discontinuous",
    weights: Floats | None = None,
    leave_out: bool = False,
    least: float = 1e-6,
) -> Floats:
    """
    Return the density of events at positions on a network.

    Parameters
    ----------
    network
        Undirected, its costs metres.
    events, targets
        Positions on it.
    bandwidth_m
        Where the kernel ends.
    kernel
        `gaussian` (a third of the bandwidth its standard deviation), `epanechnikov` or `quartic`.
    split
        What becomes of a kernel at a junction of n streets, after Okabe and Sugihara (Spatial Analysis along Networks,
        2012, chapter 9). `simple`: it goes on undivided into each, by the shortest way; its mass grows there.
        `discontinuous` (equal split): each of the n - 1 others gets a part of it; all ways that do not turn back count.
        `continuous` (equal split): each gets 2/n of it, and (2 - n)/n comes back, so that the density has no step; all
        ways count (McSwiggan, Baddeley and Nair 2017, doi:10.1111/sjos.12255, algorithms 1 and 2).
    weights
        Shape of `events`: what each counts, a kernel in time for instance; by default 1.
    leave_out
        Whether the density at the i-th target leaves the i-th event out.
    least
        Ways on which less than this share of a kernel is left are not followed further; 0 follows all.

    Returns
    -------
    density
        Events per metre, shape of `targets`.
    """
    weight = np.ones(len(events.segment)) if weights is None else weights
    spread = _Spread(network, events, targets, weight, bandwidth_m, kernel, leave_out)
    return _by_shortest_ways(spread) if split == "simple" else _by_all_ways(spread, split == "continuous", least)


class _Spread(NamedTuple):
    """Kernels that are spread from events over targets: see `density`."""

    network: Network
    events: Positions
    targets: Positions
    weight: Floats
    bandwidth_m: float
    kernel: Kernel
    leave_out: bool


def _by_shortest_ways(spread: _Spread) -> Floats:
    """Return the density of kernels that go on undivided at junctions."""
    total = np.zeros(len(spread.targets.segment))
    for event, target, away in cost_blocks(spread.network, spread.events, spread.targets, spread.bandwidth_m):
        value = kernel_values(away, spread.bandwidth_m, spread.kernel)
        if spread.leave_out:
            value[event[:, None] == target] = 0.0
        total[target] += spread.weight[event] @ value
    return total


def _by_all_ways(spread: _Spread, continuous: bool, least: float) -> Floats:
    """Return the density of kernels that are divided at junctions, along every way that they take."""
    network, events, targets, weight, bandwidth_m, kernel, leave_out = spread
    total = np.zeros(len(targets.segment))
    arms = _Arms.of(network)
    edge, along = edge_of(network, events)
    to_edge, to_along = edge_of(network, targets)
    by_edge = np.argsort(to_edge, kind="stable")
    first = np.searchsorted(to_edge[by_edge], np.arange(len(network.tail) + 1))

    def count(event: Integers, on: Integers, origin_m: Floats, factor: Floats) -> None:
        """
        Add the values of walks at the targets on edges, as if each came along from an origin on the edge or beyond.
        """
        which, number = members(np.diff(first)[on])
        target = by_edge[first[on[which]] + number]
        away = np.abs(to_along[target] - origin_m[which])
        value = kernel_values(away, bandwidth_m, kernel) * factor[which] * weight[event[which]]
        if leave_out:
            value = np.where(event[which] == target, 0.0, value)
        np.add.at(total, target, value)

    for begin in range(0, len(edge), _EVENTS):
        own = np.arange(begin, min(begin + _EVENTS, len(edge)))
        count(own, edge[own], along[own], np.ones(len(own)))
        # to either end of the event's own edge
        walk = _Walks(
            np.tile(own, 2),
            both_ends(edge[own]).T.ravel(),
            np.concatenate([along[own], network.length_m[edge[own]] - along[own]]),
            np.ones(2 * len(own)),
        )
        while len(walk.event):
            walk = _onward(arms, walk, bandwidth_m, continuous, least)
            on = line_of(walk.arm)
            length = network.length_m[on]
            count(walk.event, on, np.where(is_last(walk.arm), length + walk.walked_m, -walk.walked_m), walk.factor)
            # on to the edge's other end
            walk = walk._replace(arm=other_end(walk.arm), walked_m=walk.walked_m + length)
    return total


class _Walks(NamedTuple):
    """Ways from events: the arm (end `2 e` or `2 e + 1` of edge e) of each, metres walked, and the factor left."""

    event: Integers
    arm: Integers
    walked_m: Floats
    factor: Floats


class _Arms(NamedTuple):
    """The arms of each node (node v has `order[begin[v]:begin[v + 1]]`), and the node of each arm."""

    node: Integers
    order: Integers
    begin: Integers

    @classmethod
    def of(cls, network: Network) -> _Arms:
        node = np.stack([network.tail, network.head], axis=1).ravel()
        order = np.argsort(node, kind="stable")
        return cls(node, order, np.searchsorted(node[order], np.arange(network.size + 1)))


def _onward(arms: _Arms, walks: _Walks, bandwidth_m: float, continuous: bool, least: float) -> _Walks:
    """Continue walks beyond the nodes they reached: one walk for each arm that leaves the node."""
    kept = (walks.walked_m < bandwidth_m) & (np.abs(walks.factor) > least)
    walks = _Walks(walks.event[kept], walks.arm[kept], walks.walked_m[kept], walks.factor[kept])
    node = arms.node[walks.arm]
    degree = arms.begin[node + 1] - arms.begin[node]
    which, number = members(degree)
    arm = arms.order[arms.begin[node[which]] + number]
    back = arm == walks.arm[which]
    n = degree[which].astype(float)
    share = np.where(back, 2 / n - 1, 2 / n) if continuous else np.where(back, 0.0, 1 / np.maximum(n - 1, 1))
    goes = share != 0
    which = which[goes]
    onward = _Walks(walks.event[which], arm[goes], walks.walked_m[which], walks.factor[which] * share[goes])
    # ways that turn back come together again and again; others hardly do
    return _together(onward) if continuous else onward


def _together(walks: _Walks) -> _Walks:
    """Return walks of one event that leave by one arm after as many metres as one."""
    if len(walks.event) == 0:
        return walks
    order = np.lexsort((walks.walked_m, walks.arm, walks.event))
    event, arm, walked_m, factor = walks.event[order], walks.arm[order], walks.walked_m[order], walks.factor[order]
    new = run_starts(event, arm)
    new[1:] |= walked_m[1:] - walked_m[:-1] > _SAME_M
    first = np.flatnonzero(new)
    return _Walks(event[first], arm[first], walked_m[first], np.add.reduceat(factor, first))


def bandwidth_by_likelihood(
    network: Network, events: Positions, candidates_m: Floats, kernel: Kernel, split: Split
) -> float:
    """
    Choose the bandwidth by leave-one-out cross-validation: the events are most likely under it.

    The score is the mean log density at the events (likelihood cross-validation: Habbema, Hermans and van den Broek
    1974; for networks McSwiggan et al. 2017). An event that stands alone counts as one at the least density seen.

    Parameters
    ----------
    candidates_m
        The bandwidths that are tried.
    """
    scores = []
    for bandwidth in candidates_m:
        found = density(network, events, events, float(bandwidth), kernel, split, leave_out=True)
        scores.append(float(np.log(np.maximum(found, 1e-9)).mean()))
    return float(candidates_m[int(np.argmax(scores))])
