"""Names of rules for pages, by their parameter."""

from __future__ import annotations

from typing import Final

from geo.core.text import Text
from geo.core.vocabulary import TIER_NAMES
from geo.rules.units import ORIENTATIONS

RULE_NAMES: Final[dict[str, Text]] = {
    "kerb.median_within": Text("中央或侧分隔带", "Median or side strip"),
    "kerb.asked_within": Text("不在街道旁", "At no street"),
    "stalls.on_bridges": Text("桥梁", "Bridge"),
    "stalls.in_tunnels": Text("隧道", "Tunnel"),
    "pavement.clear": Text("人行道净宽", "Clear width of the pavement"),
    "fire_lane.clear_width": Text("消防通道净宽", "Fire lane"),
    "display.min_depth": Text("外摆进深不足", "No depth for display"),
    "display.length_share": Text("外摆长度", "Length of display"),
    "clearance.corner": Text("路口转角", "Junction corner"),
    "clearance.driveway": Text("出入口", "Driveway"),
    "clearance.crossing": Text("人行横道", "Pedestrian crossing"),
    "clearance.level_crossing": Text("铁路道口", "Level crossing"),
    "clearance.bus_stop": Text("公交站", "Bus stop"),
    "clearance.hydrant": Text("消火栓", "Fire hydrant"),
    "clearance.fire_station": Text("消防站", "Fire station"),
    "clearance.first_aid": Text("急救站", "First-aid station"),
    "clearance.fuel": Text("加油站", "Fuel station"),
    "clearance.hospital": Text("医院", "Hospital"),
    "clearance.school": Text("学校（上下学时段）", "School (arrival and leaving)"),
    "clearance.station": Text("车站出入口", "Station entrance"),
    "clearance.entrance": Text("建筑出入口", "Building entrance"),
    "clearance.bay": Text("停车泊位", "Parking bay"),
    "decisions": Text("决定不设", "Rejected by a decision"),
    "stalls.designation": Text("未经划定", "Not designated"),
    "stalls.min_pitches.designated": Text("不足以成区", "Too small for a designated place"),
    "stalls.min_pitches.orderly": Text("不足以成区", "Too small for a place"),
    "stalls.pitch.length": Text("不够一个摊位", "Too short for a pitch"),
    "clearance.way": Text("其他道路穿过", "Another way crosses"),
    "stalls.beside_barriers": Text("隔离设施（车行道上）", "Behind a barrier (on the carriageway)"),
    "bay.beside_barriers": Text("隔离设施（第六十三条）", "Separated by a barrier (Art. 63)"),
    "stalls.at_works": Text("施工地段", "Street works"),
    "bay.at_works": Text("施工地段（第六十三条）", "Street works (Art. 63)"),
    "bay.access": Text("机动车不得驶入或停放", "Closed to cars"),
    "bay.overlaps": Text("与建筑物或其他泊位重叠", "In a building or another bay"),
    **{
        f"{group}.on_{kind}": Text(f"{name.zh}：{what.zh}", f"{name.en}: {what.en}")
        for kind, name in (
            ("motorways", Text("高速公路", "Motorway")),
            ("trunk", Text("城市快速路、干线公路", "Trunk road")),
            ("links", Text("匝道", "Ramp or slip road")),
            ("motorroads", Text("汽车专用路", "Motor road")),
            ("pedestrian", Text("步行街", "Pedestrian street")),
        )
        for group, what in (("stalls", Text("不设摊位", "no stalls")), ("bay", Text("不设泊位", "no bays")))
    },
    "stalls.area.usable": Text("摊位数超出场地可容", "More pitches than its area takes"),
    "stall_places": Text("在已有疏导点内", "In an existing place"),
    "stalls.row.gap": Text("摊位排间通行口", "Access gap between rows of pitches"),
    "clearance.signals": Text("信号灯", "Signals"),
    "clearance.kerb_extension": Text("路缘外拓", "Kerb extension"),
    "clearance.parking_obstacle": Text("停车带内障碍物", "Obstacle in the parking lane"),
    "bay.on_no_stopping": Text("禁止停车标志（地图标注）", "No stopping, by the map's signs"),
    "bay.on_no_parking": Text("禁止长时停放标志（地图标注）", "No parking, by the map's signs"),
    "bay.on_tagged_no": Text("地图标注无停车", "Mapped as having no parking"),
    "bay.on_bridges": Text("桥梁", "Bridge"),
    "bay.in_tunnels": Text("隧道", "Tunnel"),
    "bay.night_through_traffic": Text("过境交通量（夜间泊位）", "Through traffic (night-time bays)"),
    "bay.bend_radius": Text("急弯", "Sharp bend"),
    "bay.tram_tracks": Text("有轨电车轨道", "Tram tracks"),
    "bay.cycle_lane.beside": Text("非机动车道（划在车行道上）", "Cycle lane on the carriageway"),
    "bay.cycle_lane.width": Text("扣除非机动车道后宽度不足", "Too narrow beside cycle lanes"),
    **{
        f"bay.{group}_carriageway_width.{sides}_{way}": Text(
            f"车行道宽度：{what.zh}（{traffic.zh}）", f"Carriageway width: {what.en} ({traffic.en})"
        )
        for group in ("min", "night")
        for sides, what in (
            ("one_side", Text("不足单侧", "for one side")),
            ("both_sides", Text("不足双侧", "for both sides")),
        )
        for way, traffic in (("two_way", Text("双向", "two-way")), ("one_way", Text("单向", "one-way")))
    },
    **{f"bay.aisle.{way}": Text("通道净宽", "Aisle beside the bays") for way in ORIENTATIONS},
    **{
        f"bay.strict.{kind}": Text(f"{name.zh}（第六十三条）", f"{name.en} (Art. 63)")
        for kind, name in (
            ("corner", Text("路口", "Junction")),
            ("level_crossing", Text("铁路道口", "Level crossing")),
            ("bend", Text("急弯", "Sharp bend")),
            ("bridge", Text("桥梁", "Bridge")),
            ("tunnel", Text("隧道", "Tunnel")),
            ("bus_stop", Text("公交站", "Bus stop")),
            ("hydrant", Text("消火栓", "Fire hydrant")),
            ("fuel", Text("加油站", "Fuel station")),
            ("fire_station", Text("消防站", "Fire station")),
            ("first_aid", Text("急救站", "First-aid station")),
            ("narrow", Text("窄路", "Narrow road")),
        )
    },
    **{
        f"bay.tiers.{tier}": Text(f"{name.zh}：不设泊位", f"{name.en[:1].upper()}{name.en[1:]}: no bays")
        for tier, name in TIER_NAMES.items()
    },
    **{
        f"{group}.stance.{tier}": Text(f"{name.zh}：{what.zh}", f"{name.en[:1].upper()}{name.en[1:]}: {what.en}")
        for tier, name in TIER_NAMES.items()
        for group, what in (("stalls", Text("摆摊规定", "stalls")), ("display", Text("外摆规定", "display")))
    },
    **{
        f"{group}.hours.{tier}": Text(f"{name.zh}：时段", f"{name.en[:1].upper()}{name.en[1:]}: hours")
        for tier, name in TIER_NAMES.items()
        for group in ("stalls", "display")
    },
}
"""By the rules of `geo.stalls.plan.ORDER` and `geo.parking.room.BAY_ORDER`, and those that speak of places besides."""
