"""Streets: segments, streets, footpaths, scores and surveyed widths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geo.core.text import Text
from geo.study.colours import PATH_COLOUR, TIER_COLOURS, TIER_WIDTHS
from geo.study.layers import codes
from geo.study.layers import columns as c
from geo.study.layers.description import COUNT, FLAG, NUMBER, Column, Layer, Style, Symbol

_TIERED: Final = Style(
    "line", column="tier", by={tier: Symbol(TIER_COLOURS[tier], TIER_WIDTHS[tier]) for tier in codes.TIERS}
)

_PARKING_SIDE: Final = Text("标签 parking:SIDE 所说的停车方式", "Manner of parking there, from tags")
_PAVEMENT: Final = Text(
    "标签所说的人行道宽（0 为没有）；为空时按规则中该等级的宽度",
    "From tags (0: none); where empty, the profile's width of the class counts",
)
_CARS: Final = Text("标签所说的车位数", "Number of spaces, from tags")
_PARKING_TAGS: Final = Text(
    "该侧全部停车标签（JSON，按现行标签体系）",
    "All parking tags of the side, in the words of the current scheme (JSON)",
)
_CYCLEWAY: Final = Text("标签 cycleway 的值", "The value of the tag cycleway")
_SEPARATED: Final = Text(
    "机动车道与非机动车道之间有隔离设施（标签 cycleway:SIDE:separation）",
    "A barrier stands between carriageway and cycleway (tags cycleway:SIDE:separation)",
)

_INGREDIENT_NAMES: Final = {
    "class": Text("道路等级", "class"),
    "traffic": Text("交通", "traffic"),
    "width": Text("宽度", "width"),
    "frontage": Text("临街面", "frontage"),
    "attractors": Text("吸引点", "attractors"),
    "complaints": Text("投诉", "complaints"),
}


def _points(ingredient: str) -> Column:
    name = _INGREDIENT_NAMES[ingredient]
    return Column(
        Text(f"{name.zh}得分", f"Points: {name.en}"),
        Text("该项在总分中的分数", "Its part of the score"),
        NUMBER,
        "points",
    )


ROADS: Final = Layer(
    "roads",
    Text("路段", "Road segments"),
    Text(
        "路口到路口的一段（或到 OSM 路径终点，或到宽度、名称、车道改变处）",
        "a segment from junction to junction (or to the end of its OSM way, where width, name or lanes change)",
    ),
    "LineString",
    {
        "segment_id": c.SEGMENT_ID,
        "street_id": c.STREET_ID,
        "way_id": Column(Text("OSM 路径", "OSM way"), Text("OSM 路径编号", "The id of its OSM way"), "int64"),
        "name": c.NAME,
        "aliases": c.ALIASES,
        "highway": c.HIGHWAY,
        "oneway": Column(Text("单行", "One-way"), Text("只能沿绘制方向行驶", "Along the drawing direction only"), FLAG),
        "lanes": Column(Text("车道数", "Lanes"), Text("标签 lanes", "The tag lanes"), COUNT),
        "width_m": c.WIDTH_M,
        "width_source": c.WIDTH_SOURCE,
        "length_m": c.LENGTH_M,
        "bridge": Column(Text("桥", "Bridge"), Text("在桥上", "Whether it is on a bridge"), FLAG),
        "tunnel": Column(Text("隧道", "Tunnel"), Text("在隧道中", "Whether it is in a tunnel"), FLAG),
        "roundabout": Column(Text("环岛", "Roundabout"), Text("是环岛的一部分", "Whether it is part of one"), FLAG),
        "pavement_left_m": Column(Text("左侧人行道宽", "Pavement, left"), _PAVEMENT, NUMBER, c.METRES),
        "pavement_right_m": Column(Text("右侧人行道宽", "Pavement, right"), _PAVEMENT, NUMBER, c.METRES),
        "parking_left": Column(Text("左侧停车", "Parking, left"), _PARKING_SIDE, values=codes.TAGGED_PARKING),
        "parking_right": Column(Text("右侧停车", "Parking, right"), _PARKING_SIDE, values=codes.TAGGED_PARKING),
        "parking_left_cars": Column(Text("左侧车位", "Spaces, left"), _CARS, NUMBER),
        "parking_right_cars": Column(Text("右侧车位", "Spaces, right"), _CARS, NUMBER),
        "parking_left_tags": Column(Text("左侧停车标签", "Parking tags, left"), _PARKING_TAGS),
        "parking_right_tags": Column(Text("右侧停车标签", "Parking tags, right"), _PARKING_TAGS),
        "cycleway_left": Column(Text("左侧非机动车道", "Cycleway, left"), _CYCLEWAY),
        "cycleway_right": Column(Text("右侧非机动车道", "Cycleway, right"), _CYCLEWAY),
        "drive": Column(Text("可行车", "Open to cars"), Text("机动车可否通行", "Whether cars may use it"), FLAG),
        "walk": c.WALK,
        "walk_private": c.WALK_PRIVATE,
        "motorroad": Column(
            Text("汽车专用路", "Motor road"), Text("标签 motorroad=yes", "The tag motorroad=yes"), FLAG
        ),
        "level": c.LEVEL,
        "car_access": Column(
            Text("机动车通行权", "Access of cars"),
            Text(
                "最具体的通行标签（motorcar、motor_vehicle、vehicle、access）的值；按道路等级不通机动车时为 no",
                "The value of the most specific of motorcar, motor_vehicle, vehicle and access; no where the class is "
                "not for cars",
            ),
        ),
        "car_access_at": Column(
            Text("限时通行权", "Access at times"),
            Text("该标签的 :conditional 值", "The value of its :conditional"),
        ),
        "separated_left": Column(Text("左侧隔离", "Separated, left"), _SEPARATED, FLAG),
        "separated_right": Column(Text("右侧隔离", "Separated, right"), _SEPARATED, FLAG),
        "roadworks": Column(Text("施工", "Works"), Text("标签 construction", "The tag construction"), FLAG),
        **c.TIER_GROUP,
    },
    style=_TIERED,
)

_ON_STREET: Final = Text("位于该街的件数或处数", "How many lie on it")

STREETS: Final = Layer(
    "streets",
    Text("街道", "Streets"),
    Text(
        "一条街道，或其中单独分级的一段（section 指明）",
        "a street, or a section graded apart (named in `section`)",
    ),
    "MultiLineString",
    {
        "street_id": c.STREET_ID,
        "name": c.NAME,
        "aliases": c.ALIASES,
        "section": Column(Text("分段", "Section"), Text("单独分级的一段", "The part that is graded apart")),
        "highway": c.HIGHWAY,
        **c.TIER_GROUP,
        "official_tier": Column(
            Text("官方等级", "Official tier"),
            Text("官方名单所载，不论作过何种决定", "The tier in the official list, whatever was decided"),
            values=codes.TIER_CAPTIONS,
        ),
        "length_m": c.LENGTH_M,
        "complaints": Column(Text("投诉数", "Complaints"), _ON_STREET, COUNT),
        "stalls": Column(Text("摊位数", "Stalls"), _ON_STREET, COUNT),
        "parking": Column(Text("停车处数", "Parking"), _ON_STREET, COUNT),
    },
    style=_TIERED,
    guide="tiers",
)

PATHS: Final = Layer(
    "paths",
    Text("步行道", "Footpaths"),
    Text(
        "一段步行道，在与其他步行道或街道相交处断开",
        "a footpath, cut where it meets others or a street: for ways on foot",
    ),
    "LineString",
    {
        "segment_id": c.SEGMENT_ID,
        "highway": c.HIGHWAY,
        "length_m": c.LENGTH_M,
        "walk": c.WALK,
        "walk_private": c.WALK_PRIVATE,
        "level": c.LEVEL,
    },
    style=Style("line", Symbol(PATH_COLOUR, 0.2)),
)

_MEASURED: Final[Mapping[str, Column]] = {
    "width_m": c.WIDTH_M,
    "traffic": Column(
        Text("交通", "Traffic"),
        Text("中介中心性低于它的路长所占份额，0 到 1", "Share of road length with less betweenness, 0 to 1"),
        NUMBER,
    ),
    "frontage_per_100m": Column(
        Text("百米临街面", "Frontage per 100 m"),
        Text("每百米店铺和出入口数", "Shops and entrances"),
        NUMBER,
        "per 100 m",
    ),
    "attractors": Column(
        Text("吸引点", "Attractors"),
        Text(
            "步行范围内学校、医院、车站、市场的种类数",
            "Kinds of schools, hospitals, stations and markets within a walk",
        ),
        NUMBER,
    ),
    "complaints_per_km": Column(Text("每公里投诉", "Complaints per km"), Text("件数", "How many"), NUMBER, "per km"),
}

STREET_SCORES: Final = Layer(
    "street_scores",
    Text("街道评分", "Street scores"),
    Text(
        "一条街道的量测值、各项得分、总分及据此推断的等级",
        "measurements of each street, its points per ingredient, their sum, and the suggested tier",
    ),
    None,
    {
        "street_id": c.STREET_ID,
        **_MEASURED,
        **{f"{ingredient}_points": _points(ingredient) for ingredient in codes.INGREDIENTS},
        "score": Column(
            Text("总分", "Score"), Text("各项得分之和，0 到 100", "Sum of the points, 0 to 100"), NUMBER, "points"
        ),
        "inferred_tier": Column(
            Text("推断等级", "Inferred tier"),
            Text("由总分推断的等级", "The tier suggested by the score"),
            values=codes.TIER_CAPTIONS,
        ),
    },
    guide="tiers",
)

SURVEYED_WIDTHS: Final = Layer(
    "surveyed_widths",
    Text("实测宽度", "Surveyed widths"),
    Text("一条实测的车行道宽，重建后保留", "a surveyed width of a carriageway, kept through rebuilds"),
    None,
    {
        "name": Column(Text("街道", "Street"), Text("名单中的街名", "As the list calls it")),
        "from": Column(Text("起点", "From"), Text("起于哪条街", "The street where it begins")),
        "to": Column(Text("终点", "To"), Text("止于哪条街", "The street where it ends")),
        "width_m": c.WIDTH_M,
        "row": c.ROW,
        "file": Column(Text("文件", "File"), Text("名单的文件名", "The list's file name")),
    },
)

LAYERS: Final = (ROADS, STREETS, PATHS, STREET_SCORES, SURVEYED_WIDTHS)
