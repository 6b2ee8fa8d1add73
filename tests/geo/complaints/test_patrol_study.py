"""Patrols of studies: districts in one piece and of even work, rounds along every street that they are for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.build import Inputs, build_study
from geo.complaints.patrol_study import plan_patrols
from geo.core.crs import WGS84
from geo.core.errors import StudyError
from geo.study.file import read_layer
from geo.study.reader import Study

CITIES = {"wudaokou": "beijing_wudaokou.osm.pbf", "guixi": "guixi.osm.pbf"}


def pieces(shape: shapely.Geometry) -> int:
    """How many pieces lines are in, as drawn."""
    parts = shapely.get_parts(shape)
    one, two = shapely.STRtree(parts).query(parts, predicate="intersects")
    links = coo_array((np.ones(len(one)), (one, two)), shape=(len(parts),) * 2)
    return int(connected_components(links, directed=False)[0])


def check(path: Path, most: float) -> None:
    """Check the districts and rounds of a study against what is said of them."""
    summary = plan_patrols(path, keep_earlier=True, people=len(read_layer(path, "patrol_districts")))
    districts, rounds = read_layer(path, "patrol_districts"), read_layer(path, "patrol_rounds")
    roads, crs = read_layer(path, "roads"), Study(path).crs
    asked = roads["walk"] & (
        (roads["tier"] != "unclassified") | roads["segment_id"].isin(read_layer(path, "complaints")["segment_id"])
    )
    assert districts["length_m"].sum() == pytest.approx(roads.loc[asked, "length_m"].sum(), rel=1e-3)
    metric = gpd.GeoDataFrame(districts, crs=WGS84).to_crs(crs).geometry
    assert metric.length.sum() == pytest.approx(districts["length_m"].sum() + districts["passage_m"].sum(), rel=1e-3)
    for shape, number in zip(districts.geometry, districts["pieces"], strict=True):
        assert pieces(shape) <= number
    if summary["network_parts"] == 1:
        assert (districts["pieces"] == 1).all()
    assert (districts["pieces"] - 1).sum() <= summary["network_parts"] - 1
    assert districts["work"].max() / districts["work"].mean() == pytest.approx(summary["balance"], abs=0.01)
    assert summary["bound"] <= summary["balance"] + 1e-9 <= max(most, summary["bound"]) + 0.01
    drawn = gpd.GeoDataFrame(rounds, crs=WGS84).to_crs(crs).geometry
    assert drawn.length.to_numpy() == pytest.approx(rounds["length_m"].to_numpy(), abs=0.3)
    for row, shape, line in zip(summary["districts"], metric, drawn, strict=True):
        (part,) = shapely.get_parts(line)
        assert shapely.is_closed(part)
        assert row["required_m"] <= row["bound_m"] + 0.2 <= row["round_m"] + 0.4
        assert row["kept_m"] == pytest.approx(row["length_m"], abs=0.2), "nothing changes where nothing changed"
        # the streets that a round is for lie in its district, whole
        assert shape.buffer(0.1).intersection(line).length >= row["required_m"] - 1


def test_patrols_of_the_sample(study: Path) -> None:
    for people in (12, 50):
        summary = plan_patrols(study, people, keep_earlier=False)
        assert summary["balance"] <= 1.1
        assert summary["kept"] is None
        districts = read_layer(study, "patrol_districts")
        assert len(districts) == len(read_layer(study, "patrol_rounds")) == people
        # three of the sample's complaints lie far from every street
        assert summary["left_out"]["districts"] == {"no_place": 3}
        assert districts["complaints"].sum() == len(read_layer(study, "complaints")) - 3
        assert all(row["to_hour"] - row["from_hour"] == 2 for row in summary["priorities"])
        check(study, 1.1)


@pytest.mark.slow
@pytest.mark.parametrize("city", list(CITIES))
def test_patrols_of_other_cities(city: str, shared: Callable[[str], Path], tmp_path: Path) -> None:
    path = tmp_path / f"{city}.gpkg"
    build_study(path, Inputs(shared(CITIES[city])))
    assert plan_patrols(path, 10)["balance"] <= 1.1
    check(path, 1.1)


def test_a_street_behind_a_locked_gate_is_named_with_its_reason(shared: Callable[[str], Path], tmp_path: Path) -> None:
    path = tmp_path / "guixi.gpkg"
    build_study(path, Inputs(shared(CITIES["guixi"])))
    summary = plan_patrols(path, 4)
    (unreached,) = [row for district in summary["districts"] for row in district["unreached"]]
    assert unreached["name"] == "冶金大道"
    assert "gate" in unreached["reason"]
    assert any("cannot be reached" in sentence for sentence in summary["says"])


@pytest.mark.slow
def test_districts_stay_when_people_change(study: Path) -> None:
    first = plan_patrols(study, 10)
    names = [row["district_id"] for row in first["districts"]]
    assert names == [f"W{number:02d}" for number in range(1, 11)]
    ill = plan_patrols(study, without=["W04"])
    assert [row["district_id"] for row in ill["districts"]] == [name for name in names if name != "W04"]
    assert ill["people"] == 9
    assert ill["kept"] is not None
    assert ill["kept"]["ended"] == ["W04"]
    assert ill["kept"]["share_of_staying"] is not None
    assert ill["kept"]["share_of_staying"] >= 0.85
    assert ill["balance"] <= 1.1
    back = plan_patrols(study, 10)
    assert back["kept"] is not None
    assert back["kept"]["added"] == ["W11"], "a number is not given twice"
    assert back["kept"]["share"] >= 0.75
    assert plan_patrols(study, 10)["kept"] == {
        "before": 10,
        "ended": [],
        "added": [],
        "share": 1.0,
        "share_of_staying": 1.0,
    }
    last = plan_patrols(study, without=["W11"])
    assert "W11" not in [row["district_id"] for row in last["districts"]], "nor to one that was not there"
    afresh = plan_patrols(study, 9, keep_earlier=False)
    assert [row["district_id"] for row in afresh["districts"]] == names[:9]
    with pytest.raises(StudyError, match="no district W77"):
        plan_patrols(study, without=["W77"])


def test_the_last_districts_supervisor_may_be_replaced(study: Path) -> None:
    plan_patrols(study, 5)
    found = plan_patrols(study, 5, without=["W05"])
    assert [row["district_id"] for row in found["districts"]] == ["W01", "W02", "W03", "W04", "W06"]


@pytest.mark.slow
def test_more_people_than_streets_is_said(shared: Callable[[str], Path], tmp_path: Path) -> None:
    path = tmp_path / "wudaokou.gpkg"
    build_study(path, Inputs(shared(CITIES["wudaokou"])))
    summary = plan_patrols(path, 2000)
    assert len(summary["districts"]) < 2000
    assert any("fewer districts than people" in sentence for sentence in summary["says"])
