"""Features along streets, from the extract: facilities, ground, quarters, house numbers."""

from __future__ import annotations

from typing import Final

from geo.core.text import Text
from geo.study.colours import AREA_COLOUR, FACILITY_COLOURS
from geo.study.layers import codes
from geo.study.layers import columns as c
from geo.study.layers.description import NUMBER, Column, Layer, Style, Symbol

_KIND: Final = Column(
    Text("类型", "Kind"),
    Text("规则 facilities.kinds 中的类型", "One of the rule facilities.kinds"),
    values=codes.FACILITY_KINDS,
)

FACILITIES: Final = Layer(
    "facilities",
    Text("设施", "Facilities"),
    Text(
        "数据中或名单中的市场、厕所、停车场、学校、车站、人行横道……，容量和时段已知时载明",
        "a market, toilet, car park, school, stop, crossing … of the extract or of a list, with `capacity` and `hours`"
        " where known",
    ),
    "Point",
    {
        "facility_id": c.FACILITY_ID,
        "kind": _KIND,
        "name": c.NAME,
        "capacity": c.CAPACITY,
        "hours": c.HOURS,
        "access": Column(Text("对谁开放", "Access"), Text("标签 access 的值", "The value of the tag access")),
        "source": c.SOURCE,
        "precision": c.PLACED["precision"],
        "import_id": c.IMPORT_ID,
    },
    style=Style("marker", column="kind", by={kind: Symbol(colour, 2.4) for kind, colour in FACILITY_COLOURS.items()}),
    guide="facilities",
)

FACILITY_AREAS: Final = Layer(
    "facility_areas",
    Text("设施用地", "Grounds of facilities"),
    Text("数据中以面表示的设施的用地", "the grounds of facilities mapped as areas in the extract"),
    "MultiPolygon",
    {
        "facility_id": c.FACILITY_ID,
        "kind": _KIND,
        "orientation": Column(
            Text("停放方式", "Orientation"), Text("泊位与路缘的关系", "Of bays to the kerb"), values=codes.ORIENTATIONS
        ),
    },
    style=Style("fill", Symbol(AREA_COLOUR, 0.2, 0.35)),
)

CONTEXT: Final = Layer(
    "context",
    Text("底图", "Base map"),
    Text(
        "底图：水域、绿地、建筑（用途、层数）、铁路、步行道，已测绘的路缘和车行道面",
        "ground for the base map: water, green, buildings (with `use` and `levels`), rails, paths; mapped kerbs and"
        " carriageway areas",
    ),
    "Unknown",
    {
        "kind": Column(
            Text("类型", "Kind"),
            Text("规则 context.kinds 中的类型", "One of the rule context.kinds"),
            values=codes.GROUND_KINDS,
        ),
        "name": c.NAME,
        "use": Column(
            Text("用途", "Use"), Text("建筑标签 building 的值", "Of buildings: the value of the tag building")
        ),
        "levels": Column(Text("层数", "Levels"), Text("建筑的层数", "Of buildings"), NUMBER),
    },
)

QUARTERS: Final = Layer(
    "quarters",
    Text("片区", "Quarters"),
    Text(
        "一个片区：来自城市自己的文件、OSM，或主要街道围成的街区（source 指明）",
        "a quarter: of the city's own file, of OSM, or a block between main streets (see `source`)",
    ),
    "MultiPolygon",
    {
        "quarter_id": c.identifier("片区编号", "The quarter's own"),
        "name": c.NAME,
        "source": Column(
            Text("来源", "Source"),
            Text("文件名、OSM，或 streets（主要街道）", "A file's name, OSM, or streets (main streets)"),
        ),
    },
    style=Style("fill", Symbol(AREA_COLOUR, 0.4, 0.15)),
)

ADDRESSES: Final = Layer(
    "addresses",
    Text("门牌", "House numbers"),
    Text("数据中的一个门牌", "a house number of the extract"),
    "Point",
    {
        "street": Column(Text("街道", "Street"), Text("标签 addr:street", "The tag addr:street")),
        "number": Column(Text("门牌号", "Number"), Text("标签 addr:housenumber", "The tag addr:housenumber")),
    },
    style=Style("marker", Symbol(AREA_COLOUR, 0.8)),
)

LAYERS: Final = (FACILITIES, FACILITY_AREAS, CONTEXT, QUARTERS, ADDRESSES)
