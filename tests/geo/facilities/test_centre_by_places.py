"""The p-centre by few places is that of all places, with bounds that hold whenever the time ends."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.core.arrays import Flags, Floats, Integers
from geo.core.errors import InfeasibleError
from geo.facilities.centre_by_places import CentreByPlaces
from geo.facilities.deadline import Deadline
from geo.facilities.location_problem import LocationProblem


class _Town:
    """Walks between places and sites, and how many of them were asked for."""

    def __init__(self, walks: Floats, number: int, kept: tuple[int, ...] = ()) -> None:
        size, none = walks.shape, np.zeros(0, dtype=np.int64)
        there = np.isin(np.arange(size[1]), kept)
        self.walks, self.rows = walks, 0
        self.problem = LocationProblem(
            weight=np.ones(size[0]), demand=none, site=none, walk_m=np.zeros(0), kept=there,
            closable=np.zeros(size[1], dtype=bool), price=np.ones(size[1]), room=np.full(size[1], np.inf),
            number=number, budget=np.inf, within_m=1.0, beyond_m=10.0,
        )  # fmt: skip

    def of(self, places: Integers) -> Floats:
        self.rows += len(places)
        return self.walks[places]

    def to(self, opened: Flags) -> tuple[Floats, Integers]:
        if not opened.any():
            return np.full(len(self.walks), np.inf), np.full(len(self.walks), -1)
        table = self.walks[:, opened]
        return table.min(axis=1), table.argmin(axis=1)

    def centre(self, reach_m: float = np.inf) -> CentreByPlaces:
        return CentreByPlaces(self.problem, self.of, self.to, reach_m)


def _plane(seed: int, places: int, sites: int) -> Floats:
    rng = np.random.default_rng(seed)
    return np.asarray(np.hypot(*(rng.random((places, 1, 2)) - rng.random((sites, 2))).transpose(2, 0, 1)) * 1000)


def _shortest(walks: Floats, number: int, kept: tuple[int, ...] = ()) -> float:
    return min(
        float(walks[:, [*kept, *c]].min(axis=1).max()) for c in itertools.combinations(range(walks.shape[1]), number)
    )


@pytest.mark.parametrize("seed", range(8))
def test_the_longest_walk_of_all_places_is_the_shortest_possible(seed: int) -> None:
    walks, number = _plane(seed, 60, 12), 2 + seed % 3
    town = _Town(walks, number)
    found = town.centre().solve(number, Deadline(20.0))
    assert found.longest_m == pytest.approx(_shortest(walks, number))
    assert found.bound_m == pytest.approx(found.longest_m)
    assert found.opened.sum() <= number
    assert found.longest_m == pytest.approx(walks[:, found.opened].min(axis=1).max())


def test_facilities_that_are_there_stay_open_and_fewer_sites_walk_further() -> None:
    walks = _plane(3, 50, 11)
    centre = _Town(walks, 2, kept=(4,)).centre()
    two, one = (centre.solve(number, Deadline(20.0)) for number in (2, 1))
    assert two.opened[4]
    assert one.opened[4]
    assert two.longest_m == pytest.approx(_shortest(walks, 2, (4,)))
    assert one.longest_m == pytest.approx(_shortest(walks, 1, (4,)))
    assert two.longest_m <= one.longest_m
    assert centre.solve(0, Deadline(20.0)).longest_m == pytest.approx(walks[:, 4].max())


def test_without_time_there_is_a_choice_and_a_bound_that_holds() -> None:
    for seed in range(8):
        walks = _plane(seed, 80, 12)
        found = _Town(walks, 3).centre().solve(3, Deadline(0.0))
        best = _shortest(walks, 3)
        assert found.bound_m <= best + 1e-9
        assert best <= found.longest_m + 1e-9 < np.inf
        assert 1 <= found.opened.sum() <= 3


def test_few_of_many_places_are_looked_at() -> None:
    town = _Town(_plane(5, 4000, 40), 4)
    found = town.centre().solve(4, Deadline(30.0))
    assert found.longest_m == pytest.approx(found.bound_m)
    assert town.rows < 400


def test_a_budget_is_kept_and_too_little_of_it_is_an_error() -> None:
    walks, price = _plane(9, 30, 8), np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
    town = _Town(walks, 3)
    town.problem = town.problem._replace(price=price, budget=6.0)
    able = [list(c) for k in (1, 2, 3) for c in itertools.combinations(range(8), k) if price[list(c)].sum() <= 6]
    found = town.centre().solve(3, Deadline(20.0))
    assert price[found.opened].sum() <= 6
    assert found.longest_m == pytest.approx(min(float(walks[:, c].min(axis=1).max()) for c in able))
    town.problem = town.problem._replace(budget=0.5)
    with pytest.raises(InfeasibleError):
        town.centre().solve(3, Deadline(20.0))


def test_places_without_a_site_in_reach_or_people_do_not_count() -> None:
    walks = np.array([[10.0, 90.0], [500.0, 600.0], [80.0, 20.0], [400.0, 30.0]])
    town = _Town(walks, 1)
    town.problem = town.problem._replace(weight=np.array([1.0, 1.0, 1.0, 0.0]))
    centre = town.centre(reach_m=100.0)
    assert centre.out.tolist() == [False, True, False, False]
    found = centre.solve(1, Deadline(5.0))
    assert found.opened.tolist() == [True, False]
    assert found.longest_m == found.bound_m == 80
    assert town.centre(reach_m=5.0).solve(1, Deadline(5.0)).longest_m == 0


def test_where_every_place_is_a_site_nobody_walks() -> None:
    town = _Town(np.array([[np.inf, np.inf], [0.0, 50.0], [0.0, 70.0]]), 2)
    assert town.centre(reach_m=100.0).solve(2, Deadline(5.0))[1:] == (0.0, 0.0)


def test_the_table_of_the_places_looked_at_has_their_walks_up_to_a_length() -> None:
    walks = _plane(1, 40, 9)
    centre = _Town(walks, 2).centre()
    longest = centre.solve(2, Deadline(10.0)).longest_m
    problem, places = centre.table(longest)
    assert len(problem.weight) == len(places) <= 40
    assert problem.walk_m.max() <= longest * (1 + 1e-6)
    assert np.array_equal(problem.walk_m, walks[places[problem.demand], problem.site])
    assert set(problem.demand.tolist()) == set(range(len(places)))
