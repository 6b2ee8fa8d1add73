"""Layers of stalls: kerbs, exclusions, zones, displays outside shops, relocation."""

from __future__ import annotations

from typing import Final

from geo.core.text import Text
from geo.study.colours import EXCLUSION_COLOUR, KERB_COLOUR, ZONE_COLOUR
from geo.study.layers import codes
from geo.study.layers import columns as c
from geo.study.layers.description import COUNT, NUMBER, Column, Layer, Style, Symbol

KERBS: Final = Layer(
    "kerbs",
    Text("路缘", "Kerbs"),
    Text("车行道的一侧，两端为路口转角", "a side of a carriageway between its corners"),
    "LineString",
    {
        "segment_id": c.SEGMENT_ID,
        "side": c.SIDE,
        "street_id": c.STREET_ID,
        "tier": c.TIER,
        "from_m": c.FROM_M,
        "to_m": c.TO_M,
        "length_m": c.KERB_LENGTH_M,
        "source": Column(
            Text("位置来源", "Placed by"),
            Text("已测绘的路缘，或车行道宽的来源", "A mapped kerb, else the source of the carriageway's width"),
            values=codes.WIDTH_SOURCES,
        ),
        "pavement_m": Column(Text("人行道宽", "Pavement"), Text("该侧人行道", "On this side"), NUMBER, c.METRES),
        "place": c.PLACE,
        "depth_m": c.DEPTH_M,
    },
    style=Style("line", Symbol(KERB_COLOUR, 0.2)),
    guide="stalls",
)

KERB_EXCLUSIONS: Final = Layer(
    "kerb_exclusions",
    Text("不可设摊路缘", "Kerb without stalls"),
    Text("规则不允许的一段路缘，及其原因和时段", "a stretch of kerb that a rule forbids, with its cause and its hours"),
    "LineString",
    {
        **c.STRETCH,
        "rule": Column(Text("规则", "Rule"), Text("不允许的规则", "The rule that forbids it")),
        "cause_id": Column(
            Text("原因对象", "Cause"),
            Text("设施、路段、路口或决定的编号", "The id of a facility, segment, junction or decision"),
        ),
        "hours": c.HOURS,
        "street_id": c.STREET_ID,
        "tier": c.TIER,
        "cause_lon": Column(Text("原因经度", "Cause, longitude"), Text("WGS 84", "WGS 84"), NUMBER, "°"),
        "cause_lat": Column(Text("原因纬度", "Cause, latitude"), Text("WGS 84", "WGS 84"), NUMBER, "°"),
    },
    style=Style("line", Symbol(EXCLUSION_COLOUR, 0.5)),
    guide="stalls",
)

STALL_ZONES: Final = Layer(
    "stall_zones",
    Text("疏导点", "Zones for stalls"),
    Text(
        "可设摊的一段路缘，载明时段、摊位数和据以得出的规则",
        "a stretch of kerb where stalls may stand, with hours, pitches and the rules that made it",
    ),
    "LineString",
    {
        "zone_id": c.identifier("Z 加路段、侧和里程", "Z with segment, side and offset"),
        **c.STRETCH,
        "hours": c.HOURS,
        "pitches": Column(
            Text("摊位数", "Pitches"),
            Text("需求与规则之下宜设的摊位", "Pitches that demand and rules leave, likely"),
            COUNT,
        ),
        "pitches_low": Column(Text("摊位数（低）", "Pitches, low"), Text("低估值", "Low estimate"), COUNT),
        "pitches_high": Column(Text("摊位数（高）", "Pitches, high"), Text("高估值", "High estimate"), COUNT),
        "pitches_geometric": Column(
            Text("几何上限", "Pitches that fit"),
            Text("路缘长度可容、不留通行口的摊位", "Pitches that fit the kerb, without access gaps"),
            COUNT,
        ),
        "row_pitches": Column(
            Text("最长一排", "Longest row"), Text("两处通行口之间的摊位", "Pitches between two access gaps"), COUNT
        ),
        "capped_by": Column(
            Text("受限于", "Bounded by"), Text("摊位数受何限制", "The bound of its pitches"), values=codes.CAPS
        ),
        "goods": Column(
            Text("经营品类", "Goods"),
            Text("可经营的品类，以逗号隔开", "Groups of goods that may be sold, between commas"),
        ),
        "tier": c.TIER,
        "rules": c.RULES,
        "basis": c.BASIS,
        "street_id": c.STREET_ID,
        "quarter_id": c.QUARTER_ID,
        "length_m": c.KERB_LENGTH_M,
        "place": c.PLACE,
        "status": Column(
            Text("状态", "Status"),
            Text("拟设，或已由决定采纳", "Proposed, or accepted by a decision"),
            values=codes.PROPOSALS,
        ),
        "decision_id": c.DECISION_ID,
    },
    style=Style("line", Symbol(ZONE_COLOUR, 1.0)),
    guide="stalls",
)

STALL_PLACES: Final = Layer(
    "stall_places",
    Text("已有疏导点", "Existing places for stalls"),
    Text(
        "城市已设的一处便民疏导点、摊群点：点、路段或场地，载明摊位数、时段、品类和管理单位",
        "a place for stalls that the city has: a point, a stretch of street or an area, with pitches, hours, goods and"
        " manager",
    ),
    "Unknown",
    {
        "place_id": c.identifier("文件中的编号，缺少时自动生成", "As in its file, else made"),
        "name": c.NAME,
        "pitches": Column(Text("摊位数", "Pitches"), Text("文件所载的摊位", "As its file says"), COUNT),
        "area_m2": Column(
            Text("面积（平方米）", "Area (m²)"), Text("文件所载的面积", "As its file says"), NUMBER, "m²"
        ),
        "hours": c.HOURS,
        "goods": Column(Text("经营品类", "Goods"), Text("文件所载的品类", "Goods on sale, as its file says")),
        "manager": Column(Text("管理单位", "Manager"), Text("负责管理的单位", "The office or company in charge")),
        "fee": Column(Text("收费标准", "Fee"), Text("文件所载的收费", "As its file says")),
        **c.LOCATED,
        "conflicts": Column(
            Text("与规则冲突", "Conflicts"),
            Text("与之冲突的规则，以逗号隔开", "The rules that it is in conflict with, between commas"),
        ),
        "source": c.SOURCE,
        **c.PLACED,
    },
    guide="stalls",
)

SHOP_DISPLAYS: Final = Layer(
    "shop_displays",
    Text("店外外摆", "Displays outside shops"),
    Text("一家可在店外陈列的店铺：多长、多深、何时", "a shop that may show goods outside: how long, how deep and when"),
    "Point",
    {
        "facility_id": c.FACILITY_ID,
        "street_id": c.STREET_ID,
        **c.LOCATED,
        "frontage_m": Column(Text("临街面", "Frontage"), Text("店面沿路缘的长度", "Along the kerb"), NUMBER, c.METRES),
        "length_m": Column(Text("外摆长度", "Length"), Text("可陈列的长度", "Usable length"), NUMBER, c.METRES),
        "depth_m": c.DEPTH_M,
        "hours": c.HOURS,
        "rules": c.RULES,
    },
    style=Style("marker", Symbol(ZONE_COLOUR, 1.6)),
    guide="stalls",
)

MOVES: Final = Layer(
    "moves",
    Text("摊位去向", "Relocation"),
    Text("一个须迁移的摊位及其去向", "a stall in the way, and its place to move to"),
    None,
    {
        "stall_id": c.STALL_ID,
        "street_id": c.STREET_ID,
        "to_kind": Column(Text("去向", "To"), Text("去向的种类", "The kind of place"), values=codes.MOVE_TARGETS),
        "to_id": Column(Text("去向编号", "To, id"), Text("疏导点或市场的编号", "The id of the zone or market hall")),
        "walk_m": c.WALK_M,
        "reason": Column(
            Text("原因", "Reason"),
            Text("为何迁移，或为何无处可去", "Why it moves, or finds no place"),
            values=codes.MOVE_REASONS,
        ),
    },
    guide="stalls",
)

LAYERS: Final = (KERBS, KERB_EXCLUSIONS, STALL_ZONES, STALL_PLACES, SHOP_DISPLAYS, MOVES)
