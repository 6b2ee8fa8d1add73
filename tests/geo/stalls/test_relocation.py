"""Stalls in the way go where there is room, with the least walking for all of them together."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.core.crs import WGS84
from geo.kerbs.ground import KerbGround
from geo.network.graph import walking
from geo.rules import Profile
from geo.stalls.judging import judge
from geo.stalls.plan import Plan
from geo.stalls.planning import make_plan
from geo.stalls.relocation import Guidance, guide, needs_hall
from geo.stalls.verdicts import FORBIDDEN
from tests.support.drawn import CRS, degrees, layers_of, road


def test_goods_that_need_a_hall_are_known_by_their_words(profile: Profile) -> None:
    goods = pd.Series(["鲜肉", "手机贴膜", "卤味熟食", "Fresh Meat", "meatless burgers", None, "Fish & chips"])
    assert needs_hall(goods, profile["guide.hall_goods"]).tolist() == [True, False, True, True, False, False, True]


def stalls_at(places: list[tuple[float, str]], goods: list[str]) -> gpd.GeoDataFrame:
    """Return stalls on the drawn demonstration road, at metres from its start."""
    shapes = [degrees(shapely.Point(at, 6.0 if side == "left" else -6.0)) for at, side in places]
    return gpd.GeoDataFrame(
        {
            "stall_id": [f"T{number}" for number in range(len(places))],
            "goods": goods,
            "offences": pd.array([0] * len(places), dtype="Int64"),
            "segment_id": "1-0",
            "side": [side for _, side in places],
            "offset_m": [at for at, _ in places],
            "distance_m": 6.0,
        },
        geometry=shapes,
        crs=WGS84,
    )


def drawn(profile: Profile, capacity: int | None, lane_m: float) -> tuple[Plan, dict[str, gpd.GeoDataFrame]]:
    """A demonstration road 200 m long, a lane with room for a few stalls at its end, and a market hall beside it."""
    rows = [
        road([(0, 0), (200, 0)], tier="demonstration", highway="primary", width_m=12.0),
        road([(200, 0), (200, lane_m)], street_id="s2", name="小巷", width_m=6.0),
    ]
    layers = layers_of(rows, [{"kind": "market", "x": 100.0, "y": 20.0, "capacity": capacity}])
    return make_plan(KerbGround.of(layers, CRS, profile), profile), layers


def guided(profile: Profile, goods: list[str], capacity: int | None, lane_m: float) -> tuple[Plan, Guidance]:
    plan, layers = drawn(profile, capacity, lane_m)
    stalls = stalls_at([(150.0 + 2 * number, "left") for number in range(len(goods))], goods)
    judged = judge(plan, stalls)
    assert set(judged.verdict) == {FORBIDDEN}
    return plan, guide(plan, judged, stalls, layers["facilities"], walking(layers["roads"], layers["paths"], CRS))


def test_meat_goes_to_the_hall_and_the_rest_to_the_nearer_lane(profile: Profile) -> None:
    _, found = guided(profile, ["鲜肉", "水果", "蔬菜"], 5, 60.0)
    moves = found.moves.set_index("stall_id")
    assert moves.loc["T0", ["to_kind", "to_id"]].tolist() == ["hall", "node/1"]
    assert set(moves.loc[["T1", "T2"], "to_kind"]) <= {"zone", "hall"}
    assert found.gap_m == pytest.approx(0)
    assert found.total_walk_m == pytest.approx(moves["walk_m"].sum(), abs=0.2)


def test_a_shortage_is_named_with_what_would_end_it(profile: Profile) -> None:
    # a lane of 12 m has one row of four pitches at most; the hall one place
    plan, found = guided(profile, ["鲜肉", "熟食", *["水果"] * 6], 1, 12.0)
    pitches = int(plan.zones.pitches.sum())
    moves, shortage = found.moves, found.shortage
    assert (moves["to_kind"] == "zone").sum() == min(pitches, 6)
    assert (moves["to_kind"] == "hall").sum() == 1
    row = shortage.iloc[0]
    assert (row["name"], row["stalls"], row["pitches"], row["hall_places"]) == (
        "人民路",
        8 - pitches - 1,
        6 - pitches,
        1,
    )
    assert set(moves.loc[moves["to_kind"] == "none", "reason"]) == {"no_room", "no_hall"}


def test_an_unknown_hall_has_the_profiles_room_and_says_so(profile: Profile) -> None:
    _, found = guided(profile, ["鲜肉"], None, 60.0)
    hall = found.halls.iloc[0]
    assert (hall["room"], bool(hall["assumed"]), hall["taken"]) == (profile["guide.hall_places"], True, 1)
