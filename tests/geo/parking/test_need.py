"""Who looks for a parking space where, and which bays relieve that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.core.crs import WGS84
from geo.network.graph import walking
from geo.parking.choice import BayProblem, Choice, choose, whole
from geo.parking.mapped import Mapped
from geo.parking.need import (
    Cells,
    WalkReach,
    at_night,
    demand,
    off_street,
    on_street,
    spaces_within,
    spread,
    within_walk,
)
from geo.parking.study import plan_bays
from geo.rules import Profile, load_profile
from geo.stalls.decisions import decide_zone
from geo.study.file import read_layer
from geo.study.reader import Study
from geo.study.schema import conform, conform_geo
from tests.support.drawn import CRS, degrees, layers_of, road

# ---- demand and supply --------------------------------------------------------------------------------------------


def streets() -> dict[str, gpd.GeoDataFrame]:
    """Two streets that meet at right angles, 594 m and 297 m long: cells of 99 m."""
    return layers_of([road([(0, 0), (594, 0)]), road([(594, 0), (594, 297)], street_id="s2")])


def cells_of(layers: dict[str, gpd.GeoDataFrame], at_most_m: float = 100.0) -> tuple[Cells, Any]:
    network = walking(layers["roads"], layers["paths"], CRS)
    return Cells(layers["roads"], network, at_most_m), network


def building(x: float, y: float, use: str, levels: float, size: float = 20.0) -> dict[str, Any]:
    square = shapely.box(x - size / 2, y - size / 2, x + size / 2, y + size / 2)
    return {"kind": "building", "use": use, "levels": levels, "geometry": degrees(square)}


def complaint(number: int, at: str, offset: float, segment: str = "1-0", **more: Any) -> dict[str, Any]:
    given = {"category": "illegal_parking_motor", "segment_id": segment, "offset_m": offset, "received_at": at}
    return {"complaint_id": f"C{number}", **given, **more}


def complaints_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return conform(pd.DataFrame(rows), "complaints")


def test_cars_at_buildings_and_complaints_belong_to_the_street_before_them(profile: Profile) -> None:
    layers = streets()
    cells, _ = cells_of(layers)
    rules = profile.changed({"need.own_space": 0.5})
    rows = [building(150, 30, "apartments", 6), building(450, 30, "office", 2), building(50, 20, "garage", 1)]
    context = conform_geo(gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84), "context")
    reports = complaints_of(
        [
            complaint(1, "2026-03-02T14:30:00Z", 310.0),  # half past ten at night in China
            complaint(2, "2026-03-02T02:00:00Z", 310.0),  # ten in the morning
            complaint(3, "2026-03-02T02:10:00Z", 312.0, duplicate_of="C2"),
            complaint(4, "2026-03-02T02:00:00Z", 310.0, category="noise"),
        ]
    )
    cars = demand(layers["roads"], cells, context, reports, CRS, rules, "Asia/Shanghai")
    # 400 m2 of six storeys: 2400 m2 x 0.7 a hundred, half of them without a space
    assert cars["night"][1] == pytest.approx(24 * 0.7 / 2, rel=0.01)
    assert cars["day"][1] == pytest.approx(24 * 0.3 / 2, rel=0.01)
    assert cars["day"][4] == pytest.approx(8 * 0.8 / 2, rel=0.01)
    assert (cars["day"][3], cars["night"][3]) == (1.0, 1.0)
    assert cars["night"][0] == 0, "nobody parks because of a garage"


def test_the_night_runs_past_midnight(profile: Profile) -> None:
    times = pd.to_datetime(pd.Series(["2026-03-01T23:30:00Z", "2026-03-02T11:59:00Z", "2026-03-02T12:00:00Z"]))
    # 07:30, 19:59 and 20:00 on the study's clock
    assert at_night(times, profile, "Asia/Shanghai").tolist() == [False, False, True]
    assert at_night(pd.Series(pd.to_datetime([None], utc=True)), profile, "Asia/Shanghai").tolist() == [False]


def test_a_car_park_without_a_capacity_is_counted_by_its_area(profile: Profile) -> None:
    layers = layers_of(
        [road([(0, 0), (600, 0)])],
        [
            {"kind": "parking", "x": 100, "y": 30, "size_m": 28.2},
            {"kind": "parking", "x": 200, "y": 30, "capacity": 55, "size_m": 28.0},
            {"kind": "parking", "x": 300, "y": 30},
            {"kind": "parking", "x": 400, "y": 30, "size_m": 100.0},
        ],
    )
    facilities = layers["facilities"].assign(access=[None, "customers", None, "private"])
    _, network = cells_of(layers)
    listed = conform_geo(
        gpd.GeoDataFrame(
            [{"kind": "off_street", "capacity": 12, "night_only": True, "geometry": degrees(shapely.Point(10, 9))}],
            geometry="geometry",
            crs=WGS84,
        ),
        "parking",
    )
    found = off_street(facilities, layers["facility_areas"], listed, network, CRS, profile)
    assert found.spaces["night"].tolist() == [28.0, 55.0, 20.0, 12.0]
    assert found.spaces["day"].tolist() == [28.0, 55.0, 20.0, 0.0]


def test_parking_along_a_whole_side_is_spread_over_it() -> None:
    layers = streets()
    cells, _ = cells_of(layers)
    none = np.zeros(1, dtype=bool)
    side = Mapped(np.array([0]), np.zeros(1), np.array([594.0]), ~none, none, np.array([60.0]), np.ones(4, dtype=bool))
    found = on_street(side, layers["parking"], cells)
    assert found["day"][:6] == pytest.approx(np.full(6, 10.0), abs=1e-6)
    assert spread(np.zeros(1), np.zeros(1), np.ones(1))[0][1].tolist() == [1.0]


def test_only_places_within_the_walk_count() -> None:
    layers = streets()
    cells, network = cells_of(layers)
    every = np.arange(len(cells))
    reach = within_walk(network, cells, cells.positions(np.array([0])), every, 300.0)
    assert reach.cell.tolist() == [0, 1, 2, 3], "the middles of pieces of 99 m"
    assert reach.walk_m == pytest.approx([0, 99, 198, 297], abs=0.1)


def test_spaces_are_shared_among_the_cars_within_a_walk() -> None:
    # place 0 is near to cells 0 and 1, place 1 to cell 1 only
    reach = WalkReach(np.array([0, 0, 1]), np.array([0, 1, 1]), np.zeros(3))
    found = spaces_within(reach, np.array([10.0, 6.0]), np.array([10.0, 30.0, 5.0]))
    # ten spaces among forty cars, six among thirty
    assert found == pytest.approx([10 * 0.25, 30 * (0.25 + 0.2), 0.0])


@given(st.lists(st.floats(0, 5), max_size=40))
def test_whole_cars_keep_their_sum(cars: list[float]) -> None:
    found = whole(np.array(cars))
    assert (found >= 0).all()
    assert abs(found.sum() - sum(cars)) <= 0.5 + 1e-9


# ---- choice -------------------------------------------------------------------------------------------------------


def pairs(draw: Any, places: int, cells: int) -> WalkReach:
    every = [(place, cell) for place in range(places) for cell in range(cells)]
    chosen = draw(st.lists(st.sampled_from(every), unique=True, max_size=12)) if every else []
    walks = draw(st.lists(st.integers(0, 300), min_size=len(chosen), max_size=len(chosen)))
    order = sorted(range(len(chosen)), key=chosen.__getitem__)
    return WalkReach(
        np.array([chosen[i][0] for i in order], dtype=np.int64),
        np.array([chosen[i][1] for i in order], dtype=np.int64),
        np.array([walks[i] for i in order], dtype=float),
    )


@st.composite
def problems(draw: Any) -> BayProblem:
    n, k, c = (draw(st.integers(low, 4)) for low in (1, 0, 1))
    few = st.integers(0, 4)

    def numbers(size: int) -> np.ndarray:
        return np.array(draw(st.lists(few, min_size=size, max_size=size)), dtype=np.int64)

    street = np.array(draw(st.lists(st.integers(0, 1), min_size=c, max_size=c)), dtype=np.int64)
    near, far = pairs(draw, k, n), pairs(draw, c, n)
    return BayProblem(numbers(n), numbers(k), near, numbers(c), far, street, numbers(2), draw(st.integers(0, 8)))


def most_served(problem: BayProblem) -> float:
    """Return the most cars that find a space, by a linear program (HiGHS) that knows nothing of flows."""
    near, far = problem.reach, problem.bay_reach
    a, b = len(near.place), len(far.place)
    if a + b == 0:
        return 0.0
    rows, limits = [], []
    for owner, size, most, offset in (
        (near.place, len(problem.spaces), problem.spaces, 0),
        (far.place, len(problem.bays), problem.bays, a),
        (problem.street[far.place] if b else far.place, len(problem.street_most), problem.street_most, a),
        (np.concatenate([near.cell, far.cell]), len(problem.cars), problem.cars, 0),
        (np.zeros(b, dtype=np.int64), 1, np.array([problem.budget]), a),
    ):
        table = np.zeros((size, a + b))
        table[owner, offset + np.arange(len(owner))] = 1
        rows.append(table)
        limits.append(most)
    return -float(linprog(-np.ones(a + b), np.concatenate(rows), np.concatenate(limits)).fun)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_the_choice_is_the_optimum_and_its_bound_proves_it(problem: BayProblem) -> None:
    found = choose(problem, np.array([1.0, 2.0]), 300.0)
    assert found.after == pytest.approx(most_served(problem))
    assert found.bound == found.after
    assert found.before <= found.greedy <= found.after
    assert found.bays.sum() == found.after - found.before == found.relieved.sum(), (
        "no bay is chosen that relieves nobody"
    )
    assert (found.bays <= problem.bays).all()
    assert (np.bincount(problem.street, weights=found.bays, minlength=2) <= problem.street_most).all()
    assert found.bays.sum() <= problem.budget


def simple(budget: int, most: int = 10) -> Choice:
    """Cells 0 and 1 have five cars each; candidate 0 is near both, candidate 1 (of another street) near cell 1 only."""
    return choose(
        BayProblem(
            cars=np.array([5, 5]),
            spaces=np.array([], dtype=np.int64),
            reach=WalkReach(np.array([], dtype=np.int64), np.array([], dtype=np.int64), np.array([])),
            bays=np.array([5, 5]),
            bay_reach=WalkReach(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([200.0, 10.0, 50.0])),
            street=np.array([0, 1]),
            street_most=np.array([most, 10]),
            budget=budget,
        ),
        np.array([1.0, 1.0]),
        300.0,
    )


def test_of_choices_that_relieve_as_many_the_one_with_the_shortest_walks_wins() -> None:
    assert (simple(5).after, simple(5).walk_m) == (5, 10.0)
    # all ten only if candidate 0 serves the cell that nobody else reaches
    assert simple(10).after == 10
    assert simple(10).walk_m == 125.0


def test_no_street_gives_more_of_its_kerb_than_its_share() -> None:
    assert simple(10, most=2).bays.tolist() == [2, 5]


def test_the_greedy_choice_may_miss_the_optimum() -> None:
    # the greedy one takes the candidate that is near six cars, and spends the budget of its street there
    problem = BayProblem(
        cars=np.array([3, 3, 3]),
        spaces=np.array([], dtype=np.int64),
        reach=WalkReach(np.array([], dtype=np.int64), np.array([], dtype=np.int64), np.array([])),
        bays=np.array([4, 3, 3]),
        bay_reach=WalkReach(np.array([0, 0, 1, 2]), np.array([0, 1, 0, 1]), np.array([1.0, 2.0, 3.0, 3.0])),
        street=np.array([0, 0, 1]),
        street_most=np.array([4, 3]),
        budget=10,
    )
    found = choose(problem, np.array([1.0, 1.0]), 300.0)
    assert found.after == 6
    assert found.greedy <= found.after


# ---- the study ----------------------------------------------------------------------------------------------------


def test_a_budget_chooses_bays_that_relieve(planned: Path, tmp_path: Path) -> None:
    path = tmp_path / "study.gpkg"
    path.write_bytes(planned.read_bytes())
    # a city of cars without spaces of their own
    rules = load_profile().changed({"need.own_space": 0.0, "need.within": 150.0, "need.kerb_share": 0.2})
    every = plan_bays(path, rules, night=True)
    assert "choice" not in every
    room = read_layer(path, "bays")
    summary = plan_bays(path, rules, night=True, budget=40)
    bays, found = read_layer(path, "bays"), summary["choice"]
    assert found["chosen"] == len(bays) == 40 == found["relieved"]
    assert (found["proven_gap"], found["period"]) == (0, "night")
    assert set(bays["bay_id"]) < set(room["bay_id"])
    assert not bays["mapped"].any(), "no bay where cars are parked already"
    assert bays["accessible"].sum() > 0
    need = read_layer(path, "parking_need")
    assert need["relieved"].sum() == 40
    assert need["bays"].sum() == 40
    kerbs = read_layer(path, "kerbs").groupby("street_id")["length_m"].sum()
    taken = bays.groupby("street_id").size() * 6.0
    assert (taken <= 0.2 * kerbs.reindex(taken.index) + 1e-6).all()
    some = need[need["spaces_night"] > 5]
    assert len(some) > 10
    assert np.allclose(some["pressure_night"], some["demand_night"] / some["spaces_night"], rtol=0.05, atol=0.02)


def test_nothing_is_chosen_where_everybody_finds_a_space(study: Path) -> None:
    rules = load_profile().changed({"need.own_space": 1.0, "need.cars_per_complaint": 0.001})
    summary = plan_bays(study, rules, budget=40)
    assert summary["choice"]["chosen"] == 0
    assert read_layer(study, "bays").empty


def test_chosen_bays_keep_clear_of_accepted_zones(planned: Path, tmp_path: Path) -> None:
    path = tmp_path / "study.gpkg"
    path.write_bytes(planned.read_bytes())
    rules = load_profile().changed({"need.own_space": 0.0})
    plan_bays(path, rules, budget=60)
    bays, zones = read_layer(path, "bays"), read_layer(path, "stall_zones")
    over = gpd.GeoDataFrame(zones, crs=WGS84).to_crs(Study(path).crs)
    over["geometry"] = over.geometry.buffer(1.0)
    hit = gpd.sjoin(over, gpd.GeoDataFrame(bays, crs=WGS84).to_crs(over.crs), predicate="intersects")
    zone = hit["zone_id"].iloc[0]
    decide_zone(path, zone, True, "夜市")
    plan_bays(path, rules, budget=60)
    after = gpd.GeoDataFrame(read_layer(path, "bays"), crs=WGS84).to_crs(over.crs)
    line = over.loc[over["zone_id"] == zone].geometry.iloc[0].buffer(-0.5)
    assert not after.geometry.buffer(-0.2).intersects(line).any()


def test_capacity_is_known_by_quarter(study: Path) -> None:
    summary = plan_bays(study)
    bays, quarters = read_layer(study, "bays"), read_layer(study, "quarters")
    assert sum(summary["per_quarter"].values()) == len(bays)
    assert set(bays["quarter_id"]) <= set(quarters["quarter_id"])
