"""Points are read, masked and located on the right side of the right street."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.core.crs import WGS84, metric_crs
from geo.core.errors import InputError
from geo.core.masking import mask
from geo.files.formats import read_file
from geo.points.file_kind import RowsOf
from geo.points.reading import STEPS, Draft, Options, read_points
from geo.rules import load_profile
from geo.streets.locating import locate

CRS = metric_crs(114.3, 36.0, 114.4, 36.2)


def read(tmp_path: Path, text: str, kind: str = "complaints") -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    file = tmp_path / "points.csv"
    file.write_text(text, encoding="utf-8")
    reading = read_points(file, kind, load_profile())  # type: ignore[arg-type]
    return reading.points, reading.findings


def test_a_chinese_export_is_read(tmp_path: Path) -> None:
    points, findings = read(
        tmp_path,
        "工单编号,诉求类型,受理时间,处置方式,诉求内容,经度,纬度\n"
        "A1,店外经营,2025-03-01 08:30,管理,占道,114.35,36.1\n"
        "A2,新类型,2025/3/2,服务,,114.36,36.1\n",
    )
    assert findings.empty
    assert points["complaint_id"].tolist() == ["A1", "A2"]
    assert points["category"].tolist() == ["outside_trading", "新类型"]
    assert points["response"].tolist() == ["management", "service"]
    assert points["received_at"].iloc[0] == pd.Timestamp("2025-03-01 08:30", tz="Asia/Shanghai")
    assert points["source"].tolist() == ["points.csv"] * 2


def test_rows_without_a_place_and_doubtful_cells_are_findings_and_good_rows_stay(tmp_path: Path) -> None:
    points, findings = read(
        tmp_path,
        "id,x,y,面积,违规次数\n1,114.35,36.1,3,0\n2,,,2,1\n3,0,0,2,1\n4,500000,4000000,1,1\n1,114.36,36.1,big,-2\n",
        "stalls",
    )
    assert points["stall_id"].tolist() == ["1", "1-row-6"]
    assert sorted(zip(findings["row"], findings["column"], strict=True)) == [
        (3, "lon, lat"),
        (4, "lon, lat"),
        (5, "lon, lat"),
        (6, "area_m2"),
        (6, "offences"),
        (6, "stall_id"),
    ]
    assert points["area_m2"].tolist()[0] == 3
    assert np.isnan(points["area_m2"].iloc[1])


def test_a_file_without_any_coordinate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="coordinates"):
        read(tmp_path, "id,地址\n1,文峰大道1号\n")


SECRETS = {
    "手机 13812345678 请回电": "13812345678",
    "电话+86 138-1234-5678": "1234-5678",
    "座机0372-5921234，": "0372-5921234",
    "身份证410502199003071234。": "410502199003071234",
    "身份证41050219900307123X": "41050219900307123X",
    "车牌豫E12345乱停": "豫E12345",
    "新能源豫ED12345": "豫ED12345",
    "联系人：王建国，": "王建国",
    "张先生反映占道": "张",
    "我叫李小明。": "李小明",
}


@pytest.mark.parametrize("text", SECRETS)
def test_what_names_a_person_is_masked(text: str) -> None:
    masked = mask(pd.Series([text])).iloc[0]
    assert SECRETS[text] not in masked
    assert "[" in masked


@pytest.mark.parametrize(
    "text", ["文峰大道12号门前", "2025年3月1日 14:30", "面积12.5平方米，高2米", "订单号 20250301000123"]
)
def test_what_names_nobody_stays(text: str) -> None:
    assert mask(pd.Series([text, None])).tolist() == [text, None]


def test_no_secret_reaches_the_study(built: Path) -> None:
    with sqlite3.connect(built) as connection:
        texts = [row[0] for row in connection.execute("SELECT text FROM complaints WHERE text LIKE '%联系人%'")]
    assert len(texts) > 10
    assert all("[姓名]" in text and "[电话]" in text for text in texts)
    assert b"\xe5\xbc\xa0\xe4\xbc\x9f" not in built.read_bytes()  # 张伟


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-300, 300), st.floats(-300, 300)), min_size=2, max_size=5, unique=True),
    st.floats(0.05, 0.95),
    st.sampled_from([-1, 1]),
)
def test_a_point_beside_a_line_is_located_where_it_was_put(
    corners: list[tuple[float, float]], share: float, left: int
) -> None:
    """A point set 2 m off a straight stretch comes back with its side, offset and distance."""
    line = shapely.LineString(np.array(corners)[:2] + np.array([500_000.0, 4_000_000.0]))
    if line.length < 50:
        return
    offset = line.length * share
    (x0, y0), (x1, y1) = line.coords
    ux, uy = (x1 - x0) / line.length, (y1 - y0) / line.length
    place = shapely.Point(x0 + ux * offset - left * uy * 2, y0 + uy * offset + left * ux * 2)
    row = {"segment_id": ["1-0"], "street_id": ["s1"], "highway": ["residential"]}
    roads = gpd.GeoDataFrame(row, geometry=[line], crs=CRS).to_crs(WGS84)
    points = gpd.GeoDataFrame(geometry=[place], crs=CRS).to_crs(WGS84)
    found = locate(points, roads, CRS, load_profile()).iloc[0]
    assert found["side"] == ("left" if left == 1 else "right")
    assert found["offset_m"] == pytest.approx(offset, abs=0.02)
    assert found["distance_m"] == pytest.approx(2, abs=0.02)


def random_city(seed: int, count: int) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return crooked segments, a third of them service ways, and points around them, in metres."""
    rng = np.random.default_rng(seed)
    start = rng.uniform(0, 3000, (count, 1, 2)) + np.array([500_000, 4_000_000])
    lines = [shapely.LineString(line) for line in start + np.cumsum(rng.normal(0, 40, (count, 4, 2)), axis=1)]
    roads = gpd.GeoDataFrame(
        {
            "segment_id": [f"{i}-0" for i in range(count)],
            "street_id": [f"s{i // 2}" for i in range(count)],
            "highway": rng.choice(["residential", "primary", "service"], count),
        },
        geometry=lines,
        crs=CRS,
    )
    around = shapely.line_interpolate_point(
        np.array(lines)[rng.integers(0, count, 4000)], rng.random(4000), normalized=True
    )
    places = shapely.get_coordinates(around) + rng.normal(0, 25, (4000, 2))
    return roads.to_crs(WGS84), gpd.GeoDataFrame(geometry=shapely.points(places), crs=CRS).to_crs(WGS84)


@pytest.mark.parametrize("seed", range(3))
def test_many_points_are_located_as_a_person_would_one_by_one(seed: int) -> None:
    """The plain definition: every distance, service ways set back, and whether another street is as near."""
    profile = load_profile()
    roads, points = random_city(seed, 300)
    found = locate(points, roads, CRS, profile)
    few = locate(points.iloc[:500], roads, CRS, profile)
    pd.testing.assert_frame_equal(pd.DataFrame(few), pd.DataFrame(found.iloc[:500]))
    metric = shapely.distance(
        points.geometry.to_crs(CRS).to_numpy()[:, None], roads.geometry.to_crs(CRS).to_numpy()[None, :]
    )
    cost = metric + np.where(roads["highway"] == "service", profile["points.service_way"], 0.0)
    best = cost.argmin(axis=1)
    tie = np.sort(cost, axis=1)[:, 1] - cost.min(axis=1) < 1e-4
    assert (found["segment_id"].to_numpy() == roads["segment_id"].to_numpy()[best])[~tie].all()
    np.testing.assert_allclose(found["distance_m"], np.take_along_axis(metric, best[:, None], 1)[:, 0], atol=0.02)
    street = roads["street_id"].to_numpy()
    others = np.where(street[None, :] == street[best][:, None], np.inf, cost).min(axis=1)
    gap = others - cost.min(axis=1) - profile["points.ambiguous_within"]
    clear = np.abs(gap) > 0.01
    assert (found["ambiguous"].to_numpy() == (gap <= 0))[clear & ~tie].all()


def test_far_points_are_located_too() -> None:
    roads, points = random_city(1, 40)
    far = points.translate(0.05, 0.02)
    moved = gpd.GeoDataFrame(geometry=far, crs=WGS84)
    found = locate(moved, roads, CRS, load_profile())
    expected = shapely.distance(far.to_crs(CRS).to_numpy()[:, None], roads.geometry.to_crs(CRS).to_numpy()[None, :])
    assert found["segment_id"].notna().all()
    assert (found["distance_m"] <= expected.min(axis=1) + load_profile()["points.service_way"] + 0.05).all()


def test_real_permits_are_kept_or_refused_for_a_reason(shared: Callable[[str], Path]) -> None:
    """San Francisco's permits: 33 of 488 have no coordinates but zero; all others are where their row says."""
    reading = read_points(shared("sf_mobile_food_permits.csv"), "stalls", load_profile())
    assert (reading.rows, len(reading.points), len(reading.findings)) == (488, 455, 33)
    table = pd.read_csv(shared("sf_mobile_food_permits.csv"), dtype=str)
    zero = table.index[table["Latitude"].astype(float) == 0] + 2
    assert sorted(reading.findings["row"]) == zero.tolist()
    placed = table.set_index("locationid").loc[reading.points["stall_id"]]
    np.testing.assert_allclose(reading.points.geometry.x, placed["Longitude"].astype(float))
    np.testing.assert_allclose(reading.points.geometry.y, placed["Latitude"].astype(float))
    assert reading.points["permit_until"].dropna().str.fullmatch(r"\d{4}-\d\d-\d\d").all()


def test_the_steps_of_reading_stand_in_order_and_change_no_draft(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("工单编号,诉求内容,经度,纬度\nA1,联系人：王建国,114.35,36.1\n,占道,0,0\n", encoding="utf-8")
    raw = read_file(file)
    draft = Draft(file, raw, "points.csv", RowsOf("complaints"), None, Options(), {})
    drafts = [draft]
    for step in STEPS:
        drafts.append(step(drafts[-1]))
    assert [step.__name__ for step in STEPS] == [
        *("find_columns", "find_pairs", "decide_system", "place_rows", "clean_cells", "mask_text", "name_rows")
    ]
    assert (draft.found.empty, draft.findings, draft.mapping) == (True, (), {})
    columns, pairs, system, places, cells, masked, named = drafts[1:]
    assert columns.mapping == {"complaint_id": "工单编号", "text": "诉求内容", "lon": "经度", "lat": "纬度"}
    assert pairs.pairs.tolist() == [[114.35, 36.1], [0, 0]]
    assert str(system.system) == "WGS84"
    assert places.precision.tolist() == ["coordinates", None]
    assert [finding.row for finding in places.findings] == [3]
    assert cells.clean["text"].iloc[0] == "联系人：王建国"
    assert masked.clean["text"].iloc[0] == "联系人：[姓名]"
    assert named.clean["complaint_id"].iloc[0] == "A1"
    assert named.former.isna().all(axis=1).tolist() == [True, False]


def test_a_users_system_stands_over_the_files_and_the_files_over_the_streets(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("id,x,y\n1,500000,4000000\n", encoding="utf-8")
    read_as = read_points(file, "stalls", load_profile(), options=Options(crs="EPSG:4547"))
    assert str(read_as.system) == "EPSG:4547"
    assert read_as.points.geometry.x.iloc[0] == pytest.approx(114, abs=0.01)
    assert read_as.verdict is None


def test_rows_without_an_identifier_are_told_apart_and_known_again(tmp_path: Path) -> None:
    text = "诉求内容,经度,纬度\n占道,114.35,36.1\n噪音,114.35,36.1\n占道,114.35,36.1\n"
    points, findings = read(tmp_path, text)
    first, second, third = points["complaint_id"]
    assert len({first, second, third}) == 3
    assert third == f"{first}-row-4"
    assert [len(name) for name in (first, second)] == [25, 25]
    assert findings["column"].tolist() == ["complaint_id"]
    again = read(tmp_path, "诉求内容,经度,纬度\n噪音,114.35,36.1\n占道,114.35,36.1\n")[0]
    assert again["complaint_id"].tolist() == [second, first]
