"""The coded values of the study file, with their captions."""

from __future__ import annotations

from typing import Final, Literal

from geo.core.text import Text
from geo.core.vocabulary import KIND_NAMES, TIER_NAMES

Tier = Literal["demonstration", "secondary", "back_street", "unclassified"]

TIERS: Final[tuple[Tier, ...]] = ("demonstration", "secondary", "back_street", "unclassified")
"""From the strictest to the most lenient; the last is no tier (motorways and service ways carry no kerb use)."""

GRADED: Final = TIERS[:3]
"""The tiers that a list or a decision may give."""

TIER_SOURCES: Final = ("official", "manual", "inferred")

POINT_KINDS: Final = ("complaints", "stalls", "parking")

INGREDIENTS: Final = ("class", "traffic", "width", "frontage", "attractors", "complaints")
"""What a street's score is made of; each has a weight in the profile (`tiers.score.weight`)."""

SYNTHETIC: Final = "synthetic"
"""What the `source` of a made-up point says; it is shown wherever the point is."""

TIER_CAPTIONS: Final[dict[str, Text]] = {tier: TIER_NAMES[tier] for tier in TIERS}

TIER_SOURCE_NAMES: Final[dict[str, Text]] = {
    "official": Text("官方名单", "official list"),
    "manual": Text("决定", "decision"),
    "inferred": Text("推断", "inferred"),
}

SIDE_NAMES: Final = {"left": Text("左侧", "left"), "right": Text("右侧", "right")}

WIDTH_SOURCES: Final = {
    "tag": Text("OSM 标签", "OSM tag"),
    "lanes": Text("按车道数", "number of lanes"),
    "default": Text("按道路等级", "class of the road"),
    "survey": Text("实测", "survey"),
    "mapped": Text("已测绘路缘", "mapped kerb"),
}

ORIENTATIONS: Final = {
    "parallel": Text("平行式", "parallel"),
    "diagonal": Text("斜列式", "diagonal"),
    "perpendicular": Text("垂直式", "perpendicular"),
}

TAGGED_PARKING: Final = {"none": Text("无", "none"), **ORIENTATIONS}

PARKING_INVENTORY: Final = {
    **ORIENTATIONS,
    "separate": Text("另行测绘，未找到车位", "mapped apart, no bays found"),
    "none": Text("不可停车", "no parking"),
    "unlikely": Text("停车可能性小", "parking unlikely"),
}
"""Kinds of kerb in the inventory of parking; the last is said by the model only."""

PARKING_STATES: Final = {
    "mapped": Text("停车（地图标注）", "parking, mapped"),
    "listed": Text("停车（自有名单）", "parking, on the study's own list"),
    "separate": Text("停车（地图标注，车位数未知）", "parking, mapped apart: number unknown"),
    "forbidden": Text("不可停车（地图标注）", "no parking, mapped"),
    "likely": Text("可能可停（模型推断）", "parking likely, by the model"),
    "unlikely": Text("可能不可停（模型推断）", "parking unlikely, by the model"),
}
"""Kind and source of a row of the inventory of parking together: how it is drawn."""

PARKING_SOURCES: Final = {
    "mapped": Text("地图标注", "mapped"),
    "listed": Text("自有名单", "own list"),
    "model": Text("模型推断", "model"),
}

PARKING_POSITIONS: Final = {
    "lane": Text("车行道上", "on the carriageway"),
    "street_side": Text("路侧港湾", "in a bay beside the carriageway"),
    "half_on_kerb": Text("半上路缘", "half on the kerb"),
    "on_kerb": Text("人行道上", "on the pavement"),
    "shoulder": Text("路肩", "on the shoulder"),
}

CAPACITY_SOURCES: Final = {
    "tag": Text("标注的车位数", "number that is mapped or listed"),
    "length": Text("按路缘长度", "length of kerb"),
    "forbidden": Text("禁停", "parking is forbidden"),
    "model": Text("模型推断", "model"),
}

RESPONSES: Final = {
    "service": Text("服务", "service"),
    "management": Text("管理", "management"),
    "enforcement": Text("执法", "enforcement"),
}

PRECISIONS: Final = {
    "coordinates": Text("按坐标", "by coordinates"),
    "house_number": Text("按门牌", "by house number"),
    "intersection": Text("按路口", "by junction"),
    "interpolated": Text("门牌之间内插", "between house numbers"),
    "place": Text("按地名", "by a place's name"),
    "street": Text("按短街路名", "by a short street's name"),
    "section": Text("按路段起止", "by a section of a street"),
}

VERDICT_NAMES: Final = {
    "allowed": Text("允许", "allowed"),
    "other_hours": Text("其他时段允许", "allowed at other hours"),
    "forbidden": Text("不允许", "forbidden"),
    "off_street": Text("不在街道旁", "at no street"),
}
"""What may be said of a stall where it stands."""

PARKING_KINDS: Final = {"on_street": Text("路内", "on street"), "off_street": Text("路外", "off street")}

FACILITY_KINDS: Final[dict[str, Text]] = {
    **{str(kind): name for kind, name in KIND_NAMES.items()},
    "street_parking": Text("路侧停车", "street parking"),
    "school": Text("学校", "school"),
    "hospital": Text("医院", "hospital"),
    "station": Text("车站", "station"),
    "bus_stop": Text("公交站", "bus stop"),
    "fuel": Text("加油站", "fuel station"),
    "fire_station": Text("消防站", "fire station"),
    "first_aid": Text("急救站", "first-aid station"),
    "hydrant": Text("消火栓", "fire hydrant"),
    "level_crossing": Text("铁路道口", "level crossing"),
    "crossing": Text("人行横道", "crossing"),
    "signals": Text("信号灯", "traffic signals"),
    "kerb_extension": Text("路缘外拓", "kerb extension"),
    "parking_obstacle": Text("停车带内障碍物", "obstacle in the parking lane"),
    "closed_gate": Text("封闭的大门", "closed gate"),
    "entrance": Text("建筑出入口", "entrance"),
    "shop": Text("店铺", "shop"),
}
"""The kinds of facilities of the base profile (`facilities.kinds`)."""

SITED_KINDS: Final[dict[str, Text]] = {str(kind): name for kind, name in KIND_NAMES.items()}
"""The kinds of facilities whose coverage and sites are computed."""

GROUND_KINDS: Final = {
    "green": Text("绿地", "green"),
    "water": Text("水域", "water"),
    "river": Text("河道", "river"),
    "rail": Text("铁路", "rail"),
    "tram": Text("有轨电车", "tram"),
    "building": Text("建筑", "building"),
    "path": Text("步行道", "footpath"),
    "quarter": Text("片区", "quarter"),
    "vacant": Text("空地", "vacant land"),
    "barrier": Text("围墙", "barrier"),
    "kerb": Text("路缘", "kerb"),
    "carriageway": Text("车行道面", "carriageway"),
}
"""The kinds of ground of the base profile (`context.kinds`)."""

PLACES: Final = {"pavement": Text("人行道", "pavement"), "carriageway": Text("车行道", "carriageway")}

PROPOSALS: Final = {"proposed": Text("拟设", "proposed"), "accepted": Text("已采纳", "accepted")}

SITE_STATUSES: Final = {**PROPOSALS, "closed": Text("拟关闭", "to close")}

BAY_HOURS: Final = {"all_day": Text("全天", "all day"), "night": Text("夜间", "at night")}

DIFFERENCES: Final = {
    "both": Text("已标注，且可设泊位", "mapped, and bays fit"),
    "study": Text("可设泊位，地图未标注", "bays fit, none are mapped"),
    "mapped": Text("已标注，但不可设泊位", "mapped, but no bay fits"),
}

QUADRANTS: Final = {
    "high_high": Text("高—高", "high among high"),
    "low_low": Text("低—低", "low among low"),
    "high_low": Text("高—低", "high among low"),
    "low_high": Text("低—高", "low among high"),
}

EMERGING: Final = {
    "new": Text("新增热点", "new hot spot"),
    "intensifying": Text("加剧热点", "intensifying"),
    "persistent": Text("持续热点", "persistent"),
    "sporadic": Text("零星热点", "sporadic"),
    "diminishing": Text("减弱热点", "diminishing"),
}
"""Kinds of emerging hot spots."""

CHANGES: Final = {
    "worse": Text("变差", "worse than before"),
    "better": Text("变好", "better than before"),
    "same": Text("无明显变化", "no clear change"),
}
"""Changes of complaints against a street's own past."""

COVERED: Final = {
    "true": Text("标准距离内有设施", "facility within the standard"),
    "false": Text("超出标准距离", "beyond the standard"),
}

DEMAND_SOURCES: Final = {
    "levels": Text("建筑面积（层数已标注）", "floor of homes (levels are mapped)"),
    "floor": Text("建筑面积（层数为估计）", "floor of homes (levels are assumed)"),
    "population": Text("人口数据，按建筑面积分配", "population, by floor of homes"),
    "population_streets": Text("人口数据，按街道长度分配", "population, by length of streets"),
    "population_points": Text("人口数据（点）", "population of points"),
    "streets": Text("街道长度（没有建筑和人口数据）", "length of streets (no building and no population is known)"),
    "stalls": Text("需要或将要进场的摊位", "stalls that need a hall or are relocated to one"),
    "complaints": Text("投诉", "complaints"),
}
"""Where a place's demand comes from."""

MODELS: Final = {
    "coverage": Text("覆盖最多", "most covered"),
    "median": Text("总步行最短", "least walking in total"),
    "cover_all": Text("全部覆盖", "all covered"),
    "centre": Text("最远步行最短", "longest walk shortened"),
}

CAPS: Final = {
    "geometry": Text("路缘长度（含通行口）", "length of kerb, with access gaps"),
    "street_share": Text("街道临街面占比上限", "share of the street's frontage"),
    "demand": Text("片区需求", "demand in the quarter"),
    "quarter_share": Text("片区临街面占比上限", "share of the quarter's frontage"),
}
"""What bounds the pitches of a zone."""

GOODS: Final = {
    "farm_produce": Text("农副产品", "farm produce"),
    "daily_goods": Text("日用百货", "daily goods"),
    "services": Text("便民服务", "personal services"),
    "registered_food": Text("已备案食品", "registered food"),
}
"""Groups of goods that a zone may be for."""

MOVE_TARGETS: Final = {
    "zone": Text("疏导点", "zone"),
    "place": Text("已有疏导点", "existing place"),
    "hall": Text("市场", "market hall"),
    "none": Text("无处安置", "no place"),
}

MOVE_REASONS: Final = {
    "forbidden": Text("所在位置不允许", "in a forbidden place"),
    "zone_full": Text("所在疏导点已满", "its zone is full"),
    "no_room": Text("附近无空摊位", "no pitch within reach"),
    "no_hall": Text("附近市场无空位", "no hall with room within reach"),
}

DECISION_KINDS: Final = {
    "tier": Text("等级", "tier"),
    "zone": Text("疏导点", "zone"),
    "step": Text("经营者", "operator"),
    "bays": Text("泊位", "bays"),
    "site": Text("选址", "site"),
}
