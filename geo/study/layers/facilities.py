"""Facilities: population, coverage, catchments, gaps, sites."""

from __future__ import annotations

from typing import Final

from geo.core.text import Text
from geo.study.colours import COVERAGE_COLOURS, SITE_COLOURS
from geo.study.layers import codes
from geo.study.layers import columns as c
from geo.study.layers.description import COUNT, FLAG, NUMBER, Column, Layer, Style, Symbol

POPULATION: Final = Layer(
    "population",
    Text("人口", "Population"),
    Text(
        "文件给出的一个区域或点的人口，重建后保留",
        "population of an area or a point from a file, kept through rebuilds",
    ),
    "Unknown",
    {
        "population_id": c.identifier("人口区域编号", "The area's or point's own"),
        "name": c.NAME,
        "residents": Column(Text("人口", "Residents"), Text("居民人数", "How many people live there"), NUMBER),
        "source": c.SOURCE,
    },
    guide="facilities",
)

COVERAGE: Final = Layer(
    "coverage",
    Text("步行可达", "Served within walking distance"),
    Text(
        "一处需求，其最近的设施、步行距离，及是否在标准之内",
        "a place of demand with its nearest facility of a `kind`, how far that is, and whether it is within the"
        " standard",
    ),
    "Point",
    {
        "demand_id": c.identifier("需求点编号", "The place's own"),
        "kind": c.SITED_KIND,
        "demand": c.DEMAND,
        "source": Column(
            Text("需求来源", "Demand from"), Text("需求由何得来", "Where it comes from"), values=codes.DEMAND_SOURCES
        ),
        "facility_id": c.FACILITY_ID,
        "walk_m": c.WALK_M,
        "minutes": Column(Text("步行时间", "Minutes"), Text("到最近设施", "To the nearest facility"), NUMBER, "min"),
        "covered": Column(
            Text("达标", "Covered"),
            Text("是否在标准距离内", "Whether it is within the standard"),
            FLAG,
            values=codes.COVERED,
        ),
        "street_id": c.STREET_ID,
        "tier": c.TIER,
        "quarter_id": c.QUARTER_ID,
    },
    style=Style("marker", column="covered", by={key: Symbol(colour, 1.6) for key, colour in COVERAGE_COLOURS.items()}),
    guide="facilities",
)


def _by_kind(colour: str) -> Style:
    return Style("fill", column="kind", by={kind: Symbol(colour, 0.2, 0.35) for kind in codes.SITED_KINDS})


CATCHMENTS: Final = Layer(
    "catchments",
    Text("服务范围", "Catchments"),
    Text("一处设施服务的范围", "the ground that a facility serves"),
    "MultiPolygon",
    {
        "facility_id": c.FACILITY_ID,
        "kind": c.SITED_KIND,
        "name": c.NAME,
        "demand": c.DEMAND,
        "within_m": Column(Text("标准距离", "Within"), Text("达标的步行距离", "The standard's walk"), NUMBER, c.METRES),
        "capacity": c.CAPACITY,
        "hours": c.HOURS,
        "source": c.SOURCE,
    },
    style=_by_kind(COVERAGE_COLOURS["true"]),
    guide="facilities",
)

COVERAGE_GAPS: Final = Layer(
    "coverage_gaps",
    Text("空白区", "Gaps"),
    Text("未被覆盖的人群所在的范围", "ground where people are left out"),
    "MultiPolygon",
    {
        "gap_id": c.identifier("类型和序号", "Its kind and number"),
        "kind": c.SITED_KIND,
        "demand": c.DEMAND,
        "places": Column(Text("需求点数", "Places"), Text("其中的需求点", "Of demand in it"), COUNT),
        "walk_m": c.WALK_M,
        "streets": Column(Text("街道", "Streets"), Text("其中主要的街道", "The main ones in it")),
        "quarter_id": c.QUARTER_ID,
    },
    style=_by_kind(COVERAGE_COLOURS["false"]),
    guide="facilities",
)

SITES: Final = Layer(
    "sites",
    Text("选址", "Sites"),
    Text(
        "新设施的选址：拟设、已采纳，或拟为此关闭的设施",
        "a site for a new facility: `proposed`, `accepted`, or a facility to close for it (`closed`)",
    ),
    "Point",
    {
        "site_id": c.identifier("类型和位置的散列", "Its kind and a hash of its place"),
        "kind": c.SITED_KIND,
        "model": Column(
            Text("选址模型", "Model"), Text("据以选出的模型", "The model of the choice"), values=codes.MODELS
        ),
        "rank": Column(Text("次序", "Rank"), Text("按增益的次序", "By gain"), COUNT),
        "source": Column(Text("候选来源", "Candidates from"), Text("候选点由何得来", "Where the candidate comes from")),
        "name": c.NAME,
        "street_id": c.STREET_ID,
        "gain": Column(Text("增益", "Gain"), Text("在此前各点之外新增的需求", "Demand over the sites above"), NUMBER),
        "demand": c.DEMAND,
        "chosen_share": Column(
            Text("模拟中选比例", "Chosen in simulations"),
            Text(
                "需求和步行距离变动时中选的份额",
                "Share of simulations, with demand and walks varied, that choose it",
            ),
            NUMBER,
        ),
        "capacity": c.CAPACITY,
        "price": Column(Text("费用", "Price"), Text("预算单位", "In units of the budget"), NUMBER),
        "status": Column(
            Text("状态", "Status"),
            Text("拟设、已采纳或拟关闭", "Proposed, accepted or to close"),
            values=codes.SITE_STATUSES,
        ),
        "decision_id": c.DECISION_ID,
    },
    style=Style("marker", column="status", by={status: Symbol(colour, 4.0) for status, colour in SITE_COLOURS.items()}),
    guide="facilities",
)

LAYERS: Final = (POPULATION, COVERAGE, CATCHMENTS, COVERAGE_GAPS, SITES)
