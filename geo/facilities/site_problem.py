"""A request for sites as a location problem: candidates, present facilities, and the walks to all of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers
from geo.core.errors import StudyError
from geo.core.text import Text
from geo.facilities.access import Access, joined
from geo.facilities.candidates import Candidates, Source, drawn, junctions, kerbs, lots, read_candidates, vacant
from geo.facilities.centre_by_places import CentreByPlaces
from geo.facilities.coverage import nearest_walks, pairs_within
from geo.facilities.facility_study import FacilityStudy, no_demand
from geo.facilities.location_problem import LocationProblem, Model
from geo.points.imports import place_in


class SiteRequest(NamedTuple):
    """
    A request for sites: their number, the model, the candidates.

    Attributes
    ----------
    number
        How many new facilities at most.
    model
        The objective, as `geo.facilities.location_models.solve`.
    within_m
        The standard; by default the profile's.
    source
        Where candidates come from, where neither a file nor an area is given.
    file
        A file of candidates.
    corners
        Longitude and latitude of the corners of land that was drawn.
    closable
        The ids of facilities that may be closed; `all` for all.
    budget
        What new ones may cost together, by the candidates' prices.
    with_capacity
        Whether what facilities take is limited by their capacity, where it is known.
    seconds
        How long all of it may take: walks, choice, proof, curve and stability; by default `sites.seconds`.
    """

    number: int
    model: Model = "coverage"
    within_m: float | None = None
    source: Source = "junctions"
    file: Path | None = None
    corners: Floats | None = None
    closable: tuple[str, ...] = ()
    budget: float = np.inf
    with_capacity: bool = False
    seconds: float | None = None


def candidates_of(study: FacilityStudy, request: SiteRequest) -> Candidates:
    """Return the candidate places: of a file, of a drawn area, or of a source."""
    if request.file is not None:
        return read_candidates(request.file, place_in(study.study).ground, study.crs)
    if request.corners is not None:
        return drawn(request.corners, study.crs)
    if request.source == "junctions":
        return junctions(study.network, study.roads, study.profile)
    if request.source == "kerbs":
        return kerbs(study.roads, study.crs, study.profile)
    if request.source == "lots":
        return lots(study.layer("facility_areas"), study.crs)
    return vacant(study.layer("context"), study.crs)


def problem_of(
    study: FacilityStudy, request: SiteRequest, candidates: Candidates, access: Access, limit_m: float, off_by: float
) -> LocationProblem:
    """
    Return demand, sites and walks: facilities that are there, accepted sites, then candidates.

    Parameters
    ----------
    study
        The facilities that are there, and the demand for them.
    request
        The request.
    candidates, access
        Places for new facilities, and how they are reached.
    limit_m
        How far the walks go that count.
    off_by
        By what share walks may turn out shorter: pairs that much further apart are in the problem too.

    Raises
    ------
    StudyError
        If there is no demand or no candidate, or a facility to close does not exist.
    """
    if study.demand.table.empty:
        raise no_demand(study.asked)
    if candidates.table.empty:
        raise StudyError(
            Text("没有候选地", "There are no candidates"),
            Text(
                "请换一种候选地来源，或用 --candidates 提供文件",
                "Ask for another source of candidates, or give a file with --candidates",
            ),
        )
    there, before = len(study.supply.table), len(study.supply.table) + len(study.accepted)
    every = every_access(study, access)
    demand, site, walk = pairs_within(study.network, study.doors, every, limit_m / (1 - off_by))
    size = before + len(candidates.table)
    ids = study.supply.table["facility_id"].to_numpy(dtype=object)
    closable = np.zeros(size, dtype=bool)
    closable[:there] = _closable(ids, request.closable)
    price = np.ones(size)
    price[before:] = candidates.table["price"].to_numpy(dtype=float)
    return LocationProblem(
        weight=study.demand.weight,
        demand=demand,
        site=site,
        walk_m=walk,
        kept=(np.arange(size) < before) & ~closable,
        closable=closable,
        price=price,
        room=_rooms(study, candidates, size) if request.with_capacity else np.full(size, np.inf),
        number=request.number,
        budget=request.budget,
        within_m=study.within_m,
        beyond_m=max(float(study.profile["sites.reach"]), study.within_m),
    )


def every_access(study: FacilityStudy, candidates: Access) -> Access:
    """Return how all sites are reached: facilities that are there, accepted sites, then candidates."""
    there, before = len(study.supply.table), len(study.supply.table) + len(study.accepted)
    own = joined(study.gates, study.at(study.accepted[["lon", "lat"]].to_numpy(dtype=float)), there)
    return joined(own, candidates, before)


def centre_of(study: FacilityStudy, candidates: Access, problem: LocationProblem) -> CentreByPlaces:
    """Return the p-centre of a problem: walks of any length are searched for the places that it looks at."""
    every, size = every_access(study, candidates), len(problem.weight)

    def walks_of(places: Integers) -> Floats:
        rows = np.full((len(places), problem.sites), np.inf)
        place, site, walk = pairs_within(study.network, study.doors.of(places), every, np.inf)
        rows[place, site] = walk
        return rows

    def walks_to(opened: Flags) -> tuple[Floats, Integers]:
        found = nearest_walks(study.network, study.doors, every.of(np.flatnonzero(opened)), size, np.inf)
        return found.walk_m, found.facility

    return CentreByPlaces(problem, walks_of, walks_to, problem.beyond_m)


def _closable(ids: NDArray[np.object_], named: tuple[str, ...]) -> Flags:
    """Mark the present facilities that may be closed."""
    unknown = sorted(set(named) - {"all", *ids})
    if unknown:
        raise StudyError(
            Text(f"没有设施 {'、'.join(unknown)}", f"There is no facility {', '.join(unknown)}"),
            Text("请用 jiexu coverage --json 查看编号", "See their ids with: jiexu coverage STUDY --json"),
        )
    return np.isin(ids, named) | ("all" in named)


def _rooms(study: FacilityStudy, candidates: Candidates, size: int) -> Floats:
    """Return how much demand each site takes; infinite where nobody says, and at accepted sites."""
    room = np.full(size, np.inf)
    capacity = study.supply.table["capacity"].astype("Float64").to_numpy(dtype=float, na_value=np.inf)
    room[: len(capacity)] = capacity
    own = candidates.table["capacity"].to_numpy(dtype=float)
    room[size - len(own) :] = np.where(np.isfinite(own), own, np.inf)
    return room
