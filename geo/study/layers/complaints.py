"""Layers made of complaints: hot spots, and districts and rounds of supervisors."""

from __future__ import annotations

from typing import Final

from geo.core.text import Text
from geo.study.colours import DISTRICT_COLOUR, HOT_COLOUR, ROUND_COLOUR
from geo.study.layers import codes
from geo.study.layers import columns as c
from geo.study.layers.description import COUNT, FLAG, NUMBER, Column, Layer, Style, Symbol

_INTERVAL: Final = Text("95% 精确区间", "Exact 95 % interval")
_P: Final = Text("随机排列得到同样极端值的份额", "How often chance gives one as far, by permutation")

HOTSPOTS: Final = Layer(
    "hotspots",
    Text("投诉热点", "Hot spots"),
    Text(
        "街道的一小段（lixel），载明投诉密度，及所在路段是否显著热点、聚集区或正在变化",
        "a piece of street (lixel) with the density of complaints there, and whether its segment is hot beyond chance,"
        " in a cluster, or emerging",
    ),
    "LineString",
    {
        "segment_id": c.SEGMENT_ID,
        "street_id": c.STREET_ID,
        "from_m": c.FROM_M,
        "to_m": c.TO_M,
        "density": Column(Text("密度", "Density"), Text("核密度", "By kernel"), NUMBER, "per km"),
        "complaints": Column(Text("投诉数", "Complaints"), Text("所在路段的件数", "On its segment"), COUNT),
        "rate": Column(
            Text("投诉率", "Rate"),
            Text("按暴露量，小数目向均值收缩", "By exposure, small numbers drawn to the mean"),
            NUMBER,
        ),
        "rate_low": Column(
            Text("投诉率下限", "Rate, low"), Text("95% 区间（伽马—泊松）", "95 % interval (gamma-Poisson)"), NUMBER
        ),
        "rate_high": Column(
            Text("投诉率上限", "Rate, high"), Text("95% 区间（伽马—泊松）", "95 % interval (gamma-Poisson)"), NUMBER
        ),
        "high": Column(
            Text("自身偏高", "High itself"),
            Text("明显高于同等级道路的路段", "Above segments of the same class of road beyond chance"),
            FLAG,
        ),
        "change": Column(
            Text("与过去相比", "Against its past"),
            Text("近月与此前相比；空为无法判断", "Its last months against all before; empty where nothing can be said"),
            values=codes.CHANGES,
        ),
        "gi_z": Column(
            Text("Gi* 值", "Gi* z"),
            Text(
                "本路段最明显邻域超出预期的标准差数（按暴露量加权的 Gi*）",
                "Excess of the segment's clearest neighbourhood in standard deviations (Gi* weighted by exposure)",
            ),
            NUMBER,
        ),
        "p_value": Column(
            Text("p 值", "p"),
            Text("偶然得到同样多反映地点的概率（精确）", "How likely chance gives as many places there: exact"),
            NUMBER,
        ),
        "hot": Column(
            Text("热点片区内", "In a hot neighbourhood"),
            Text(
                "路段有一处连同周边显著偏高（错误发现率之内）",
                "A stretch of it is high with its surroundings, within the false discovery rate",
            ),
            FLAG,
        ),
        "hot_here": Column(
            Text("此处为热点", "Hot here"),
            Text("这一小段连同周边显著偏高", "This very piece is high with its surroundings"),
            FLAG,
        ),
        "near_complaints": Column(
            Text("周边投诉", "Complaints nearby"), Text("邻域内的件数", "In the neighbourhood of this piece"), COUNT
        ),
        "near_places": Column(
            Text("周边地点", "Places nearby"),
            Text(
                "邻域内被反映的地点数，同一地点只计一次", "Reported in the neighbourhood; many reports of one are one"
            ),
            COUNT,
        ),
        "near_expected": Column(
            Text("预期地点", "Places expected"),
            Text("按暴露量应有的地点数", "In the neighbourhood, by exposure"),
            NUMBER,
        ),
        "near_ratio": Column(
            Text("与预期之比", "Ratio to expected"),
            Text("周边地点除以预期", "Places nearby by places expected"),
            NUMBER,
        ),
        "near_low": Column(Text("比值下限", "Ratio, low"), _INTERVAL, NUMBER),
        "near_high": Column(Text("比值上限", "Ratio, high"), _INTERVAL, NUMBER),
        "moran": Column(Text("局部莫兰指数", "Local Moran's I"), Text("与邻段的相关", "With its neighbours"), NUMBER),
        "moran_p": Column(Text("莫兰 p 值", "Moran, p"), _P, NUMBER),
        "quadrant": Column(
            Text("象限", "Quadrant"),
            Text("本段与邻段相对均值的高低", "Its rate and its neighbours', against the mean"),
            values=codes.QUADRANTS,
        ),
        "cluster": Column(Text("聚集区", "Cluster"), Text("所在聚集区的编号", "The number of its cluster")),
        "emerging": Column(
            Text("变化", "Emerging"), Text("逐月变化的类型", "The kind of change by month"), values=codes.EMERGING
        ),
    },
    style=Style("line", column="hot", by={"true": Symbol(HOT_COLOUR, 1.0), "false": Symbol("#c9c9c9", 0.2)}),
    guide="complaints",
)

_DISTRICT_ID: Final = c.identifier("监督员片区编号", "The district's own")

PATROL_DISTRICTS: Final = Layer(
    "patrol_districts",
    Text("监督员片区", "Districts of supervisors"),
    Text(
        "一名监督员负责的街道及工作量，连同把它们连成一片的通道",
        "a supervisor's streets with their work, and the ways that link them into one piece",
    ),
    "MultiLineString",
    {
        "district_id": _DISTRICT_ID,
        "work": Column(
            Text("工作量", "Work"), Text("街道长度与投诉加权之和", "Length and complaints, weighted"), NUMBER
        ),
        "complaints": c.COMPLAINTS,
        "length_m": Column(
            Text("街道长度", "Length"), Text("所负责的街道，不含通道", "Of its streets, without passages"), NUMBER, "m"
        ),
        "passage_m": Column(
            Text("通道长度", "Passages"), Text("只用于连接的通道", "Ways that only link its streets"), NUMBER, "m"
        ),
        "pieces": Column(
            Text("片数", "Pieces"),
            Text(
                "超过 1 仅因步行网络本身不连通", "More than 1 only where the walking network itself is not in one piece"
            ),
            COUNT,
        ),
    },
    style=Style("line", Symbol(DISTRICT_COLOUR, 0.8)),
    guide="complaints",
)

PATROL_ROUNDS: Final = Layer(
    "patrol_rounds",
    Text("巡查路线", "Walking rounds"),
    Text(
        "走遍片区最繁忙街道全长的闭合路线，按行走顺序",
        "the closed walk along the whole of a district's busiest streets, in the order of walking",
    ),
    "MultiLineString",
    {
        "district_id": _DISTRICT_ID,
        "stops": Column(
            Text("路段", "Stops"), Text("须走遍的路段数", "Segments that it is for, each walked from end to end"), COUNT
        ),
        "length_m": c.LENGTH_M,
        "required_m": Column(
            Text("须走长度", "Required"), Text("须走遍的路段之长", "Length of the segments that it is for"), NUMBER, "m"
        ),
        "bound_m": Column(
            Text("下限", "Bound"), Text("任何路线不会更短", "No round along them is shorter"), NUMBER, "m"
        ),
        "unreached": Column(
            Text("走不到", "Unreached"),
            Text("步行网络走不到的路段数", "Segments out of reach on the walking network"),
            COUNT,
        ),
    },
    style=Style("line", Symbol(ROUND_COLOUR, 0.4)),
    guide="complaints",
)

LAYERS: Final = (HOTSPOTS, PATROL_DISTRICTS, PATROL_ROUNDS)
