"""The work on patrols, from and into the study file: districts, rounds, where to be when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.complaints.districts import Districts, apart, in_pieces, needed_links
from geo.complaints.effects import months_covered
from geo.complaints.patrol_documents import KeptDistricts, PatrolsDocument, PriorityDocument
from geo.complaints.patrol_layers import Plan, district_documents, earlier_districts, patrol_layers
from geo.complaints.patrols import divide, heaviest, keep, linked, priorities, walking_round
from geo.complaints.trends import local_times
from geo.core.arrays import Flags, Floats, Integers
from geo.core.errors import StudyError
from geo.core.records import document_rows
from geo.core.text import Text
from geo.jobs import progress
from geo.network.graph import Network, adjacency
from geo.points.cases import dated, placed_cases
from geo.streets.locating import street_of
from geo.study.reader import Study, on_study
from geo.study.results import MadeOf, Result, command_of
from geo.study.rights import requires

PATROLS: Final[Result[PatrolsDocument]] = Result(
    "patrols",
    Text("巡查", "Patrols"),
    MadeOf(layers=("roads", "paths", "facilities", "complaints"), rules=("patrols",)),
    ("patrol_districts", "patrol_rounds"),
)

PEOPLE: Final = 50
"""Supervisors, where nothing else is said."""

_LEAST_WORK: Final = 1e-6
"""Of a street to patrol without complaints where `patrols.own_work` is 0: it has to be in a district all the same."""


class _Walks(NamedTuple):
    """The ways on foot: the streets to patrol, and all others that may link them."""

    ways: gpd.GeoDataFrame
    network: Network
    counts: Floats
    work: Floats


@requires("decide")
@on_study
def plan_patrols(
    study: Study, people: int | None = None, keep_earlier: bool = True, without: Sequence[str] = ()
) -> PatrolsDocument:
    """
    Divide the streets among supervisors, with a round for each, and write `patrol_districts` and `patrol_rounds`.

    Parameters
    ----------
    study
        The study, or its path.
    people
        How many there are; by default `PEOPLE`, or as many as earlier districts that do not end.
    keep_earlier
        Whether streets stay in the districts that the study has, as far as that leaves the work even.
    without
        Earlier districts whose supervisors are not there: they end.

    Returns
    -------
    summary
        The districts with their rounds, how even their work is, and the streets and hours of the week that come first.

    Raises
    ------
    StudyError
        If the study has no streets to walk, or no such district as is to end.
    """
    progress.step("读取街道和投诉", "Read streets and complaints", 1, 4)
    profile, counted = study.profile, placed_cases(study.layer("complaints"))
    complaints = counted.rows
    walks = _walks(study, complaints)
    drawn = study.layer("patrol_districts")
    before = list(drawn["district_id"]) if keep_earlier or without else []
    _check(without, before)
    many = people if people is not None else len(before) - len(without) if without else PEOPLE
    if not (walks.work > 0).any() or many < 1:
        raise StudyError(
            Text("没有可巡查的街道或人员", "No streets to patrol, or no supervisors"),
            Text("请检查数据和人数", "Check the study, and the number of people"),
        )
    progress.step("划分片区", "Divide the streets", 2, 4)
    touched, meets, xy = _reached(walks)
    within = float(profile["patrols.districts_within"])
    earlier, names = np.full(len(walks.ways), -1, dtype=np.int64), before
    if before:
        earlier = earlier_districts(walks.network.tree[1], drawn, study.crs)
        staying = np.where(np.isin(np.array([*before, ""], dtype=object)[earlier], list(without)), -1, earlier)
        found, number = keep(walks.work[touched], linked(meets, xy), xy, staying[touched], len(before), many, within)
        names = _names(before, number)
    else:
        found = divide(walks.work[touched], linked(meets, xy), xy, many, within)
        names = _names([], np.arange(len(found.work)))
    progress.step("规划巡查路线", "Plan the rounds", 3, 4)
    plan = _plan(walks, touched, meets, xy, found, names, float(profile["patrols.round_share"]))
    kept = _kept(plan, earlier, before) if before else None
    summary: PatrolsDocument = {
        "people": many,
        "districts": district_documents(plan, earlier if before else None, before),
        "balance": round(found.balance, 3),
        "bound": round(found.bound / float(found.work.mean()), 3),
        "network_parts": int(connected_components(meets, directed=False)[0]),
        "says": [str(sentence) for sentence in _says(plan, many, found)],
        "kept": kept,
        "priorities": document_rows(_priorities(study, complaints), PriorityDocument),
        "months": round(months_covered(complaints), 2),
        "left_out": {"districts": counted.left_out, "priorities": dated(counted).left_out},
    }
    # districts that ended are gone: on the study as it is now, the others are kept
    command = command_of("patrols", study, people=many, afresh=not keep_earlier)
    progress.step("写入研究文件", "Write the study", 4, 4)
    PATROLS.keep(study, summary, patrol_layers(plan, study.crs), command)
    return summary


def _check(without: Sequence[str], before: Sequence[str]) -> None:
    unknown = [name for name in without if name not in before]
    if unknown:
        have = ", ".join(before) or "–"
        raise StudyError(
            Text(f"没有片区 {'、'.join(unknown)}", f"There is no district {', '.join(unknown)}"),
            Text(f"已有片区：{have}", f"The study has: {have}"),
        )


def _walks(study: Study, complaints: gpd.GeoDataFrame) -> _Walks:
    """Return the ways on foot with the work of the graded streets, and of other streets with complaints."""
    roads, paths, facilities = (study.layer(name) for name in ("roads", "paths", "facilities"))
    columns = ["segment_id", "street_id", "name", "length_m", "geometry"]
    asked = (roads["tier"] != "unclassified") | roads["segment_id"].isin(complaints["segment_id"])
    streets = roads.loc[roads["walk"], columns].assign(asked=asked[roads["walk"]])
    links = paths.loc[paths["walk"], ["segment_id", "length_m", "geometry"]].assign(asked=False)
    ways = gpd.GeoDataFrame(pd.concat([streets, links], ignore_index=True), crs=roads.crs).assign(oneway=False)
    gates = facilities[facilities["kind"] == "closed_gate"].get_coordinates().to_numpy()
    network = Network(ways[["oneway", "geometry"]], study.crs, directed=False, closed=gates)
    row = pd.Index(ways["segment_id"]).get_indexer(pd.Index(complaints["segment_id"]))
    counts = np.bincount(row[row >= 0], minlength=len(ways)).astype(float)
    span = max(months_covered(complaints), 1.0)
    km = ways["length_m"].to_numpy(dtype=float) / 1000
    work = np.maximum(counts / span + float(study.profile["patrols.own_work"]) * km, _LEAST_WORK)
    return _Walks(ways, network, counts, np.where(ways["asked"].to_numpy(dtype=bool), work, 0.0))


def _reached(walks: _Walks) -> tuple[Integers, csr_array, Floats]:
    """Return the ways in parts of the network with streets to patrol, how they meet, and their middles."""
    meets = adjacency(walks.network, len(walks.ways))
    part = connected_components(meets, directed=False)[1]
    touched = np.flatnonzero(np.bincount(part, weights=walks.work)[part] > 0)
    lines = walks.network.tree[1][touched]
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    return touched, csr_array(meets[touched][:, touched]), xy


def _plan(
    walks: _Walks,
    touched: Integers,
    meets: csr_array,
    xy: Floats,
    found: Districts,
    names: list[str],
    share: float,
) -> Plan:
    """Return the districts without the ways that they do not need, and their rounds."""
    count = len(found.work)
    work = walks.work[touched]
    kept = needed_links(found.district, apart(linked(meets, xy), xy), work, count)
    district = np.full(len(walks.ways), -1, dtype=np.int64)
    district[touched[kept]] = found.district[kept]
    own = np.where(kept, found.district, -1)
    piece = pd.Series(in_pieces(own, meets)[kept]).groupby(found.district[kept]).nunique()
    mine = np.flatnonzero((district >= 0) & (walks.work > 0))
    busy = mine[heaviest(walks.work[mine], district[mine], share)]
    rounds = [walking_round(walks.network, busy[district[busy] == number]) for number in range(count)]
    pieces = piece.reindex(range(count)).to_numpy(dtype=np.int64)
    return Plan(walks.ways, walks.network, walks.counts, walks.work, district, names, pieces, rounds)


def _names(before: Sequence[str], number: Integers) -> list[str]:
    """Return the names of districts: earlier ones keep theirs, new ones take the next free numbers."""
    taken = [int(digits) for name in before if (digits := "".join(filter(str.isdigit, str(name))))]
    free = max(taken, default=0) + 1
    return [before[at] if at < len(before) else f"W{free + int(at) - len(before):02d}" for at in number]


def _kept(plan: Plan, earlier: Integers, before: list[str]) -> KeptDistricts:
    """Return how far earlier districts were kept, by length of streets."""
    asked = plan.asked & (earlier >= 0)
    metres = plan.ways["length_m"].to_numpy(dtype=float)[asked]
    then = np.array(before, dtype=object)[earlier[asked]]
    same = then == np.array(plan.names, dtype=object)[plan.district[asked]]
    stays: Flags = np.isin(then, plan.names)
    return {
        "before": len(before),
        "ended": [name for name in before if name not in plan.names],
        "added": [name for name in plan.names if name not in before],
        "share": round(float(metres[same].sum() / metres.sum()), 4) if metres.sum() else 0.0,
        "share_of_staying": round(float(metres[same].sum() / metres[stays].sum()), 4) if stays.any() else None,
    }


def _says(plan: Plan, people: int, found: Districts) -> list[Text]:
    """Return sentences on missing people, torn districts, unreached streets and uneven work."""
    says = []
    if len(plan.names) < people:
        many = len(plan.names)
        says.append(
            Text(
                f"只有 {many} 个可分的路段，片区数少于人数",
                f"only {many} segments to share: fewer districts than people",
            )
        )
    torn = [name for name, pieces in zip(plan.names, plan.pieces, strict=True) if pieces > 1]
    if torn:
        says.append(
            Text(
                f"片区 {'、'.join(torn)} 含步行网络上不相连的街道，归入最近的片区",
                f"{', '.join(torn)}: with streets that no mapped way on foot links to the others; they are in the "
                "nearest district",
            )
        )
    unreached = sum(len(each.unreached) for each in plan.rounds)
    if unreached:
        says.append(
            Text(
                f"{unreached} 个路段在步行网络上走不到，未列入路线",
                f"{unreached} segments cannot be reached by their round",
            )
        )
    if found.bound > found.work.mean() * (1 + 1e-9):
        row = int(np.argmax(plan.work))
        name = plan.ways["name"].iloc[row]
        label = name if isinstance(name, str) else plan.ways["segment_id"].iloc[row]
        times = plan.work[row] / found.work.mean()
        says.append(
            Text(
                f"工作量无法更均衡：单个路段（{label}）即为平均片区的 {times:.2f} 倍",
                f"the work cannot be more even: one segment ({label}) has {times:.2f} times the mean of a district",
            )
        )
    return says


def _priorities(study: Study, complaints: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the streets and hours of the week that come first, with names."""
    roads = study.layer("roads")
    hours = priorities(street_of(complaints, roads), local_times(complaints["received_at"], study.place.timezone))
    called = roads.drop_duplicates("street_id").set_index("street_id")["name"]
    hours.insert(1, "name", hours["street_id"].map(called))
    return hours
