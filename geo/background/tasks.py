"""The works of a queue as functions: a study's path and arguments of JSON in, a small result of JSON out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import numpy as np

from geo.build import Inputs, OnStep, build_study
from geo.complaints.patrol_study import plan_patrols
from geo.complaints.study import find_hotspots
from geo.core.errors import InputError
from geo.core.vocabulary import FacilityKind
from geo.facilities.candidates import Source
from geo.facilities.coverage_study import cover
from geo.facilities.facility_study import DemandSource
from geo.facilities.location_problem import Model
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import choose_sites
from geo.parking.inventory_study import inventory_parking
from geo.parking.study import plan_bays
from geo.points.imports import add_points
from geo.points.options import Options
from geo.points.reading import PointKind
from geo.sample import write_sample
from geo.stalls.study import guide_stalls, plan_stalls
from geo.study.library import free_path
from geo.study.reader import Study
from geo.study.rights import current
from geo.tiers.study import grade_study

EXTRACTS: Final = (".osm.pbf", ".osm.gz", ".osm.bz2", ".osm", ".pbf")
"""The suffixes of extracts that a study is built of."""

Result = dict[str, Any]
"""A small result of JSON."""


def build(study: Path, file: Path | None = None, name: str = "") -> Result:
    """Build a study that is not there yet."""
    build_new(study, file, name)
    return {"study": study.name}


def build_new(study: Path, file: Path | None = None, name: str = "", on_step: OnStep = lambda step: None) -> None:
    """
    Build a study that is not there yet, of an extract, or of the sample where none is given.

    It is written aside and put in its place whole: a build that is ended leaves nothing.

    Parameters
    ----------
    study
        The study to make.
    file, name
        The extract, which is taken away, and its name as the user knows it.
    on_step
        Told of each step.

    Raises
    ------
    StudyError
        If a study of this name has come meanwhile.
    """
    free_path(study.parent, study.stem)
    with TemporaryDirectory(prefix="jiexu-", dir=None if file is None else file.parent) as private:
        if file is None:
            build_study(study, write_sample(Path(private)), on_step)
            return
        # under a name that says its format, in the folder of the job, which goes with the job
        extract = Path(private) / f"extract{_suffix(name)}"
        file.rename(extract)
        try:
            build_study(study, Inputs(extract, name), on_step)
        except InputError as error:
            error.file = name  # as the user knows it
            raise


def _suffix(name: str) -> str:
    return next((each for each in EXTRACTS if name.lower().endswith(each)), "")


def grade(study: Path) -> Result:
    """Grade the streets again."""
    grade_study(study)
    return {}


def stalls(study: Path) -> Result:
    """Compute kerbs, zones and verdicts."""
    found = plan_stalls(study)
    return {"zones": found["zones"], "pitches": found["pitches"]["likely"]}


def guide(study: Path) -> Result:
    """Relocate the stalls in the way."""
    found = guide_stalls(study)
    return {"total_walk_m": float(found.total_walk_m), "gap_m": float(found.gap_m), "moves": len(found.moves)}


def bays(
    study: Path, street_ids: Sequence[str] | None = None, night: bool = False, budget: int | None = None
) -> Result:
    """Place parking bays."""
    found = plan_bays(study, street_ids=street_ids, night=night, budget=budget)
    return {"bays": found["bays"]}


def parking(study: Path) -> Result:
    """Take the inventory of parking."""
    return {"sides": inventory_parking(study)["sides"]}


def hotspots(
    study: Path,
    category: str | None = None,
    bandwidth_m: float | str | None = None,
    months: Sequence[str] | None = None,
) -> Result:
    """Find hot spots."""
    span = None if months is None else (months[0], months[1])
    found = find_hotspots(study, category, bandwidth_m, months=span)
    return {"complaints": found["complaints"], "hot": found["hot"]}


def patrols(study: Path, people: int | None = None, keep_earlier: bool = True, without: Sequence[str] = ()) -> Result:
    """Divide the streets among supervisors."""
    return {"people": plan_patrols(study, people, keep_earlier, list(without))["people"]}


def coverage(study: Path, kind: str, within_m: float | None = None, asked: str = "residents") -> Result:
    """Compute the coverage of a kind of facility."""
    found = cover(study, cast("FacilityKind", kind), within_m, cast("DemandSource", asked))
    return {"kind": kind, "share": found["share"]}


def sites(
    study: Path,
    kind: str,
    count: int,
    asked: str = "residents",
    model: str = "coverage",
    within_m: float | None = None,
    source: str = "junctions",
    corners: Sequence[Sequence[float]] | None = None,
    closable: Sequence[str] = (),
    budget: float | None = None,
    with_capacity: bool = False,
    file: Path | None = None,
) -> Result:
    """Choose sites for new facilities."""
    request = SiteRequest(
        count,
        cast("Model", model),
        within_m=within_m,
        source=cast("Source", source),
        file=file,
        corners=None if corners is None else np.array(corners, dtype=float),
        closable=tuple(closable),
        budget=np.inf if budget is None else budget,
        with_capacity=with_capacity,
    )
    found = choose_sites(study, cast("FacilityKind", kind), request, cast("DemandSource", asked))
    return {"kind": kind, "sites": [[row["lon"], row["lat"]] for row in found["sites"]]}


def import_points(
    study: Path,
    file: Path,
    name: str,
    kind: str,
    by: str = "",
    encoding: str | None = None,
    crs: str | None = None,
    mapping: Mapping[str, str] | None = None,
    dates: Mapping[str, Any] | None = None,
    categories: Mapping[str, str] | None = None,
    sheets: Sequence[str] = (),
) -> Result:
    """Import a file of points."""
    options = Options(encoding, mapping or {}, crs, dates or {}, categories or {}, tuple(sheets))
    who = current()
    stored = add_points(
        study,
        file,
        cast("PointKind", kind),
        Study(study).profile,
        options,
        who.name if who.signed_in else by,
        name=name,
    )
    return {"import_id": stored.import_id, "added": stored.added, "updated": stored.updated}
