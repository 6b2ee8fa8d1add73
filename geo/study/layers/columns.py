"""The columns that several layers share, each described once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geo.core.text import Text
from geo.study.layers import codes
from geo.study.layers.description import COUNT, FLAG, MOMENT, NUMBER, Column

METRES: Final = "m"

SEGMENT_ID: Final = Column(
    Text("路段编号", "Segment"),
    Text("所在路段：OSM 路径编号与段序", "The segment: its OSM way and its number along it"),
)
STREET_ID: Final = Column(
    Text("街道编号", "Street"),
    Text(
        "s 加该街最小的 OSM 路径编号；分段另加序号（s12.1）",
        "s and the lowest id of the street's OSM ways; a section's has a number behind a point (s12.1)",
    ),
)
FACILITY_ID: Final = Column(
    Text("设施编号", "Facility"), Text("OSM 对象或名单中的编号", "Its id in OSM or in its list")
)
QUARTER_ID: Final = Column(Text("片区编号", "Quarter"), Text("所在片区", "Its quarter"))
STALL_ID: Final = Column(
    Text("摊位编号", "Identifier"), Text("文件中的编号，缺少时自动生成", "As in its file, else made")
)
IMPORT_ID: Final = Column(Text("导入编号", "Import"), Text("随哪次导入进入研究", "The import that it came with"))
DECISION_ID: Final = Column(Text("决定编号", "Decision"), Text("使其成为现状的决定", "The decision that made it so"))

SIDE: Final = Column(
    Text("侧", "Side"),
    Text("沿路段绘制方向的左侧或右侧", "Of the segment's drawing direction"),
    values=codes.SIDE_NAMES,
)
FROM_M: Final = Column(
    Text("起点里程", "From"), Text("沿路段中心线自起点算起", "Along the segment's centre line"), NUMBER, METRES
)
TO_M: Final = Column(
    Text("终点里程", "To"), Text("沿路段中心线自起点算起", "Along the segment's centre line"), NUMBER, METRES
)
STRETCH: Final[Mapping[str, Column]] = {"segment_id": SEGMENT_ID, "side": SIDE, "from_m": FROM_M, "to_m": TO_M}
"""A stretch of kerb as a linear reference."""

LOCATED: Final[Mapping[str, Column]] = {
    "segment_id": SEGMENT_ID,
    "side": SIDE,
    "offset_m": Column(
        Text("里程", "Offset"), Text("沿路段中心线自起点算起", "From the segment's start, along it"), NUMBER, METRES
    ),
    "distance_m": Column(Text("距路段", "Distance"), Text("到路段中心线的距离", "To the segment"), NUMBER, METRES),
}
"""A point's linear reference, and how far it is from its segment."""

PLACED: Final[Mapping[str, Column]] = {
    "ambiguous": Column(
        Text("街道存疑", "Ambiguous"), Text("另一条街几乎同样近", "Whether another street is nearly as near"), FLAG
    ),
    "precision": Column(
        Text("定位方式", "Placed"), Text("位置由何得来", "How its place was found"), values=codes.PRECISIONS
    ),
    "import_id": IMPORT_ID,
    "doubted": Column(
        Text("存疑字段", "Doubted"),
        Text(
            "导入时存疑的字段，以逗号隔开：照样保存和显示，但不计入任何数字；place 指位置",
            "The fields that were doubted at import, between commas: they are kept and shown, and missing from every "
            "figure; `place` is its place",
        ),
    ),
}
"""How sure the place of a point is, which import it came with, and which of its fields are doubted."""

LENGTH_M: Final = Column(Text("长度", "Length"), Text("线的长度", "Of the line"), NUMBER, METRES)
KERB_LENGTH_M: Final = Column(
    Text("长度", "Length"),
    Text("沿路缘量取，弯道处与里程之差不同", "At the kerb itself: shorter or longer than its reference on bends"),
    NUMBER,
    METRES,
)
WIDTH_M: Final = Column(Text("车行道宽", "Carriageway width"), Text("路缘之间", "From kerb to kerb"), NUMBER, METRES)
WIDTH_SOURCE: Final = Column(
    Text("宽度来源", "Width from"),
    Text(
        "标签 width 或 est_width、车道数乘规则车道宽、规则等级宽度、实测（优先于其余各项）",
        "The tag width or est_width; lanes times the profile's lane width; the profile's width of the class; or a"
        " survey, over all of these",
    ),
    values=codes.WIDTH_SOURCES,
)
HIGHWAY: Final = Column(Text("OSM 等级", "OSM class"), Text("标签 highway 的值", "The value of the tag highway"))
WALK: Final = Column(Text("可步行", "Open to walkers"), Text("行人可否通行", "Whether walkers may use it"), FLAG)
WALK_PRIVATE: Final = Column(
    Text("内部步行", "Private on foot"),
    Text(
        "只供其沿线住户和单位步行出入，不可穿行",
        "Whether only people of its own addresses walk there; no walk leads through it",
    ),
    FLAG,
)
LEVEL: Final = Column(
    Text("层", "Level"),
    Text("标签 layer；没有时桥为 1、隧道为 −1、其余为 0", "The tag layer; else 1 on bridges, -1 in tunnels, 0"),
    COUNT,
)
NAME: Final = Column(Text("名称", "Name"), Text("地图或文件中的名称", "As on the map or in its file"))
ALIASES: Final = Column(
    Text("别名", "Other names"), Text("其他写法，以分号隔开", "Other spellings, between semicolons")
)
TEXT_COLUMN: Final = Column(
    Text("内容", "Text"), Text("原文，姓名、电话等已隐去", "As it was written, with names and numbers masked")
)
SOURCE: Final = Column(
    Text("来源", "Source"),
    Text("来自哪个文件、OSM，或 synthetic（合成）", "The file that it came from, OSM, or synthetic for made-up rows"),
)
STATUS: Final = Column(Text("状态", "Status"), Text("文件中的办理状态", "As its file says"))
CAPACITY: Final = Column(
    Text("容量", "Capacity"), Text("泊位、摊位、厕位等的数量", "Number of spaces, pitches or places"), COUNT
)
HOURS: Final = Column(
    Text("时段", "Hours"), Text("OSM opening_hours 写法", "In the words of OpenStreetMap's opening_hours")
)
BASIS: Final = Column(
    Text("法律依据", "Legal basis"),
    Text("所依据的法律条文，以逗号隔开", "The articles of law behind it, between commas"),
)
RULES: Final = Column(Text("规则", "Rules"), Text("据以得出的规则，以逗号隔开", "The rules behind it, between commas"))
PLACE: Final = Column(
    Text("占用位置", "Place"), Text("设在人行道或车行道", "The part of the street"), values=codes.PLACES
)
DEPTH_M: Final = Column(Text("进深", "Depth"), Text("可占用的深度", "Usable depth"), NUMBER, METRES)
DEMAND: Final = Column(Text("需求", "Demand"), Text("居民、摊位或投诉的数量", "People, stalls or complaints"), NUMBER)
WALK_M: Final = Column(Text("步行距离", "Walk"), Text("沿步行网络", "Along the network of walkers"), NUMBER, METRES)
SITED_KIND: Final = Column(Text("设施类型", "Kind"), Text("哪一类设施", "Of facilities"), values=codes.SITED_KINDS)
COMPLAINTS: Final = Column(Text("投诉数", "Complaints"), Text("件数", "How many"), COUNT)
ROW: Final = Column(Text("行", "Row"), Text("文件中的行号", "In its file"), COUNT)

TIER: Final = Column(Text("等级", "Tier"), Text("现行等级", "As it counts now"), values=codes.TIER_CAPTIONS)
TIER_GROUP: Final[Mapping[str, Column]] = {
    "tier": TIER,
    "tier_source": Column(
        Text("等级来源", "Tier from"),
        Text(
            "决定优先于官方名单，官方名单优先于推断", "A decision beats the official list, and the list beats inference"
        ),
        values=codes.TIER_SOURCE_NAMES,
    ),
    "tier_reason": Column(Text("等级理由", "Reason"), Text("为何是该等级", "Why it has this tier")),
    "tier_confidence": Column(
        Text("等级置信度", "Confidence"),
        Text(
            "0 到 1；推断等级的准确率只由本研究自己的名单留出检验（jiexu grade），名单不足时未知",
            "From 0 to 1; the accuracy of inferred tiers is tested on this study's own list only, with streets and "
            "quarters held out (`jiexu grade`), and not known where the list is short",
        ),
        NUMBER,
    ),
}

RECEIVED_AT: Final = Column(Text("受理时间", "Received"), Text("受理的时刻", "When it was received"), MOMENT)
CLOSED_AT: Final = Column(Text("办结", "Closed"), Text("办结的时刻", "When it was closed"), MOMENT)
AT: Final = Column(Text("时间", "At"), Text("发生的时刻", "When it was done"), MOMENT)
BY: Final = Column(Text("经办人", "By"), Text("何人所为", "The person who did it"))
LON: Final = Column(Text("经度", "Longitude"), Text("WGS 84", "WGS 84"), NUMBER, "°")
LAT: Final = Column(Text("纬度", "Latitude"), Text("WGS 84", "WGS 84"), NUMBER, "°")


def identifier(zh: str, en: str) -> Column:
    """Return the column of a layer's own identifiers, with the given meaning."""
    return Column(Text("编号", "Identifier"), Text(zh, en))
