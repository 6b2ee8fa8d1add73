"""Streets found by name: exactly, by another spelling, by likeness."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo.core.crs import WGS84
from geo.streets.layer import streets_layer
from geo.streets.street_index import StreetIndex


@pytest.fixture
def index() -> StreetIndex:
    """Return an index of three streets; the first has a named section, the second another spelling."""
    names = ["文峰大道", "文峰大道东段", "人民路", "解放路"]
    roads = gpd.GeoDataFrame(
        {
            "street_id": ["s1", "s1", "s2", "s3"],
            "name": names,
            "aliases": [None, None, "Renmin Road", None],
            "highway": "primary",
            "length_m": [400.0, 100.0, 300.0, 200.0],
        },
        geometry=[shapely.LineString([(x, 0), (x + 1, 0)]) for x in range(4)],
        crs=WGS84,
    )
    return StreetIndex(streets_layer(roads), roads)


def test_a_name_is_found_as_it_is_written_or_by_another_spelling(index: StreetIndex) -> None:
    assert index.find("人民路", 0.8) == ("exact", ["s2"], 1.0)
    assert index.find("Renmin Road", 0.8) == ("alias", ["s2"], 1.0)
    how, streets, certainty = index.find("人民大街", 0.99)
    assert (how, streets, certainty) == ("alias", ["s2"], 1.0), "another word for street, and no other of that stem"


def test_a_name_that_no_street_has_is_not_found_but_has_neighbours(index: StreetIndex) -> None:
    assert index.find("海滨栈桥", 0.8)[1] == []
    assert index.nearest("解放道路", 0.3)[0] == "解放路"


def test_a_section_s_name_means_its_segments_and_the_street_s_name_all(index: StreetIndex) -> None:
    part = index.named_part("s1", "文峰大道东段")
    assert part is not None
    assert part.tolist() == [False, True, False, False]
    assert index.named_part("s1", "文峰大道") is None
    assert index.rows_of("s1").tolist() == [0, 1]
