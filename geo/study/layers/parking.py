"""Layers of parking: bays, their differences from mapped parking, and parking demand."""

from __future__ import annotations

from typing import Final

from geo.core.text import Text
from geo.study.colours import BAY_COLOURS, DIFFERENCE_COLOURS, INVENTORY_COLOURS, NEED_COLOUR
from geo.study.layers import codes
from geo.study.layers import columns as c
from geo.study.layers.description import COUNT, FLAG, NUMBER, Column, Layer, Style, Symbol

PRESSURE: Final = Text("每个车位对应车辆数", "Cars per parking space")

BAYS: Final = Layer(
    "bays",
    Text("停车泊位", "Parking bays"),
    Text("路缘边的一个泊位，全天或夜间", "a parking bay along the kerb, all day or at night"),
    "Polygon",
    {
        "bay_id": c.identifier("B 加路段、侧和里程", "B with segment, side and offset"),
        "segment_id": c.SEGMENT_ID,
        "side": c.SIDE,
        "offset_m": c.LOCATED["offset_m"],
        "orientation": Column(
            Text("停放方式", "Orientation"), Text("与路缘的关系", "To the kerb"), values=codes.ORIENTATIONS
        ),
        "length_m": Column(Text("泊位长", "Length"), Text("泊位的长度", "Of the bay"), NUMBER, c.METRES),
        "width_m": Column(Text("泊位宽", "Width"), Text("泊位的宽度", "Of the bay"), NUMBER, c.METRES),
        "hours": Column(Text("时段", "Hours"), Text("全天或夜间", "All day or at night"), values=codes.BAY_HOURS),
        "rules": c.RULES,
        "basis": c.BASIS,
        "street_id": c.STREET_ID,
        "tier": c.TIER,
        "width_source": c.WIDTH_SOURCE,
        "accessible": Column(Text("无障碍", "Accessible"), Text("无障碍泊位", "Whether it is an accessible bay"), FLAG),
        "quarter_id": c.QUARTER_ID,
        "mapped": Column(Text("已测绘", "Mapped"), Text("OSM 已标注此处停车", "Whether OSM maps parking there"), FLAG),
    },
    style=Style("fill", column="hours", by={hours: Symbol(colour, 0.2) for hours, colour in BAY_COLOURS.items()}),
    guide="parking",
)

PARKING_DIFFERENCES: Final = Layer(
    "parking_differences",
    Text("泊位与已测绘停车对比", "Bays and mapped parking"),
    Text(
        "一段路缘：可设泊位（study）、已标注停车（mapped）或两者皆是（both），不同处载明原因",
        "a stretch of kerb where bays would fit (`study`), where parking is mapped (`mapped`), or `both`; and the"
        " `cause` where they differ",
    ),
    "LineString",
    {
        **c.STRETCH,
        "street_id": c.STREET_ID,
        "status": Column(Text("对比", "Status"), Text("两者的异同", "How the two compare"), values=codes.DIFFERENCES),
        "length_m": c.KERB_LENGTH_M,
        "cause": Column(Text("原因", "Cause"), Text("不同的原因：规则或标签", "Of the difference: a rule or a tag")),
    },
    style=Style(
        "line", column="status", by={status: Symbol(colour, 0.8) for status, colour in DIFFERENCE_COLOURS.items()}
    ),
    guide="parking",
)

_NEEDED: Final = {
    "demand": (Text("停车需求", "Demand"), Text("寻找车位的车辆", "Cars looking for a space")),
    "spaces": (Text("可用车位", "Spaces"), Text("步行范围内分摊到的车位", "Spaces within a walk that fall to them")),
    "pressure": (PRESSURE, Text("需求除以车位；没有车位时为空", "Demand by spaces; empty where there is none")),
}
_PERIODS: Final = {"day": Text("日间", "by day"), "night": Text("夜间", "at night")}

PARKING_NEED: Final = Layer(
    "parking_need",
    Text("停车需求", "Parking demand"),
    Text(
        "一条街道日间和夜间寻找车位的车辆、分摊到的车位、每个车位对应车辆数，以及所选泊位缓解的数量",
        "a street with the cars looking for a space by day and at night, their share of the spaces within a walk, "
        "cars per space, and the cars relieved by chosen bays",
    ),
    "MultiLineString",
    {
        "street_id": c.STREET_ID,
        "tier": c.TIER,
        **{
            f"{name}_{period}": Column(Text(f"{title.zh}（{when.zh}）", f"{title.en}, {when.en}"), meaning, NUMBER)
            for name, (title, meaning) in _NEEDED.items()
            for period, when in _PERIODS.items()
        },
        "bays": Column(Text("泊位数", "Bays"), Text("所选泊位", "Number of bays chosen"), COUNT),
        "relieved": Column(
            Text("缓解", "Relieved"), Text("所选泊位缓解的车辆", "Cars that chosen bays relieve"), COUNT
        ),
    },
    style=Style("line", Symbol(NEED_COLOUR, 0.6)),
    guide="parking",
)

_BOUND: Final = {
    "low": (
        Text("容量下限", "Capacity, low"),
        Text(
            "标注路段：每车占用路缘较长；模型推断：该路段在所属街道区间下限中的份额",
            "Mapped: each car takes more kerb. By the model: its part of the lowest figure for its street",
        ),
    ),
    "likely": (
        Text("容量", "Capacity"),
        Text(
            "车位数；模型推断为期望值（可为小数，可能性小的路段也计入）；为空时未知",
            "Number of cars; by the model an expected number (with a fraction, and of unlikely kerb too); empty where "
            "it is unknown",
        ),
    ),
    "high": (
        Text("容量上限", "Capacity, high"),
        Text(
            "标注路段：每车占用路缘较短，转角等处也停；模型推断：该路段在所属街道区间上限中的份额",
            "Mapped: each car takes less kerb, corners and the like too. By the model: its part of the highest figure "
            "for its street",
        ),
    ),
}
_TAGGED: Final = Text("标签的值，为空时未标注", "The value of the tag; empty where there is none")

PARKING_INVENTORY: Final = Layer(
    "parking_inventory",
    Text("停车现状", "Parking inventory"),
    Text(
        "一段路缘的停车现状：地图标注、自有名单或模型推断，附容量区间与停车条件",
        "a stretch of kerb with the parking that is there: mapped, on the study's own list, or by the model; with its "
        "capacity and conditions",
    ),
    "LineString",
    {
        "inventory_id": c.identifier("P 加路段、侧和里程", "P with segment, side and offset"),
        **c.STRETCH,
        "street_id": c.STREET_ID,
        "tier": c.TIER,
        "state": Column(
            Text("状态", "State"), Text("停车方式与来源合看", "Kind and source together"), values=codes.PARKING_STATES
        ),
        "kind": Column(
            Text("停车方式", "Kind"),
            Text("车辆如何停放；模型推断的停车按平行式计", "How cars stand; by the model, parallel is assumed"),
            values=codes.PARKING_INVENTORY,
        ),
        "position": Column(
            Text("停车位置", "Position"),
            Text("车辆停在街道的哪一部分，为空时未标注", "The part of the street; empty where no tag says it"),
            values=codes.PARKING_POSITIONS,
        ),
        "source": Column(Text("来源", "Source"), Text("由何得知", "How it is known"), values=codes.PARKING_SOURCES),
        "probability": Column(
            Text("停车概率", "Probability"),
            Text(
                "模型推断可停车的概率，0 到 1；标注和名单为空",
                "Of parking, by the model, from 0 to 1; empty where it is mapped or listed",
            ),
            NUMBER,
        ),
        **{f"capacity_{name}": Column(title, meaning, NUMBER) for name, (title, meaning) in _BOUND.items()},
        "capacity_source": Column(
            Text("容量来源", "Capacity from"), Text("容量由何得来", "How it is known"), values=codes.CAPACITY_SOURCES
        ),
        "restriction": Column(Text("限制", "Restriction"), _TAGGED),
        "access": Column(Text("停放对象", "Access"), _TAGGED),
        "fee": Column(Text("收费", "Fee"), _TAGGED),
        "maxstay": Column(Text("最长停放", "Longest stay"), _TAGGED),
        "hours": Column(
            Text("条件时段", "Hours of conditions"),
            Text("限时条件的时段，OSM opening_hours 写法", "Of conditional tags, in the words of opening_hours"),
        ),
        "conditions": Column(
            Text("停车条件", "Conditions"), Text("全部停车条件的文字说明", "All conditions in words, in both languages")
        ),
        "conditional": Column(
            Text("限时标签", "Conditional tags"), Text("限时标签原文", "The conditional tags as they are written")
        ),
        "cause_id": Column(
            Text("对象编号", "Object"),
            Text("停车区或名单中停车处的编号", "The id of the area, or of the place on the list"),
        ),
        "length_m": c.KERB_LENGTH_M,
    },
    style=Style("line", column="state", by={state: Symbol(colour, 0.8) for state, colour in INVENTORY_COLOURS.items()}),
    guide="parking",
)

LAYERS: Final = (BAYS, PARKING_DIFFERENCES, PARKING_NEED, PARKING_INVENTORY)
