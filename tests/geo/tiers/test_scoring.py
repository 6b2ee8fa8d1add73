"""A street's points say what they are for, and add up."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.core.crs import WGS84
from geo.rules import Profile
from geo.streets.assembly import streets_layer
from geo.streets.roads import make_roads
from geo.study.file import read_layer
from geo.study.schema import INGREDIENTS, conform
from geo.tiers.grading import grade, nothing_around
from geo.tiers.scoring import Surroundings, measure_segments, score_streets
from tests.support.ways import make_ways


def scored(
    lines: list[list[tuple[int, int]]], tags: list[dict[str, str]], profile: Profile, around: Surroundings | None = None
) -> pd.DataFrame:
    """Return the scores by the street's name."""
    roads, crs = make_roads(make_ways(lines, tags), profile, Path("test.osm"))
    streets = streets_layer(roads)
    measured = measure_segments(roads, around or nothing_around(roads), profile, crs)
    return score_streets(streets, roads, measured, profile, crs).set_index(streets["name"])


def points(kinds: list[str], places: list[tuple[float, float]]) -> gpd.GeoDataFrame:
    shapes = [shapely.Point(114.30 + x * 0.001, 36.0 + y * 0.001) for x, y in places]
    return gpd.GeoDataFrame({"kind": kinds}, geometry=shapes, crs=WGS84)


def test_points_add_up_and_none_exceeds_its_weight(built: Path, profile: Profile) -> None:
    scores = read_layer(built, "street_scores")
    columns = [f"{name}_points" for name in INGREDIENTS]
    assert scores["score"].to_numpy() == pytest.approx(scores[columns].sum(axis=1).to_numpy(), abs=0.06)
    for name, column in zip(INGREDIENTS, columns, strict=True):
        assert scores[column].between(0, profile[f"tiers.score.weight.{name}"]).all()
    assert sum(profile.group("tiers.score.weight").values()) == 100
    assert set(scores["street_id"]) == set(read_layer(built, "streets")["street_id"])


def test_both_carriageways_make_a_streets_width(profile: Profile) -> None:
    one = {"highway": "primary", "name": "文峰大道", "oneway": "yes", "width": "10"}
    dual = scored([[(0, 0), (5, 0)], [(5, 1), (0, 1)]], [one, one], profile)
    single = scored([[(0, 0), (5, 0)]], [one], profile)
    assert dual["width_m"].iloc[0] == pytest.approx(20, abs=0.1)
    assert single["width_m"].iloc[0] == pytest.approx(10, abs=0.1)


def test_side_lanes_do_not_narrow_a_street(profile: Profile) -> None:
    main = {"highway": "primary", "name": "文峰大道", "width": "20"}
    lane = {"highway": "service", "name": "文峰大道辅路", "width": "4"}
    assert scored([[(0, 0), (5, 0)], [(0, 1), (5, 1)]], [main, lane], profile)["width_m"].iloc[0] == pytest.approx(20)


def test_shops_count_for_the_street_that_they_front(profile: Profile) -> None:
    tags = [{"highway": "residential", "name": name} for name in ("甲街", "乙街")]
    shops = points(["shop", "entrance", "shop", "shop", "bus_stop"], [(1, 0.1), (2, 0.1), (3, -0.1), (2, 3), (1, 0.1)])
    roads, _ = make_roads(make_ways([[(0, 0), (5, 0)], [(0, 6), (5, 6)]], tags), profile, Path("test.osm"))
    around = nothing_around(roads)._replace(facilities=shops)
    found = scored([[(0, 0), (5, 0)], [(0, 6), (5, 6)]], tags, profile, around)
    assert found.loc["甲街", "frontage_per_100m"] == pytest.approx(3 / 4.51, abs=0.01)
    assert found.loc["乙街", "frontage_per_100m"] == 0


def test_attractors_are_reached_on_foot_not_as_the_crow_flies(profile: Profile) -> None:
    lines = [[(0, 0), (1, 0)], [(0, 2), (1, 2)], [(1, 2), (9, 2)], [(9, 2), (9, 0)], [(9, 0), (1, 0)]]
    tags = [{"highway": "residential", "name": name} for name in ("甲街", "乙街", "丙街", "丁街", "戊街")]
    roads, _ = make_roads(make_ways(lines, tags), profile, Path("test.osm"))
    around = nothing_around(roads)._replace(facilities=points(["school", "market"], [(0, 2), (0, 2)]))
    found = scored(lines, tags, profile, around)
    assert found.loc["乙街", "attractors"] == 2
    assert found.loc["甲街", "attractors"] == 0


def test_complaints_count_only_where_a_study_has_them(profile: Profile) -> None:
    tags = [{"highway": "residential", "name": name} for name in ("甲街", "乙街")]
    lines = [[(0, 0), (5, 0)], [(0, 6), (5, 6)]]
    roads, _ = make_roads(make_ways(lines, tags), profile, Path("test.osm"))
    assert scored(lines, tags, profile)["complaints_per_km"].isna().all()
    on_first = pd.DataFrame({"segment_id": [roads["segment_id"].iloc[0]] * 4})
    found = scored(lines, tags, profile, nothing_around(roads)._replace(complaints=on_first))
    assert found.loc["甲街", "complaints_points"] > found.loc["乙街", "complaints_points"] == 0


def test_what_carries_no_kerb_use_carries_no_tier(profile: Profile) -> None:
    tags = [{"highway": name, "name": f"{name}路"} for name in ("motorway", "service", "busway", "residential")]
    roads, crs = make_roads(make_ways([[(i * 9, 0), (i * 9, 1)] for i in range(4)], tags), profile, Path("test.osm"))
    streets = grade(roads, None, conform(pd.DataFrame(), "decisions"), profile, crs).streets.set_index("name")
    assert streets["tier"].to_dict() == {
        "motorway路": "unclassified",
        "service路": "unclassified",
        "busway路": "unclassified",
        "residential路": "back_street",
    }
