"""Where a facility might go: junctions, kerbs, car parks, empty land, drawn land."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.core.crs import WGS84, to_degrees
from geo.facilities.candidates import drawn, junctions, kerbs, lots, vacant
from geo.network.graph import walking
from geo.rules import Profile
from tests.support.drawn import CRS, degrees, layers_of, plain, road

CROSS = [
    road([(0, 0), (200, 0)]),
    road([(200, 0), (400, 0)]),
    road([(200, 0), (200, 150)], street_id="s2", name="支路"),
]


def places(shapes: np.ndarray) -> np.ndarray:
    """Return the middles of shapes in metres on the drawn plain, in order."""
    xy = np.array([plain(*lonlat) for lonlat in to_degrees(shapely.get_coordinates(shapely.centroid(shapes)), CRS)])
    return xy[np.lexsort(np.round(xy).T[::-1])]


def test_junctions_and_ends_of_streets_are_candidates_but_no_bends(profile: Profile) -> None:
    layers = layers_of([*CROSS, road([(400, 0), (400, 150)])])
    network = walking(layers["roads"], layers["paths"], CRS)
    found = junctions(network, layers["roads"], profile)
    # where only two segments meet, at (400, 0), is no junction
    assert places(found.shapes) == pytest.approx(np.array([[0, 0], [200, 0], [200, 150], [400, 150]]), abs=0.05)
    assert found.table["source"].tolist() == ["junctions"] * 4
    assert (found.table["price"] == 1).all()
    assert found.table["capacity"].isna().all()


def test_of_junctions_close_together_one_is_a_candidate(profile: Profile) -> None:
    layers = layers_of([*CROSS, road([(205, 0), (205, -150)], street_id="s3")])
    network = walking(layers["roads"], layers["paths"], CRS)
    far, near = (
        len(junctions(network, layers["roads"], profile.changed({"sites.apart": metres})).shapes)
        for metres in (1.0, 1000.0)
    )
    assert (far, near) == (6, 1)


def test_both_kerbs_of_graded_streets_have_places_every_few_metres(profile: Profile) -> None:
    rows = [road([(0, 0), (200, 0)], width_m=8.0), road([(0, 90), (200, 90)], tier="unclassified", street_id="s2")]
    found = kerbs(layers_of(rows)["roads"], CRS, profile.changed({"sites.kerb_step": 100.5}))
    assert places(found.shapes) == pytest.approx(np.array([[50, -4], [50, 4], [150, -4], [150, 4]]), abs=0.05)
    assert set(found.table["name"]) == {"人民路"}


def areas(kind: str) -> gpd.GeoDataFrame:
    shapes = [degrees(shapely.box(x, 10, x + 40, 40)) for x in (0, 100)]
    return gpd.GeoDataFrame({"kind": [kind, "school"], "name": ["东地块", None]}, geometry=shapes, crs=WGS84)


def test_car_parks_and_empty_land_are_candidates_as_areas() -> None:
    for found, name in ((lots(areas("parking"), CRS), None), (vacant(areas("vacant"), CRS), "东地块")):
        assert shapely.area(found.shapes) == pytest.approx([1200], rel=1e-3)
        assert found.table["name"].tolist() == [name]


def test_drawn_land_is_one_candidate() -> None:
    corners = shapely.get_coordinates(degrees(shapely.box(0, 0, 50, 20)))
    found = drawn(corners, CRS)
    assert shapely.area(found.shapes) == pytest.approx([1000], rel=1e-3)
    assert found.table["source"].tolist() == ["drawn"]
