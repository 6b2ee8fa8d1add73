"""The p-centre: optimal on small towns, twice the optimum at once, and true bounds at any time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra

from geo.core.errors import InfeasibleError
from geo.facilities.centre import centre
from geo.facilities.deadline import Deadline
from geo.facilities.location_models import solve
from geo.facilities.location_problem import LocationProblem
from tests.support.siting import network_problem


def least_longest(problem: LocationProblem) -> float:
    """The shortest longest walk of all choices of so many sites."""
    walks = np.full((len(problem.weight), problem.sites), np.inf)
    walks[problem.demand, problem.site] = problem.walk_m
    reached = np.isfinite(walks.min(axis=1))
    chosen = itertools.combinations(range(problem.sites), problem.number)
    return min(float(walks[reached][:, list(sites)].min(axis=1).max()) for sites in chosen)


def test_every_small_town_has_its_shortest_longest_walk() -> None:
    for seed in range(25):
        problem = network_problem(seed, 13, 1 + seed % 4)
        found = centre(problem, Deadline(10.0))
        assert found.longest_m == pytest.approx(least_longest(problem)), seed
        assert found.bound_m == found.longest_m
        assert found.opened.sum() <= problem.number


def test_without_time_a_choice_is_at_most_twice_the_optimum_and_its_bound_true() -> None:
    for seed in range(25):
        problem = network_problem(seed, 13, 1 + seed % 4)
        best = least_longest(problem)
        found = centre(problem, Deadline(0.0))
        assert best <= found.longest_m <= 2 * best, seed
        assert 0 < found.bound_m <= best, seed


def test_where_candidates_lie_apart_a_choice_without_time_is_at_most_three_times_the_optimum() -> None:
    for seed in range(25):
        whole = network_problem(seed, 16, 2 + seed % 3)
        some = (whole.demand < 9) & (whole.site >= 9)
        problem = whole.where(some)._replace(weight=(np.arange(16) < 9).astype(float))
        best = least_longest(problem)
        found = centre(problem, Deadline(0.0))
        assert best <= found.longest_m <= 3 * best, seed
        assert 0 < found.bound_m <= best, seed


def test_a_network_of_many_junctions_is_proven_in_seconds_of_computing() -> None:
    limit = Deadline(20.0)
    for nodes, count in ((300, 5), (300, 10), (400, 80)):
        found = centre(network_problem(nodes + count, nodes, count), limit)
        assert found.bound_m == found.longest_m, (nodes, count)
    assert not limit.over


def test_a_budget_limits_the_choice_as_well_as_the_number() -> None:
    rng = np.random.default_rng(3)
    for seed in range(15):
        problem = network_problem(seed, 11, 3)
        price = rng.integers(1, 9, 11).astype(float)
        walks = problem.walk_m.reshape(11, 11)
        budget = float(rng.integers(4, 12))
        chosen = [sites for size in (1, 2, 3) for sites in itertools.combinations(range(11), size)]
        able = [list(sites) for sites in chosen if price[list(sites)].sum() <= budget]
        best = min(float(walks[:, sites].min(axis=1).max()) for sites in able)
        found = centre(problem._replace(price=price, budget=budget), Deadline(10.0))
        assert price[found.opened].sum() <= budget
        assert found.longest_m == pytest.approx(best), seed
        assert found.bound_m == found.longest_m, seed


def test_facilities_that_stay_and_homes_without_demand_count_as_they_should() -> None:
    # a street of seven homes 100 m apart; the last has nobody
    graph = np.diag(np.full(6, 100.0), 1)
    walks = dijkstra(graph + graph.T)
    i, j = np.divmod(np.arange(49), 7)
    problem = network_problem(0, 7, 1)._replace(demand=i, site=j, walk_m=walks[i, j])
    problem = problem._replace(weight=np.array([1, 1, 1, 1, 1, 1, 0.0]))
    assert centre(problem, Deadline(1.0)).longest_m == 300
    kept = np.zeros(7, dtype=bool)
    kept[0] = True
    found = centre(problem._replace(kept=kept), Deadline(1.0))
    assert (found.longest_m, found.opened[0], found.opened.sum()) == (200, True, 2)
    assert centre(problem._replace(number=0, kept=kept), Deadline(1.0)).longest_m == 500
    with pytest.raises(InfeasibleError):
        centre(problem._replace(number=0), Deadline(1.0))


def test_too_few_sites_for_everybody_are_refused() -> None:
    # three villages out of each other's reach
    i = np.arange(3)
    problem = network_problem(0, 3, 2)._replace(demand=i, site=i, walk_m=np.array([5.0, 6.0, 7.0]))
    with pytest.raises(InfeasibleError, match="cannot cover"):
        centre(problem, Deadline(1.0))
    assert centre(problem._replace(number=3), Deadline(1.0)).longest_m == 7


def test_room_makes_the_longest_walk_longer_and_the_bound_stays_true() -> None:
    problem = network_problem(4, 9, 3)
    free = centre(problem, Deadline(5.0))
    tight = solve(problem._replace(room=np.full(9, 3.0)), "centre", 20)
    assert tight.load.max() <= 3 + 1e-6
    assert free.longest_m <= tight.bound == tight.objective
