"""Orders of required edges: the best of a few, near it for more, never below the bound."""

from __future__ import annotations

from itertools import permutations, product

import networkx as nx
import numpy as np
import pytest

from geo.complaints import postman as solver
from geo.complaints.postman import euler_circuit, paired, postman


def instance(size: int, count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Required edges of a town with blocks of any length, and the ways between their ends."""
    rng = np.random.default_rng(seed)
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(size, size))
    for edge in graph.edges:
        graph.edges[edge]["weight"] = float(rng.uniform(50, 200))
    edges = list(graph.edges)
    chosen = [edges[at] for at in rng.choice(len(edges), count, replace=False)]
    places = sorted({node for edge in chosen for node in edge})
    ways = dict(nx.all_pairs_dijkstra_path_length(graph))
    between = np.array([[ways[one][two] for two in places] for one in places])
    tail, head = np.searchsorted(places, np.array(chosen)).T
    return tail, head, np.array([graph.edges[edge]["weight"] for edge in chosen]), between


def length(found: solver.Order, tail: np.ndarray, head: np.ndarray, cost: np.ndarray, between: np.ndarray) -> float:
    begin = np.where(found.forward, tail[found.edge], head[found.edge])
    end = np.where(found.forward, head[found.edge], tail[found.edge])
    return float(cost.sum() + between[end, np.roll(begin, -1)].sum())


@pytest.mark.parametrize("seed", range(12))
def test_a_few_streets_are_walked_in_the_best_order(seed: int) -> None:
    count = 2 + seed % 4
    tail, head, cost, between = instance(5, count, seed)
    found = postman(tail, head, cost, between)
    best = np.inf
    for rest in permutations(range(1, count)):
        for ahead in product([True, False], repeat=count):
            order = solver.Order(np.array([0, *rest]), np.array(ahead), 0.0)
            best = min(best, length(order, tail, head, cost, between))
    assert length(found, tail, head, cost, between) == pytest.approx(best)
    assert found.bound == pytest.approx(best)


@pytest.mark.parametrize("seed", range(12))
def test_the_heuristic_is_near_the_best_and_the_bound_below_it(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tail, head, cost, between = instance(6, solver.EXACT, seed)
    best = postman(tail, head, cost, between).bound
    monkeypatch.setattr(solver, "EXACT", 0)
    found = postman(tail, head, cost, between)
    assert sorted(found.edge.tolist()) == list(range(len(tail)))
    assert best - 1e-6 <= length(found, tail, head, cost, between) <= 1.03 * best
    assert 0.85 * best <= found.bound <= best + 1e-6


@pytest.mark.parametrize("many", [2, 6, 20])
def test_pairs_are_the_best_ones(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    xy = np.random.default_rng(many).uniform(0, 100, (many, 2))
    between = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
    graph = nx.from_numpy_array(between)
    best = sum(between[one, two] for one, two in nx.min_weight_matching(graph))
    pairs = paired(np.arange(many), between)
    assert sorted(pairs.ravel().tolist()) == list(range(many))
    assert between[pairs[:, 0], pairs[:, 1]].sum() == pytest.approx(best)
    monkeypatch.setattr(solver, "_MATCHED", 0)
    pairs = paired(np.arange(many), between)
    assert sorted(pairs.ravel().tolist()) == list(range(many))
    assert between[pairs[:, 0], pairs[:, 1]].sum() <= 1.25 * best


def test_an_euler_circuit_uses_parallel_edges_and_loops() -> None:
    tail, head = np.array([0, 0, 1, 1, 2]), np.array([1, 1, 2, 2, 2])
    edge, forward = euler_circuit(tail, head)
    assert sorted(edge.tolist()) == [0, 1, 2, 3, 4]
    begin, end = np.where(forward, tail[edge], head[edge]), np.where(forward, head[edge], tail[edge])
    assert (end == np.roll(begin, -1)).all()
