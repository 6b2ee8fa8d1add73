"""Where stalls may stand: the planner's cases, and what holds on every street."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.build import Inputs, build_study
from geo.core.crs import WGS84, to_metric
from geo.core.errors import InputError, RuleError
from geo.core.opening_hours import DayKind, open_at, read_hours
from geo.kerbs.ground import KerbGround
from geo.kerbs.numbering import SIDES
from geo.kerbs.waterfall import waterfall
from geo.network.graph import walking
from geo.rules import Profile, load_profile
from geo.stalls.displays import shop_displays
from geo.stalls.judging import judge
from geo.stalls.layers import exclusion_layer, fullest_slot, kerb_layer, zone_layer
from geo.stalls.plan import ORDER, Plan
from geo.stalls.planning import make_plan
from geo.stalls.study import stall_plan
from geo.stalls.verdicts import ALLOWED, FORBIDDEN, OTHER_HOURS, check, next_time
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.conftest import ROOT
from tests.support.drawn import CRS, degrees, layers_of, plain, road, study_street

CASES = yaml.safe_load((ROOT / "tests" / "cases" / "stalls.yaml").read_text(encoding="utf-8"))
DAYS = {"Mo": dt.date(2026, 5, 4), "Sa": dt.date(2026, 5, 9)}


def moment(text: str) -> dt.datetime:
    """Return a moment that a case names by day and time."""
    day, clock = text.split()
    return dt.datetime.combine(DAYS[day], dt.time.fromisoformat(clock))


def plan_for(layers: dict[str, gpd.GeoDataFrame], profile: Profile, kind: str = "stall") -> Plan:
    return make_plan(KerbGround.of(layers, CRS, profile), profile, None, kind)  # type: ignore[arg-type]


def place_of(plan: Plan, at_m: float, side: str) -> tuple[float, float]:
    """Return longitude and latitude of a place at the drawn street's kerb."""
    half = float(plan.kerbs.half_m[0])
    point = degrees(shapely.Point(at_m, half if side == "left" else -half))
    return point.x, point.y


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_planners_case(case: dict[str, Any]) -> None:
    layers = study_street(case)
    plan = plan_for(layers, load_profile(case.get("profile", "china")), case.get("kind", "stall"))
    ask, expect = case["ask"], case["expect"]
    when = moment(ask["time"])
    answer = check(
        plan, *place_of(plan, ask["at_m"], ask["side"]), when, lambda: walking(layers["roads"], layers["paths"], CRS)
    )
    assert answer.verdict == expect["verdict"], answer.rules
    assert answer.side == ask["side"]
    day: DayKind = "restday" if when.weekday() >= 5 else "workday"
    minute = when.hour * 60 + when.minute
    now = [rule for rule in answer.rules if rule["says"] == "forbids" and open_at(rule["hours"], day, minute)]
    decides = {rule["id"] for rule in (now or answer.rules) if rule["says"] == ("forbids" if now else "allows")}
    assert decides == {expect["rule"]}
    rule = next(rule for rule in answer.rules if rule["id"] == expect["rule"])
    assert rule["source"]
    kerb = plan.kerbs
    number = int(np.flatnonzero(kerb.roads["segment_id"] == answer.segment_id)[0]) * 2 + SIDES.index(answer.side)
    if "depth_m" in expect:
        assert plan.depth_m[number] == pytest.approx(expect["depth_m"])
    if "pitches" in expect:
        zones = zone_layer(plan)
        mine = zones[(zones["segment_id"] == answer.segment_id) & (zones["side"] == answer.side)]
        holding = mine[(mine["from_m"] <= answer.offset_m) & (mine["to_m"] >= answer.offset_m)]
        assert holding["pitches"].tolist() == [expect["pitches"]]


def test_there_are_forty_cases_and_more() -> None:
    assert len(CASES) >= 40
    assert len({case["name"] for case in CASES}) == len(CASES)


Interval = tuple[float, float]


def union(intervals: list[Interval]) -> list[Interval]:
    """Return intervals joined where they overlap or touch: the plain definition."""
    joined: list[Interval] = []
    for begin, end in sorted(intervals):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def without(whole: Interval, taken: list[Interval]) -> list[Interval]:
    """Return what is left of an interval."""
    left, at = [], whole[0]
    for begin, end in union(taken):
        if begin > at:
            left.append((at, min(begin, whole[1])))
        at = max(at, end)
    return [*left, (at, whole[1])] if at < whole[1] else left


def by_kerb(layer: pd.DataFrame) -> dict[tuple[str, str], list[tuple[Interval, str]]]:
    found: dict[tuple[str, str], list[tuple[Interval, str]]] = {}
    for row in layer.itertuples():
        found.setdefault((row.segment_id, row.side), []).append(((row.from_m, row.to_m), row.hours))
    return found


def assert_disjoint_and_complete(plan: Plan) -> None:
    """Along every kerb and at every hour: kerb = exclusions + zones + remnants too short for a pitch, exactly."""
    kerbs, zones, exclusions = kerb_layer(plan), by_kerb(zone_layer(plan)), by_kerb(exclusion_layer(plan))
    row_of = {segment: row for row, segment in enumerate(plan.kerbs.roads["segment_id"])}
    texts = {hours for part in (zones, exclusions) for rows in part.values() for _, hours in rows}
    remnants: list[tuple[int, float, float]] = []
    for start in plan.slots.starts.tolist():
        open_ = {text: open_at(text, "workday" if start < 1440 else "restday", start % 1440) for text in texts}
        for kerb in kerbs.itertuples():
            name, whole = (kerb.segment_id, kerb.side), (kerb.from_m, kerb.to_m)
            taken = [span for span, hours in exclusions.get(name, []) if open_[hours]]
            used = union([span for span, hours in zones.get(name, []) if open_[hours]])
            free = without(whole, taken)
            for begin, end in used:
                inside = [(max(begin, one), min(end, two)) for one, two in free if one < end and two > begin]
                assert sum(two - one for one, two in inside) == pytest.approx(end - begin, abs=0.01), name
            number = 2 * row_of[kerb.segment_id] + SIDES.index(kerb.side)
            left = [part for span in free for part in without(span, used)]
            remnants += [(number, one, two) for one, two in left if two - one > 0.005]
    if remnants:
        rows, from_m, to_m = (np.array(column) for column in zip(*remnants, strict=True))
        # a piece that is open longer than its neighbour may be cut off by it: each is too short by itself
        assert plan.pitches(plan.kerbs.kerb_metres(rows, from_m, to_m) - 0.01).max() == 0


@pytest.mark.parametrize("name", ["neukolln.osm.pbf", "guixi.osm.pbf", "beijing_wudaokou.osm.pbf"])
def test_every_metre_of_real_kerbs_is_accounted_for_at_every_hour(
    name: str, shared: Callable[[str], Path], tmp_path: Path, profile: Profile
) -> None:
    study = tmp_path / "study.gpkg"
    build_study(study, Inputs(shared(name)))
    assert_disjoint_and_complete(stall_plan(Study(study), profile))


KINDS = ("crossing", "bus_stop", "hydrant", "entrance", "school", "hospital", "station", "fuel", "level_crossing")
TIERS_OF = {
    "residential": "back_street",
    "tertiary": "secondary",
    "primary": "demonstration",
    "service": "unclassified",
}

streets = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        st.sampled_from(sorted(TIERS_OF)),
        st.sampled_from([3.5, 5.5, 6.0, 7.0, 12.0]),
        st.booleans(),
        st.sampled_from([np.nan, 0.0, 2.5, 4.0]),
    ).filter(lambda street: street[0] != street[1]),
    min_size=1,
    max_size=8,
)
things = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 200), st.integers(0, 200)), min_size=0, max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streets, things)
def test_every_metre_of_random_kerbs_is_accounted_for_at_every_hour(
    drawn: list[Any], standing: list[tuple[str, int, int]]
) -> None:
    profile = load_profile()
    rows = [
        road(
            [(x * 40.0, y * 40.0) for x, y in (one, two)],
            highway=highway,
            tier=TIERS_OF[highway],
            width_m=width,
            oneway=oneway,
            pavement_m=pavement,
            street_id=f"s{number % 3}",
        )
        for number, (one, two, highway, width, oneway, pavement) in enumerate(drawn)
    ]
    facilities = [{"kind": kind, "x": float(x), "y": float(y)} for kind, x, y in standing]
    plan = plan_for(layers_of(rows, facilities), profile)
    assert_disjoint_and_complete(plan)
    for slot in range(len(plan.slots)):
        fall = waterfall(plan, slot)
        assert fall.steps["metres"].sum() + fall.free_m == pytest.approx(fall.kerb_m, abs=1e-6)
        assert fall.kerb_pitches - fall.steps["pitches"].sum() == fall.pitches


def test_relaxing_a_clearance_never_loses_a_metre(built: Path, profile: Profile) -> None:
    plan = stall_plan(Study(built), profile)
    slot = fullest_slot(plan)
    base = waterfall(plan, slot).free_m
    for rule in (rule for rule in ORDER if rule.startswith("clearance.")):
        wider = waterfall(make_plan(plan.ground, profile.changed({rule: profile[rule] + 5.0})), slot).free_m
        gone = waterfall(make_plan(plan.ground, profile.changed({rule: 0.0})), slot).free_m
        assert wider <= base + 400, rule  # a wider corner may turn the better side of a narrow street
        assert gone >= base - 400, rule


def test_zones_answer_as_they_say(built: Path, profile: Profile) -> None:
    plan = stall_plan(Study(built), profile)
    zones = zone_layer(plan)
    middle = shapely.line_interpolate_point(zones.geometry.to_numpy(), 0.5, normalized=True)
    for place, row in list(zip(middle, zones.itertuples(), strict=True))[::25]:
        begin = read_hours(row.hours)[0][0]
        day = DAYS["Mo"] if begin < 1440 else DAYS["Sa"]
        when = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=begin % 1440)
        answer = check(plan, place.x, place.y, when, lambda: pytest.fail("a place that is allowed asks no network"))
        assert (answer.verdict, answer.hours) == (ALLOWED, row.hours)


def test_zones_lie_on_their_kerbs_and_exclusions_name_rules_of_the_profile(built: Path, profile: Profile) -> None:
    plan = stall_plan(Study(built), profile)
    zones, exclusions, kerbs = zone_layer(plan), exclusion_layer(plan), kerb_layer(plan)
    assert set(exclusions["rule"]) <= set(ORDER)
    assert {rule for rule in exclusions["rule"] if rule != "decisions"} <= set(profile.leaves)
    assert exclusions["cause_id"].notna().all()
    assert zones["zone_id"].is_unique
    assert (zones["tier"] != "demonstration").all()
    for text in {rule for rules in zones["rules"] for rule in rules.split(", ")}:
        assert text in profile.leaves
    own = kerbs.set_index(["segment_id", "side"]).geometry.to_crs(plan.kerbs.crs)
    lines = zones.geometry.to_crs(plan.kerbs.crs)
    for row, line in zip(zones.itertuples(), lines, strict=True):
        assert own[row.segment_id, row.side].hausdorff_distance(line) >= 0
        assert own[row.segment_id, row.side].buffer(0.05).covers(line)


# ---- kerbs --------------------------------------------------------------------------------------------------------


def test_kerbs_meet_at_corners_not_at_nodes() -> None:
    rows = [
        road([(0, 0), (100, 0)]),
        road([(100, 0), (200, 0)]),
        road([(100, 0), (100, 80)], width_m=10.0, street_id="s2"),
    ]
    plan = plan_for(layers_of(rows), load_profile())
    kerbs = kerb_layer(plan).set_index(["segment_id", "side"])
    corner = [
        plain(*shapely.get_coordinates(kerbs.geometry[key])[at])
        for key, at in ((("1-0", "left"), -1), (("3-0", "left"), 0))
    ]
    assert corner[0] == pytest.approx((95, 3.5), abs=0.03)
    assert corner[1] == pytest.approx((95, 3.5), abs=0.03)
    assert kerbs.loc[("1-0", "right"), "to_m"] == pytest.approx(100, abs=0.03), "no corner opposite a side street"


def test_a_narrow_fork_meets_further_on() -> None:
    rows = [
        road([(0, 0), (100, 0)]),
        road([(100, 0), (200, 0)]),
        road([(100, 0), (100 + 80 * np.cos(np.pi / 6), 80 * np.sin(np.pi / 6))], street_id="s2"),
    ]
    kerbs = kerb_layer(plan_for(layers_of(rows), load_profile())).set_index(["segment_id", "side"])
    # two kerbs 3.5 m beside lines that part at 30 degrees: 3.5 / tan(15 degrees) from the node
    assert kerbs.loc[("2-0", "left"), "from_m"] == pytest.approx(3.5 / np.tan(np.pi / 12), abs=0.05)
    assert kerbs.loc[("3-0", "right"), "from_m"] == pytest.approx(3.5 / np.tan(np.pi / 12), abs=0.05)


def test_the_inner_kerb_of_a_bend_is_shorter() -> None:
    rows = [road([(0, 0), (50, 0), (50, 50)])]
    kerbs = kerb_layer(plan_for(layers_of(rows), load_profile())).set_index("side")
    assert kerbs.loc["left", "length_m"] == pytest.approx(100 - 7, abs=0.05)
    assert kerbs.loc["right", "length_m"] == pytest.approx(100 + 7, abs=0.05)


def test_a_mapped_kerb_is_where_it_is() -> None:
    layers = layers_of([road([(0, 0), (100, 0)])])
    line = degrees(shapely.LineString([(-5, 5.0), (105, 5.0)]))
    layers["context"] = gpd.GeoDataFrame({"kind": ["kerb"], "name": [None]}, geometry=[line], crs=WGS84)
    kerbs = kerb_layer(plan_for(layers, load_profile())).set_index("side")
    assert kerbs["source"].to_dict() == {"left": "mapped", "right": "tag"}
    ys = [plain(*lonlat)[1] for lonlat in shapely.get_coordinates(kerbs.geometry["left"])]
    assert ys == pytest.approx([5.0, 5.0], abs=0.03)


def test_mapped_carriageways_give_their_kerbs(shared: Callable[[str], Path], tmp_path: Path, profile: Profile) -> None:
    study = tmp_path / "study.gpkg"
    build_study(study, Inputs(shared("neukolln.osm.pbf")))
    kerbs = kerb_layer(stall_plan(Study(study), profile))
    mapped = kerbs[kerbs["source"] == "mapped"]
    assert len(mapped) > 50
    context = gpd.GeoDataFrame(read_layer(study, "context"), crs=WGS84)
    edges = context[context["kind"].isin(["kerb", "carriageway"])].to_crs(25833).geometry
    edge = shapely.union_all(
        [*edges.boundary[edges.geom_type != "LineString"], *edges[edges.geom_type == "LineString"]]
    )
    away = [
        float(shapely.distance(edge, line.interpolate(0.5, normalized=True))) for line in mapped.to_crs(25833).geometry
    ]
    assert np.median(away) < 0.5


def test_the_inner_side_of_a_roundabout_has_no_frontage() -> None:
    turn = np.linspace(0, 2 * np.pi, 13)
    ring = [(20 * np.cos(a), 20 * np.sin(a)) for a in turn[:-1]]
    rows = [road([*ring, ring[0]], roundabout=True, oneway=True, highway="tertiary", tier="secondary")]
    plan = plan_for(layers_of(rows), load_profile())
    sides = exclusion_layer(plan).query("rule == 'kerb.median_within'")["side"].tolist()
    assert sides == ["left"]


# ---- judging ------------------------------------------------------------------------------------------------------


def test_stalls_are_judged_as_their_places_are_answered(built: Path, profile: Profile) -> None:
    plan = stall_plan(Study(built), profile)
    stalls = gpd.GeoDataFrame(read_layer(built, "stalls"), crs=WGS84)
    judged = judge(plan, stalls)
    assert set(judged.verdict) <= {ALLOWED, OTHER_HOURS, FORBIDDEN}
    when = moment("Mo 18:30")
    network = walking(read_layer(built, "roads"), read_layer(built, "paths"), plan.kerbs.crs)
    same = 0
    for row, verdict, reasons in list(zip(stalls.itertuples(), judged.verdict, judged.reasons, strict=True))[::6]:
        answer = check(plan, row.geometry.x, row.geometry.y, when, lambda: network)
        if (answer.segment_id, answer.side) != (row.segment_id, row.side):
            continue  # nearest kerb and nearest street may differ by a metre at corners
        same += 1
        assert (answer.verdict == FORBIDDEN) == (verdict == FORBIDDEN)
        if verdict == FORBIDDEN:
            forbids = {rule["id"] for rule in answer.rules if rule["says"] == "forbids"}
            assert set(reasons.split(", ")) <= forbids
    assert same > 8


def test_what_stands_at_no_street_is_not_judged(profile: Profile) -> None:
    layers = layers_of([road([(0, 0), (100, 0)])])
    plan = plan_for(layers, profile)
    stalls = pd.DataFrame(
        {"segment_id": ["1-0", None], "side": ["left", None], "offset_m": [50.0, np.nan], "distance_m": [80.0, np.nan]}
    )
    judged = judge(plan, stalls)
    assert judged.verdict.tolist() == ["off_street", None]
    assert judged.reasons.tolist() == ["kerb.asked_within", ""]
    far = degrees(shapely.Point(50, 80))
    with pytest.raises(InputError, match="no street"):
        check(plan, far.x, far.y, moment("Mo 10:00"), lambda: pytest.fail("not asked"))


def test_hours_that_cut_the_week_too_finely_are_refused(profile: Profile) -> None:
    fine = profile.changed(
        {
            "clearance_hours.school": [
                f"Mo-Fr {h:02}:{m:02}-{h:02}:{m + 4:02}" for h in range(6, 20) for m in (3, 13, 23)
            ]
        }
    )
    with pytest.raises(RuleError, match="63"):
        plan_for(layers_of([road([(0, 0), (100, 0)])]), fine)


def test_the_nearest_place_is_the_nearest_on_foot(profile: Profile) -> None:
    # a demonstration road; a back street that opens onto it 60 m away, another that is near as the crow flies only
    rows = [
        road([(0, 0), (60, 0)], tier="demonstration", highway="primary", width_m=12.0),
        road([(60, 0), (60, 100)], street_id="s2", name="近巷"),
        road([(0, 40), (40, 40)], street_id="s3", name="隔墙巷"),
    ]
    layers = layers_of(rows)
    plan = plan_for(layers, profile)
    answer = check(
        plan, *place_of(plan, 5, "left"), moment("Mo 10:00"), lambda: walking(layers["roads"], layers["paths"], CRS)
    )
    assert answer.verdict == FORBIDDEN
    assert answer.nearest is not None
    assert answer.nearest["name"] == "近巷"
    assert answer.nearest["walk_m"] >= 55


def test_the_next_hour_is_told_over_midnight_and_weekends(profile: Profile) -> None:
    plan = plan_for(layers_of([road([(0, 0), (100, 0)], tier="secondary", highway="tertiary", width_m=10.0)]), profile)
    mask = plan.open_hours("secondary")
    friday = dt.datetime(2026, 5, 8, 23, 0)
    assert next_time(plan, mask, friday) == dt.datetime(2026, 5, 9, 16, 0)
    assert next_time(plan, mask, dt.datetime(2026, 5, 9, 17, 0)) == dt.datetime(2026, 5, 9, 17, 0)
    assert next_time(plan, 0, friday) is None


# ---- displays -----------------------------------------------------------------------------------------------------


def test_shops_of_one_building_share_its_front(profile: Profile) -> None:
    shops = [{"kind": "shop", "x": 45.0, "y": 8.0}, {"kind": "shop", "x": 55.0, "y": 8.0}]
    layers = layers_of([road([(0, 0), (100, 0)], pavement_m=2.5)], shops)
    house = degrees(shapely.box(40, 6.5, 60, 20))
    layers["context"] = gpd.GeoDataFrame({"kind": ["building"], "name": [None]}, geometry=[house], crs=WGS84)
    displays = shop_displays(plan_for(layers, profile, "display"), layers["facilities"], layers["context"])
    assert displays["frontage_m"].tolist() == pytest.approx([10, 10], abs=0.05)
    assert displays["length_m"].tolist() == pytest.approx([8, 8], abs=0.05)
    assert displays["depth_m"].tolist() == [1.0, 1.0]
    assert set(displays["hours"]) == {"Mo-Su 07:00-22:00"}


def test_a_long_building_is_not_one_shops_front(profile: Profile) -> None:
    layers = layers_of([road([(0, 0), (100, 0)], pavement_m=2.5)], [{"kind": "shop", "x": 45.0, "y": 8.0}])
    house = degrees(shapely.box(10, 6.5, 90, 20))
    layers["context"] = gpd.GeoDataFrame({"kind": ["building"], "name": [None]}, geometry=[house], crs=WGS84)
    displays = shop_displays(plan_for(layers, profile, "display"), layers["facilities"], layers["context"])
    assert displays["frontage_m"].tolist() == [profile["display.frontage_at_most"]]


def test_a_display_gives_way_to_a_crossing(profile: Profile) -> None:
    things = [{"kind": "shop", "x": 50.0, "y": 8.0}, {"kind": "crossing", "x": 50.0, "y": 0.0}]
    layers = layers_of([road([(0, 0), (100, 0)], pavement_m=2.5)], things)
    displays = shop_displays(plan_for(layers, profile, "display"), layers["facilities"], layers["context"])
    assert displays[["length_m", "depth_m"]].to_numpy().tolist() == [[0.0, 0.0]]


def test_metric_places_survive_the_way_to_degrees_and_back() -> None:
    line = degrees(shapely.LineString([(0, 0), (100, 0)]))
    assert shapely.length(shapely.transform(line, lambda xy: to_metric(xy, CRS))) == pytest.approx(100, abs=0.03)
