"""JSON is read as features or as records; what is no record is named, and counts as left out."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import shapely

from geo.core.errors import InputError
from geo.files.formats import read_file

POINT = {"type": "Point", "coordinates": [24.94, 60.17]}
FEATURE = {"type": "Feature", "properties": {"id": "a"}, "geometry": POINT}


def document(folder: Path, content: Any, name: str = "a.json") -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return file


def test_service_requests_of_open311_are_rows(tmp_path: Path) -> None:
    requests = [
        {"service_request_id": "1", "service_name": "乱停车", "lat": 60.169, "long": 24.9435, "media_url": None},
        {"service_request_id": "2", "service_name": "占道", "lat": 60.1691, "long": 24.9436, "extra": {"zone": "A"}},
    ]
    for content in (requests, {"service_requests": requests}, {"result": {"total": 2, "records": requests}}):
        raw = read_file(document(tmp_path, content))
        assert (raw.format, raw.points, raw.shapes) == ("json", None, None)
        assert raw.table["service_request_id"].tolist() == ["1", "2"]
        assert raw.table["long"].tolist() == ["24.9435", "24.9436"]
        assert raw.table["zone"].tolist() == [None, "A"]
        assert raw.table.index.tolist() == [2, 3]


def test_members_of_an_object_keep_its_name_where_they_are_two(tmp_path: Path) -> None:
    record = {"from": {"lat": 1, "lon": 2}, "to": {"lat": 3, "lon": 4}, "tags": ["a"], "place": {"city": "安阳"}}
    table = read_file(document(tmp_path, [record])).table
    assert table.iloc[0].to_dict() == {
        "from.lat": "1", "from.lon": "2", "to.lat": "3", "to.lon": "4", "tags": '["a"]', "city": "安阳",
    }  # fmt: skip


def test_a_geometry_among_the_members_of_a_record_is_its_place(tmp_path: Path) -> None:
    raw = read_file(document(tmp_path, [{"id": 1, "location": POINT}, {"id": 2, "location": None}]))
    assert raw.points is not None
    assert [None if point is None else (point.x, point.y) for point in raw.points] == [(24.94, 60.17), None]
    assert raw.table.columns.tolist()[0] == "id"


def test_lines_that_are_no_json_are_named_and_count(tmp_path: Path) -> None:
    lines = [json.dumps(FEATURE), '{"type": "Feature", "prop', json.dumps(FEATURE), "", json.dumps(FEATURE)]
    raw = read_file(document(tmp_path, "\n".join(lines), "a.geojsonl"))
    assert (raw.table.index.tolist(), raw.unread) == ([2, 4, 5], 1)
    (finding,) = raw.findings
    assert (finding.row, finding.problem.en) == (3, "Line 2 is no JSON")
    assert raw.points is not None
    assert not shapely.is_missing(raw.points[raw.table.index - 2]).any()


def test_features_that_are_none_are_named_and_count(tmp_path: Path) -> None:
    raw = read_file(document(tmp_path, {"type": "FeatureCollection", "features": [FEATURE, None, "x", FEATURE]}))
    assert (raw.table["id"].tolist(), raw.unread) == (["a", "a"], 2)
    assert [finding.row for finding in raw.findings] == [3, 4]


def test_a_sequence_of_records_without_geometry_is_a_table(tmp_path: Path) -> None:
    raw = read_file(document(tmp_path, '{"id": 1, "lon": 2.5}\n{"id": 12345678901234567890, "lon": 3}\n', "a.ndjson"))
    assert raw.table["id"].tolist() == ["1", "12345678901234567890"]
    assert raw.shapes is None


def test_topologies_and_the_json_of_esri_are_read_by_layer(tmp_path: Path) -> None:
    topology = {
        "type": "Topology",
        "objects": {
            "区": {
                "type": "GeometryCollection",
                "geometries": [{"type": "Polygon", "arcs": [[0]], "properties": {"n": "甲"}}],
            },
            "点": {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 1]}]},
        },
        "arcs": [[[0, 0], [1, 0], [1, 1], [0, 0]]],
    }
    raw = read_file(document(tmp_path, topology), prefer_areas=True)
    assert (raw.format, raw.table["n"].tolist()) == ("topojson", ["甲"])
    esri = {
        "geometryType": "esriGeometryPoint",
        "spatialReference": {"wkid": 4547},
        "features": [{"attributes": {"名称": "甲"}, "geometry": {"x": 500000, "y": 3990000}}],
    }
    raw = read_file(document(tmp_path, esri))
    assert (raw.format, raw.table["名称"].tolist()) == ("esrijson", ["甲"])
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4547


@pytest.mark.parametrize(
    "content",
    [
        "{broken", "[1, 2, 3]", '{"a": 1}', '{"features": 3}', '{"type": "Topology"}', "[" * 5000,
        '{"type":"FeatureCollection","features":[\n{"type":"Feature"},\n{"type":"Fea',
    ],
)  # fmt: skip
def test_other_json_is_refused_in_words(content: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_file(document(tmp_path, content))


@pytest.mark.slow
def test_mutated_json_is_read_or_refused(tmp_path: Path) -> None:
    good = json.dumps({"type": "FeatureCollection", "features": [FEATURE, {**FEATURE, "geometry": None}]})
    chance = random.Random(311)  # noqa: S311 (mutations, the same each time)
    for _ in range(300):
        text = list(good)
        for _ in range(chance.randint(1, 6)):
            text[chance.randrange(len(text))] = chance.choice('{}[]",:0e-nN.\x1e\n aT')
        try:
            read_file(document(tmp_path, "".join(text)), prefer_areas=True)
        except InputError as error:
            assert error.sentence("en")
