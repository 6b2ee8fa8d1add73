"""The work on patrols, from and into the study file: districts, rounds, where to be when."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.complaints.documents import DistrictDocument, PatrolsDocument, PriorityDocument
from geo.complaints.effects import months_covered
from geo.complaints.hot_streets import street_network
from geo.complaints.patrols import Round, divide, heaviest, linked, priorities, walking_round
from geo.complaints.trends import local_times
from geo.core.arrays import Floats
from geo.core.crs import WGS84
from geo.core.errors import StudyError
from geo.core.metric_geometry import metric_lines
from geo.core.records import document_rows
from geo.core.text import Text
from geo.network.graph import adjacency
from geo.points.cases import dated, placed_cases
from geo.streets.locating import street_of
from geo.streets.name_search import longest_names
from geo.study.reader import Study, on_study
from geo.study.results import MadeOf, Result, command_of
from geo.study.schema import conform_geo

PATROLS: Final[Result[PatrolsDocument]] = Result(
    "patrols",
    Text("巡查", "Patrols"),
    MadeOf(layers=("roads", "complaints"), rules=("patrols",)),
    ("patrol_districts", "patrol_rounds"),
)


@on_study
def plan_patrols(study: Study, people: int) -> PatrolsDocument:
    """
    Divide the streets among supervisors, with a round for each, and write `patrol_districts` and `patrol_rounds`.

    Parameters
    ----------
    study
        The study, or its path.
    people
        How many there are.

    Returns
    -------
    summary
        The districts with their rounds, how even their work is, and the streets and hours of the week that come first.

    Raises
    ------
    StudyError
        If the study has no streets to walk.
    """

    profile, crs = study.profile, study.crs
    every, counted = study.layer("roads"), placed_cases(study.layer("complaints"))
    complaints = counted.rows
    graded, reported = every["tier"] != "unclassified", every["segment_id"].isin(complaints["segment_id"])
    walked = every["walk"] & (graded | reported)
    roads = every[walked].reset_index(drop=True)
    if roads.empty or people < 1:
        raise StudyError(
            Text("没有可巡查的街道或人员", "No streets to patrol, or no supervisors"),
            Text("请检查数据和人数", "Check the study, and the number of people"),
        )
    row = pd.Index(roads["segment_id"]).get_indexer(pd.Index(complaints["segment_id"]))
    counts = np.bincount(row[row >= 0], minlength=len(roads)).astype(float)
    covered = months_covered(complaints)
    span = max(covered, 1.0)
    length = roads["length_m"].to_numpy(dtype=float)
    load = counts / span + float(profile["patrols.own_work"]) * length / 1000
    network = street_network(roads, crs)
    xy = shapely.get_coordinates(
        shapely.line_interpolate_point(metric_lines(roads.geometry.to_numpy(), crs), 0.5, normalized=True)
    )
    meets = linked(adjacency(network, len(roads)), xy)
    found = divide(load, meets, xy, people, float(profile["patrols.districts_within"]))
    busy = heaviest(load, found.district, float(profile["patrols.round_share"]))
    rounds = [walking_round(network, busy[found.district[busy] == number]) for number in range(len(found.work))]
    names = [f"W{number + 1:02d}" for number in range(len(found.work))]
    tables = _layers(roads, counts, found.district, found.work, rounds, names)
    street = street_of(complaints, every)
    hours = priorities(street, local_times(complaints["received_at"], study.place.timezone))
    called = roads.drop_duplicates("street_id").set_index("street_id")["name"]
    hours.insert(1, "name", hours["street_id"].map(called))
    mean = float(found.work.mean())
    summary: PatrolsDocument = {
        "people": people,
        "districts": document_rows(
            pd.DataFrame(tables["patrol_districts"]).assign(
                round_m=[each.length_m for each in rounds],
                stops=[len(each.stops) for each in rounds],
                streets=[longest_names(roads[found.district == number], 4) for number in range(len(rounds))],
            ),
            DistrictDocument,
        ),
        "balance": round(found.balance, 3),
        "bound": round(found.bound / mean, 3) if mean else 1.0,
        "priorities": document_rows(hours, PriorityDocument),
        "months": round(covered, 2),
        "left_out": {"districts": counted.left_out, "priorities": dated(counted).left_out},
    }
    PATROLS.keep(study, summary, tables, command_of("patrols", study, people=people))
    return summary


def _layers(
    roads: gpd.GeoDataFrame,
    counts: Floats,
    district: NDArray[np.int64],
    work: Floats,
    rounds: list[Round],
    names: list[str],
) -> dict[str, pd.DataFrame]:
    size = len(names)
    lines = roads.geometry.to_numpy()
    order = np.argsort(district, kind="stable")
    districts = pd.DataFrame(
        {
            "district_id": names,
            "work": np.round(work, 3),
            "complaints": np.bincount(district, weights=counts, minlength=size).astype(np.int64),
            "length_m": np.round(np.bincount(district, weights=roads["length_m"], minlength=size), 1),
        }
    )
    shapes = shapely.multilinestrings(lines[order], indices=district[order])
    walked = [shapely.multilinestrings(lines[each.segments]) if len(each.segments) else None for each in rounds]
    circuits = pd.DataFrame(
        {
            "district_id": names,
            "stops": [len(each.stops) for each in rounds],
            "length_m": [each.length_m for each in rounds],
        }
    )
    return {
        "patrol_districts": conform_geo(gpd.GeoDataFrame(districts, geometry=shapes, crs=WGS84), "patrol_districts"),
        "patrol_rounds": conform_geo(gpd.GeoDataFrame(circuits, geometry=walked, crs=WGS84), "patrol_rounds"),
    }
