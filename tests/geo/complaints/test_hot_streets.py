"""Which complaints count, what they are divided by, and how dense they are along the streets."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.complaints.hot_streets import Moment, _cut, exposure_of, hot_streets, kept_complaints
from geo.core.crs import WGS84
from geo.core.errors import StudyError
from geo.rules import Profile
from geo.study.schema import conform_geo
from tests.support.drawn import CRS, degrees, road, roads_layer

SHANGHAI = "Asia/Shanghai"
ROADS = roads_layer([road([(0, 0), (1000, 0)]), road([(0, 900), (500, 900)], street_id="s2")])


def complaint(number: int, offset: float, month: int = 3, segment: str | None = "1-0", **more: Any) -> dict[str, Any]:
    y = 900 if segment == "2-0" else 0
    given = {
        "category": "noise",
        "segment_id": segment,
        "offset_m": offset,
        "received_at": f"2025-{month:02}-15T04:00Z",
    }
    return {"complaint_id": f"C{number}", "geometry": degrees(shapely.Point(offset, y)), **given, **more}


def layer(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84)
    return conform_geo(table, "complaints")


def test_a_complaint_counts_once_if_it_lies_on_a_street() -> None:
    rows = [
        complaint(1, 10),
        complaint(2, 12, duplicate_of="C1"),
        complaint(3, 20, segment=None),
        complaint(4, 30, month=6, category="litter"),
    ]
    every = layer(rows)
    assert kept_complaints(every, SHANGHAI).rows["complaint_id"].tolist() == ["C1", "C4"]
    assert kept_complaints(every, SHANGHAI, category="litter").rows["complaint_id"].tolist() == ["C4"]
    assert kept_complaints(every, SHANGHAI, months=("2025-03", "2025-05")).rows["complaint_id"].tolist() == ["C1"]
    assert kept_complaints(every, SHANGHAI, months=("2025-06", "2025-06")).rows["complaint_id"].tolist() == ["C4"]


def test_exposure_is_kilometres_of_street_of_frontage_or_what_a_column_says(profile: Profile) -> None:
    scores = pd.DataFrame({"street_id": ["s1"], "frontage_per_100m": [3.0]})
    assert exposure_of(ROADS, scores, profile) == pytest.approx([1.0, 0.5], rel=1e-3)
    frontage = profile.changed({"hotspots.exposure": "frontage"})
    assert exposure_of(ROADS, scores, frontage) == pytest.approx([4.0, 0.5], rel=1e-3)
    walkers = ROADS.assign(walkers=["120", None])
    assert exposure_of(walkers, scores, profile, "walkers").tolist() == [120, 0]
    for column in ("footfall", "name"):
        with pytest.raises(StudyError, match=column):
            exposure_of(ROADS, scores, profile, column)


@pytest.mark.parametrize(
    ("kernel", "halfway"), [("epanechnikov", 0.75), ("quartic", 0.5625), ("gaussian", np.exp(-9 / 8))]
)
def test_a_moment_counts_what_was_near_then(kernel: str, halfway: float) -> None:
    # a gaussian has its bandwidth at three standard deviations
    times = pd.Series(pd.to_datetime(["2025-06-15", "2025-06-10", "2025-06-20", None], utc=True))
    weights = Moment(pd.Timestamp("2025-06-15", tz="UTC"), 10.0).weights(times, kernel)  # type: ignore[arg-type]
    assert weights == pytest.approx([1, halfway, halfway, 0])


def test_the_density_of_a_street_adds_up_to_its_complaints(profile: Profile) -> None:
    # far from both ends of a street, an event keeps all of its mass
    rules = profile.changed({"hotspots.permutations": 99, "hotspots.simulations": 19})
    rows = [complaint(number, 400.0 + 10 * number) for number in range(8)] + [complaint(9, 250.0, segment="2-0")]
    found = hot_streets(layer(rows), ROADS, np.array([1.0, 0.5]), CRS, rules, SHANGHAI, bandwidth_m=100.0)
    table = found.layer
    assert (found.counted, found.bandwidth_m) == (9, 100.0)
    assert (table["to_m"] - table["from_m"]).max() <= 25.001
    mass = (table["density"] / 1000 * (table["to_m"] - table["from_m"])).groupby(table["segment_id"]).sum()
    assert mass.to_dict() == pytest.approx({"1-0": 8, "2-0": 1}, rel=0.01)
    assert table["complaints"].groupby(table["segment_id"]).sum().to_dict() == {"1-0": 8, "2-0": 1}
    dense = table.loc[table["density"].idxmax()]
    assert dense["from_m"] <= 435 <= dense["to_m"], "in the middle of the eight"
    beyond = table[(table["segment_id"] == "1-0") & ((table["to_m"] < 300) | (table["from_m"] > 570))]
    assert (beyond["density"] == 0).all()


def test_around_a_moment_only_the_density_changes(profile: Profile) -> None:
    rules = profile.changed({"hotspots.permutations": 99, "hotspots.simulations": 19})
    rows = [complaint(1, 300.0, month=3), complaint(2, 600.0, month=6)]
    when = Moment(pd.Timestamp("2025-06-15T04:00Z"), 30.0)
    found = hot_streets(layer(rows), ROADS, np.array([1.0, 0.5]), CRS, rules, SHANGHAI, 100.0, when).layer
    first = found[found["segment_id"] == "1-0"].set_index("from_m")
    march, june = (first.iloc[first.index.searchsorted(at, "right") - 1] for at in (300, 600))
    assert (march["density"], march["complaints"]) == (0, 1)
    assert (june["density"] > 0, june["complaints"]) == (True, 1)


def test_stretches_of_lines_are_cut_as_shapely_cuts_them() -> None:
    rng = np.random.default_rng(721)
    lines = np.array([shapely.LineString(rng.uniform(0, 500, (size, 2)).cumsum(axis=0)) for size in (2, 3, 9, 40, 2)])
    pieces = np.array([1, 4, 7, 30, 3])
    row = np.repeat(np.arange(5), pieces)
    number = np.concatenate([np.arange(count) for count in pieces])
    step = (shapely.length(lines) / pieces)[row]
    xy, of = _cut(lines, row, number * step, (number + 1) * step)
    found = shapely.linestrings(xy, indices=of)
    assert len(found) == len(row)
    assert shapely.length(found) == pytest.approx(step)
    for at, distance in ((0, number * step), (-1, (number + 1) * step)):
        expected = shapely.line_interpolate_point(lines[row], distance)
        assert shapely.distance(shapely.get_point(found, at), expected).max() < 1e-6
    for line in range(len(lines)):
        whole = shapely.line_merge(shapely.multilinestrings(found[row == line])).simplify(1e-7)
        assert whole.equals_exact(lines[line].simplify(1e-7), 1e-5)
    assert len(_cut(lines, row[:0], step[:0], step[:0])[0]) == 0
