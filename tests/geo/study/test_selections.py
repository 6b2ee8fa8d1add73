"""Areas select the streets that lie in them; selections are kept in the study."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.build import Inputs, build_study
from geo.core.errors import StudyError
from geo.streets.name_search import streets_within
from geo.study.file import read_layer
from geo.study.reader import Study
from geo.study.selections import drop_selection, keep_selection

AREA = shapely.box(24.940, 60.166, 24.946, 60.169)


def test_an_area_selects_the_streets_with_half_their_length_in_it(built: Path) -> None:
    streets, crs = read_layer(built, "streets"), Study(built).crs
    half = streets_within(streets, AREA, crs, 0.5)
    plain = streets.to_crs(crs)
    inside = plain.intersection(gpd_area(crs)).length / plain.length
    assert half == sorted(streets.loc[inside >= 0.5, "street_id"])
    assert set(streets_within(streets, AREA, crs, 0.9)) < set(half) < set(streets_within(streets, AREA, crs, 0.01))


def gpd_area(crs: object) -> shapely.Geometry:
    return gpd.GeoSeries([AREA], crs=4326).to_crs(crs).iloc[0]


def test_an_area_that_crosses_itself_selects_too(built: Path) -> None:
    bow = shapely.Polygon([(24.94, 60.166), (24.946, 60.169), (24.946, 60.166), (24.94, 60.169)])
    chosen = streets_within(read_layer(built, "streets"), bow, Study(built).crs, 0.5)
    assert 0 < len(chosen) < len(streets_within(read_layer(built, "streets"), AREA, Study(built).crs, 0.5))


def test_a_selection_is_kept_replaced_and_dropped_and_outlives_a_rebuild(study: Path, sample: Inputs) -> None:
    first = keep_selection(study, "夜市 <b>", ["s1", "s2"], "Li")
    second = keep_selection(study, "夜市 <b>", ["s3"])
    build_study(study, sample)
    kept = read_layer(study, "selections")
    assert kept[["selection_id", "name"]].to_numpy().tolist() == [[second, "夜市 <b>"]]
    assert json.loads(kept["street_ids"].iloc[0]) == ["s3"]
    assert first != second or len(kept) == 1
    drop_selection(study, second)
    assert read_layer(study, "selections").empty


@pytest.mark.parametrize(("name", "ids"), [("  ", ["s1"]), ("a", [])])
def test_an_empty_selection_is_refused(name: str, ids: list[str], study: Path) -> None:
    with pytest.raises(StudyError):
        keep_selection(study, name, ids)
