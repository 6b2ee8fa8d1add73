"""Points: complaints, stalls, parking and other lists, as they were imported and located."""

from __future__ import annotations

from typing import Final

from geo.core.text import Text
from geo.study.colours import OTHER_COLOUR, POINT_COLOURS
from geo.study.layers import codes
from geo.study.layers import columns as c
from geo.study.layers.description import COUNT, FLAG, MOMENT, NUMBER, Column, Layer, Style, Symbol

_SIZE_MM: Final = 2.0

COMPLAINTS: Final = Layer(
    "complaints",
    Text("投诉", "Complaints"),
    Text("一件投诉（工单），及其在街道上的位置", "a complaint, with its place on its street"),
    "Point",
    {
        "complaint_id": c.identifier("工单编号，缺少时自动生成", "As in its file, else made"),
        "category": Column(
            Text("类别", "Category"), Text("代码表中的类别，或原文", "A code of the table, or as written")
        ),
        "received_at": c.RECEIVED_AT,
        "answered_at": Column(
            Text("首次响应", "First answer"), Text("首次响应的时刻", "When it was first answered"), MOMENT
        ),
        "due_at": Column(
            Text("应办结", "Due"), Text("文件所载的应办结时刻", "When it was to be closed, as its file says"), MOMENT
        ),
        "closed_at": c.CLOSED_AT,
        "updated_at": Column(
            Text("更新", "Updated"),
            Text(
                "文件所载的最近更新时刻；更早的导出不会覆盖",
                "Its last update as its file says: no earlier export replaces it",
            ),
            MOMENT,
        ),
        "channel": Column(Text("渠道", "Channel"), Text("由何渠道受理", "How it came in")),
        "status": c.STATUS,
        "response": Column(
            Text("处置方式", "Response"),
            Text("按七二一工作法：服务、管理或执法", "Service, management or enforcement (the 721 method)"),
            values=codes.RESPONSES,
        ),
        "subject_id": Column(Text("对象", "Subject"), Text("被投诉的对象", "The person or business complained about")),
        **c.LOCATED,
        "text": c.TEXT_COLUMN,
        "source": c.SOURCE,
        "duplicate_of": Column(
            Text("与此为同一事件", "Same event as"),
            Text("同一事件的第一件投诉", "The first complaint of the same event"),
        ),
        **c.PLACED,
    },
    style=Style("marker", Symbol(POINT_COLOURS["complaints"], _SIZE_MM)),
    guide="points",
)

STALLS: Final = Layer(
    "stalls",
    Text("摊位", "Stalls"),
    Text("一个现有摊位，及对其位置的判定", "an existing stall, with its place and its verdict"),
    "Point",
    {
        "stall_id": c.identifier("摊位编号，缺少时自动生成", "As in its file, else made"),
        "operator_id": Column(Text("经营者", "Operator"), Text("经营者编号", "The operator's id")),
        "goods": Column(Text("品种", "Goods"), Text("经营的品种", "Goods on sale")),
        "area_m2": Column(
            Text("面积（平方米）", "Area (m²)"), Text("占地面积", "Ground taken by the stall"), NUMBER, "m²"
        ),
        "permit_until": Column(Text("许可截止", "Permit until"), Text("许可的最后一天", "The permit's last day")),
        "offences": Column(Text("违规次数", "Offences"), Text("已记录的违规", "Offences on record"), COUNT),
        "hardship": Column(Text("困难群体", "In hardship"), Text("经营者属困难群体", "Whether its operator is"), FLAG),
        **c.LOCATED,
        "verdict": Column(
            Text("判定", "Verdict"), Text("该处可否设摊", "Whether the place is allowed"), values=codes.VERDICT_NAMES
        ),
        "reasons": Column(
            Text("规则", "Rules"), Text("据以判定的规则，以逗号隔开", "Behind the verdict, between commas")
        ),
        "source": c.SOURCE,
        **c.PLACED,
    },
    style=Style("marker", Symbol(POINT_COLOURS["stalls"], _SIZE_MM)),
    guide="points",
)

PARKING: Final = Layer(
    "parking",
    Text("停车", "Parking"),
    Text("一处现有停车场或路内泊位", "a car park, or bays on a street, that are there"),
    "Unknown",
    {
        "parking_id": c.identifier("停车处编号，缺少时自动生成", "As in its file, else made"),
        "kind": Column(Text("类型", "Kind"), Text("路内或路外", "On or off the street"), values=codes.PARKING_KINDS),
        "capacity": Column(Text("泊位数", "Capacity"), Text("泊位的数量", "Number of spaces"), COUNT),
        "night_only": Column(Text("仅夜间", "Night only"), Text("只在夜间可停", "Whether only at night"), FLAG),
        **c.LOCATED,
        "source": c.SOURCE,
        **c.PLACED,
    },
    style=Style("marker", Symbol(POINT_COLOURS["parking"], _SIZE_MM)),
    guide="points",
)

OTHER: Final = Layer(
    "other",
    Text("其他点位", "Other points"),
    Text(
        "其他名单（台账）中的一行：店铺、许可、围挡、监督员……",
        "a row of another list: shops, permits, hoardings, supervisors …",
    ),
    "Point",
    {
        "other_id": c.identifier("名单中的编号，缺少时自动生成", "As in its list, else made"),
        "category": Column(Text("类别", "Category"), Text("名单中的类别", "As its list says")),
        "name": c.NAME,
        "rating": Column(Text("星级", "Rating"), Text("名单中的评级", "As its list says"), NUMBER),
        "received_at": c.RECEIVED_AT,
        "closed_at": c.CLOSED_AT,
        "due_at": Column(Text("到期", "Due"), Text("应办结或到期的时刻", "When it is due or expires"), MOMENT),
        "status": c.STATUS,
        **c.LOCATED,
        "text": c.TEXT_COLUMN,
        "source": c.SOURCE,
        **c.PLACED,
    },
    style=Style("marker", Symbol(OTHER_COLOUR, _SIZE_MM)),
    guide="points",
)

LAYERS: Final = (COMPLAINTS, STALLS, PARKING, OTHER)
