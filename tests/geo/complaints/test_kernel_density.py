"""Densities along streets, against their plain definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from geo.complaints.kernel_density import Kernel, Split, bandwidth_by_likelihood, density, kernel_values
from geo.network.graph import Network, Positions
from geo.rules.units import KERNELS, SPLITS
from tests.support.drawn import CRS, layers_of, road
from tests.support.networks import as_drawn, networks


def network_of(*lines: list[tuple[float, float]]) -> Network:
    layers = layers_of([road(line) for line in lines])
    return Network(layers["roads"][["oneway", "geometry"]], CRS, directed=False)


def at(*places: tuple[int, float]) -> Positions:
    return Positions(np.array([row for row, _ in places]), np.array([offset for _, offset in places], dtype=float))


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_kernel_has_the_area_of_one_event(kernel: Kernel) -> None:
    area = quad(lambda x: float(kernel_values(np.array([abs(x)]), 80.0, kernel)[0]), -80, 80)[0]
    assert area == pytest.approx(1, abs=1e-8)
    assert kernel_values(np.array([80.1]), 80.0, kernel)[0] == 0


def plain(
    network: Network, event: tuple[int, float], target: tuple[int, float], h: float, kernel: Kernel, split: Split
):
    """Return a density by its definition: every way from the event to the target, one after the other."""
    edge, along, to_edge, to_along = *event, *target
    length = network.length_m

    def k(distance: float) -> float:
        return float(kernel_values(np.array([distance]), h, kernel)[0])

    def arms(node: int) -> list[int]:
        return [
            2 * e + end for e in range(len(length)) for end in (0, 1) if (network.tail, network.head)[end][e] == node
        ]

    total = k(abs(along - to_along)) if edge == to_edge else 0.0
    stack = [(2 * edge, along, 1.0), (2 * edge + 1, length[edge] - along, 1.0)]
    while stack:
        arm, gone, factor = stack.pop()
        if gone >= h:
            continue
        around = arms((network.tail, network.head)[arm % 2][arm // 2])
        n = len(around)
        for leaving in around:
            if split == "continuous":
                share = 2 / n - (1 if leaving == arm else 0)
            else:
                share = 0 if leaving == arm else 1 / (n - 1)
            if share == 0:
                continue
            e = leaving // 2
            if e == to_edge:
                total += k(gone + (to_along if leaving % 2 == 0 else length[e] - to_along)) * factor * share
            stack.append((leaving ^ 1, gone + length[e], factor * share))
    return total


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks, st.sampled_from(["discontinuous", "continuous"]), st.sampled_from(KERNELS), st.integers(0, 10_000))
def test_equal_splits_are_those_of_the_definition(drawn: list[Any], split: Split, kernel: Kernel, seed: int) -> None:
    segments, network, rng = as_drawn(drawn, False, seed)
    length = 2 * network.midpoints().offset_m
    rows = rng.integers(0, len(segments), 6)
    marks = Positions(rows, rng.uniform(0.01, 0.99, 6) * length[rows])
    events, targets = Positions(marks.segment[:2], marks.offset_m[:2]), Positions(marks.segment[2:], marks.offset_m[2:])
    # as far as a few blocks: ways multiply
    h = 2.2 * float(network.length_m.min())
    found = density(network, events, targets, h, kernel, split, least=0.0)
    edges, alongs = network.edge_of(events)
    to_edges, to_alongs = network.edge_of(targets)
    for target in range(4):
        wanted = sum(
            plain(network, (edges[i], alongs[i]), (to_edges[target], to_alongs[target]), h, kernel, split)
            for i in range(2)
        )
        assert found[target] == pytest.approx(wanted, abs=1e-9)


def test_the_simple_kernel_goes_on_undivided_by_the_shortest_way() -> None:
    # a street of 200 m, and at its middle two others
    network = network_of([(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, 0), (100, 100)])
    events, targets = at((0, 70)), at((1, 20), (2, 20), (0, 20))
    found = density(network, events, targets, 100.0, "quartic", "simple")
    assert found == pytest.approx(np.full(3, kernel_values(np.array([50.0]), 100.0, "quartic")[0]), rel=1e-3)
    equal = density(network, events, targets, 100.0, "quartic", "discontinuous")
    assert equal[:2] == pytest.approx(found[:2] / 2, rel=1e-6)
    assert equal[2] == pytest.approx(found[2], rel=1e-6)


@pytest.mark.parametrize(("split", "area"), [("simple", 1.35), ("discontinuous", 1.0), ("continuous", 1.0)])
def test_equal_splits_keep_the_events_whole(split: Split, area: float) -> None:
    network = network_of([(0, 0), (400, 0)], [(400, 0), (800, 0)], [(400, 0), (400, 400)])
    lixels = at(*((row, offset + 0.25) for row in range(3) for offset in np.arange(0, 400, 0.5)))
    found = density(network, at((0, 370)), lixels, 100.0, "epanechnikov", split).sum() * 0.5
    assert found == pytest.approx(area, abs=0.15 if split == "simple" else 0.002)


def test_a_continuous_density_has_no_step_at_a_junction() -> None:
    network = network_of([(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, 0), (100, 100)])
    ends = at((0, 99.99), (1, 0.01), (2, 0.01))
    found = density(network, at((0, 70)), ends, 100.0, "quartic", "continuous")
    assert found == pytest.approx(np.full(3, found[0]), rel=1e-2)
    stepped = density(network, at((0, 70)), ends, 100.0, "quartic", "discontinuous")
    assert stepped[0] > 1.9 * stepped[1]


def test_events_have_weights_and_can_be_left_out() -> None:
    network = network_of([(0, 0), (300, 0)])
    events = at((0, 100), (0, 120))
    every = density(network, events, events, 50.0)
    alone = density(network, events, events, 50.0, leave_out=True)
    own = kernel_values(np.zeros(1), 50.0, "quartic")[0]
    assert every - alone == pytest.approx(np.full(2, own))
    assert density(network, events, events, 50.0, weights=np.array([2.0, 0.0])) == pytest.approx(
        2 * density(network, at((0, 100)), events, 50.0)
    )


@pytest.mark.parametrize("split", SPLITS)
def test_the_likelihood_prefers_a_narrow_kernel_for_tight_groups(split: Split) -> None:
    network = network_of([(0, 0), (2000, 0)])
    rng = np.random.default_rng(7)
    groups = at(*((0, centre + spread) for centre in (300, 900, 1700) for spread in rng.normal(0, 8, 25)))
    even = at(*((0, place) for place in rng.uniform(0, 2000, 75)))
    candidates = np.array([20.0, 60.0, 200.0, 600.0])
    assert bandwidth_by_likelihood(network, groups, candidates, "quartic", split) < 200
    assert bandwidth_by_likelihood(network, even, candidates, "quartic", split) >= 200
