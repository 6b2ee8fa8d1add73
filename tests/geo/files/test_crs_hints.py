"""What a file says of its datum beside its numbers."""

from __future__ import annotations

import pytest

from geo.files.column_matching import propose_mapping
from geo.files.crs_hints import hint_of

AMAP = ["id", "name", "type", "typecode", "address", "location", "pname", "cityname", "adname"]
BAIDU = ["name", "location.lat", "location.lng", "address", "uid", "street_id", "detail_info.tag"]
TENCENT = ["id", "title", "location.lat", "location.lng", "ad_info.adcode", "ad_info.city", "_distance"]


@pytest.mark.parametrize(
    ("name", "headers", "used", "system"),
    [
        ("投诉_gcj02.csv", [], [], "GCJ-02"),
        ("投诉-GCJ-02坐标.xlsx", [], [], "GCJ-02"),
        ("poi_bd09.csv", [], [], "BD-09"),
        ("poi_bd09ll.csv", [], [], "BD-09"),
        ("stalls WGS84.geojson", [], [], "WGS84"),
        ("gps轨迹.csv", [], [], "WGS84"),
        ("gcj02_to_wgs84.csv", [], [], "WGS84"),
        ("gcj02转wgs84.csv", [], [], "WGS84"),
        ("wgs84togcj02.csv", [], [], "GCJ-02"),
        ("wgs2gcj.csv", [], [], "GCJ-02"),
        ("高德POI.csv", [], [], "GCJ-02"),
        ("百度地图导出.csv", [], [], "BD-09"),
        ("高德POI_wgs84.csv", AMAP, ["location"], "WGS84"),
        ("poi.csv", AMAP, ["location"], "GCJ-02"),
        ("poi.csv", BAIDU, ["location.lng", "location.lat"], "BD-09"),
        ("poi.csv", TENCENT, ["location.lng", "location.lat"], "GCJ-02"),
        ("poi.csv", [*AMAP, "wgs84_lng", "wgs84_lat"], ["wgs84_lng", "wgs84_lat"], "WGS84"),
        ("poi_gcj02.csv", ["bd_lng", "bd_lat"], ["bd_lng", "bd_lat"], "BD-09"),
        ("poi.csv", ["百度经度", "百度纬度"], ["百度经度", "百度纬度"], "BD-09"),
        ("高德.csv", BAIDU, ["location.lng", "location.lat"], None),
        ("gcj02和bd09.csv", [], [], None),
        ("投诉.csv", ["编号", "经度", "纬度", "uid"], ["经度", "纬度"], None),
        ("abdomen_2024.csv", ["type", "location"], ["location"], None),
        ("总台账(2).csv", ["x", "y"], ["x", "y"], None),
    ],
)
def test_names_and_makes_speak_for_a_datum(name: str, headers: list[str], used: list[str], system: str | None) -> None:
    hint = hint_of(name, headers, used)
    assert (hint.system if hint else None) == system
    if hint:
        assert hint.system in hint.text.zh
        assert hint.system in hint.text.en


def test_columns_that_name_their_datum_are_coordinates() -> None:
    assert propose_mapping(["编号", "bd_lng", "bd_lat"], "complaints")["lon"] == "bd_lng"
    assert propose_mapping(["lng_gcj02", "lat_gcj02"], "stalls") == {"lon": "lng_gcj02", "lat": "lat_gcj02"}
    both = propose_mapping(["lng_gcj02", "lat_gcj02", "lng_wgs84", "lat_wgs84"], "complaints")
    assert (both["lon"], both["lat"]) == ("lng_wgs84", "lat_wgs84")
    amap = propose_mapping([*AMAP, "wgs84_lng", "wgs84_lat"], "other")
    assert (amap["lon"], amap["lat"], "coordinates" in amap) == ("wgs84_lng", "wgs84_lat", False)
