"""Layers of parking: bays, their differences from mapped parking, and parking demand."""

from __future__ import annotations

from typing import Final

from geo.core.text import Text
from geo.study.colours import BAY_COLOURS, DIFFERENCE_COLOURS, NEED_COLOUR
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

LAYERS: Final = (BAYS, PARKING_DIFFERENCES, PARKING_NEED)
