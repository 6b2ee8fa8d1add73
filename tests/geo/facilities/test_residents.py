"""Residents by floor, by a population that is given, by streets; their sum is the known one."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.core.crs import WGS84
from geo.core.text import pick
from geo.facilities.resident_documents import ResidentsDocument
from geo.facilities.residents import homes_evidence, residents
from geo.rules import Profile
from geo.study.schema import conform_geo
from tests.support.drawn import CRS, degrees, layers_of, road

BOXES = {"west": (0, -50, 250, 80), "east": (250, -50, 500, 80)}


def context(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return conform_geo(gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84), "context")


def home(x: float, use: str, levels: float | None, size: float = 20.0) -> dict[str, Any]:
    shape = shapely.box(x - size / 2, 20, x + size / 2, 20 + size)
    return {"kind": "building", "use": use, "levels": levels, "geometry": degrees(shape)}


def population(rows: list[tuple[shapely.Geometry, float]]) -> gpd.GeoDataFrame:
    table = {"population_id": [f"P{n}" for n in range(len(rows))], "residents": [people for _, people in rows]}
    shapes = [degrees(shape) for shape, _ in rows]
    return conform_geo(gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84), "population")


STREETS = layers_of([road([(0, 0), (500, 0)])])["roads"]
HOMES = context([home(50, "apartments", 6), home(150, "yes", None), home(350, "office", 9), home(400, "garage", 1)])
NONE = conform_geo(gpd.GeoDataFrame(geometry=[], crs=WGS84), "population")


def test_residents_are_the_floor_of_homes_by_the_floor_that_a_person_has(profile: Profile) -> None:
    rules = profile.changed({"coverage.floor_per_person": 40.0, "need.default_levels": 3.0})
    found = residents(STREETS, HOMES, NONE, CRS, rules)
    assert found.weight == pytest.approx([400 * 6 / 40, 400 * 3 / 40], rel=1e-3)
    assert found.table["source"].tolist() == ["levels", "floor"], "offices and garages are no homes"
    known = residents(STREETS, HOMES, NONE, CRS, rules, total=1000.0)
    assert known.weight.sum() == pytest.approx(1000)
    assert known.weight[0] / known.weight[1] == pytest.approx(2)
    assert known.calibrated == pytest.approx(1000 / 90, rel=1e-3)


def test_a_population_is_divided_by_floor_or_along_streets_and_nobody_is_lost(profile: Profile) -> None:
    given = population(
        [
            (shapely.box(*BOXES["west"]), 900.0),
            (shapely.box(*BOXES["east"]), 70.0),
            (shapely.box(0, 5000, 100, 5100), 5.0),
            (shapely.Point(480, 10), 12.0),
        ]
    )
    found = residents(STREETS, HOMES, given, CRS, profile)
    sums = found.table.groupby("source")["demand"].sum()
    assert sums["population"] == pytest.approx(900), "the homes of the west, by floor"
    assert sums["population_streets"] == pytest.approx(70), "no home in the east: along its street"
    assert sums["population_points"] == pytest.approx(17), "points, and an area with neither"
    west = found.table[found.table["source"] == "population"]["demand"].to_numpy()
    assert west[0] / west[1] == pytest.approx(6 / float(profile["need.default_levels"]), rel=1e-3)
    xs = shapely.get_x(shapely.centroid(found.shapes[(found.table["source"] == "population_streets").to_numpy()]))
    assert len(xs) >= 2


def test_the_points_of_a_grid_stand_for_its_cells_and_nobody_counts_twice(profile: Profile) -> None:
    grid = population([(shapely.Point(x, y), 10.0) for x in range(50, 500, 100) for y in (30, 130)])
    found = residents(STREETS, HOMES, grid, CRS, profile)
    assert found.weight.sum() == pytest.approx(100), "and no estimate beside it"
    sums = found.table.groupby("source")["demand"].sum()
    assert sums["population"] == pytest.approx(20), "the cells of the two homes"
    assert sums["population_streets"] == pytest.approx(30), "cells on the street without homes"
    assert sums["population_points"] == pytest.approx(50), "cells with neither"


def test_homes_outside_of_a_given_population_keep_their_estimate(profile: Profile) -> None:
    given = population([(shapely.box(100, -50, 500, 80), 500.0)])
    found = residents(STREETS, HOMES, given, CRS, profile).table
    assert set(found["source"]) == {"levels", "population"}
    assert found.loc[found["source"] == "population", "demand"].sum() == pytest.approx(500)


def test_without_homes_and_population_people_are_along_the_streets(profile: Profile) -> None:
    rows = [road([(0, 0), (500, 0)]), road([(0, 90), (500, 90)], tier="unclassified", highway="motorway")]
    found = residents(layers_of(rows)["roads"], HOMES.iloc[:0], NONE, CRS, profile)
    assert found.weight.sum() == pytest.approx(0.5 * float(profile["coverage.residents_per_km"]), rel=1e-3)
    assert set(found.table["source"]) == {"streets"}


# ---- reading ---------------------------------------------------------------------------------------------------------


def test_few_streets_with_mapped_homes_are_no_proof(profile: Profile) -> None:
    # ten streets that are walked and graded, a service way, a motorway; homes at so many of the ten
    roads = gpd.GeoDataFrame(
        {
            "street_id": [*(f"s{number}" for number in range(10)), "service", "motorway"],
            "tier": ["back_street"] * 10 + ["unclassified"] * 2,
            "walk": [True] * 11 + [False],
            "length_m": [100.0] * 5 + [300.0] * 7,
        }
    )

    def evidence(homes: int, people: list[float] | None = None, total: float | None = None) -> ResidentsDocument:
        ids = [*(f"H{number}" for number in range(homes)), "Ss9+1"]
        demand = pd.DataFrame({"demand_id": ids, "street_id": [*roads["street_id"][:homes], "s9"]})
        return homes_evidence(demand, roads, pd.DataFrame({"residents": people or []}), total, profile)

    few, enough = evidence(4), evidence(5)
    assert (few["streets"], few["with_homes"], few["streets_with_homes"], few["length_with_homes"]) == (10, 4, 0.4, 0.2)
    assert not few["enough"]
    assert few["refused"] is not None
    assert "jiexu population" in pick(few["refused"], "zh")
    assert "40%" in pick(few["refused"], "en")
    assert enough["enough"]
    assert enough["refused"] is None
    assert evidence(0, [0.0])["refused"] is not None, "a population of nobody is none"
    assert evidence(0, [500.0])["enough"]
    assert evidence(0, total=500.0)["enough"]
