"""Sites for new facilities, from and into the study file: choice, proof, stability and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.core.records import document_rows
from geo.core.text import Text
from geo.core.vocabulary import FacilityKind
from geo.facilities.coverage_study import beside_other_kinds
from geo.facilities.deadline import Deadline
from geo.facilities.facility_study import DEMAND, DemandSource, FacilityStudy
from geo.facilities.site_choice import UNDONE, SiteStudy
from geo.facilities.site_documents import SiteDocument, SitesDocument, TrialDocument
from geo.facilities.site_layer import sites_layer
from geo.facilities.site_problem import SiteRequest
from geo.facilities.stability import SEED
from geo.jobs import progress
from geo.study.reader import Study, on_study
from geo.study.results import MadeOf, Result, command_of
from geo.study.rights import requires

SITES: Final[Result[SitesDocument]] = Result(
    "sites",
    Text("选址", "Sites"),
    DEMAND | MadeOf(layers=("quarters",), decisions=("site:{of}",), rules=("sites",)),
    ("sites",),
)


@requires("decide")
@on_study
def choose_sites(
    study: Study, kind: FacilityKind, request: SiteRequest, asked: DemandSource = "residents"
) -> SitesDocument:
    """
    Choose sites for new facilities and write the layer `sites` into the study.

    Parameters
    ----------
    study
        The study, or its path.
    kind
        Market, parking or toilet.
    request
        How many sites, by which model, from which candidates.
    asked
        Whose need counts.

    Returns
    -------
    summary
        The sites with the proof, the shares before and after, the curve by number, and the stability.

    Raises
    ------
    InputError
        For a file of candidates that cannot be read.
    StudyError
        If there is no demand or no candidate, all cannot be covered, or the study cannot be written.
    """
    seconds = float(study.profile["sites.seconds"]) if request.seconds is None else request.seconds
    deadline = Deadline(seconds)
    progress.step("读取设施和候选地", "Read facilities and candidates", 1, 4)
    facilities = FacilityStudy(study, kind, asked, within_m=request.within_m)
    sited = SiteStudy(facilities, request, deadline)
    document, layer = site_summary(sited)
    command = command_of(
        "site",
        study,
        kind=kind,
        count=request.number,
        model=None if request.model == "coverage" else request.model,
        within=request.within_m,
        demand=None if asked == "residents" else asked,
        candidates=request.file,
        closable=request.closable,
        budget=request.budget if np.isfinite(request.budget) else None,
        capacity=request.with_capacity,
        seconds=request.seconds,
        **{"from": None if request.source == "junctions" else request.source},
    )
    sites = beside_other_kinds(study, "sites", kind, layer)
    progress.step("写入研究文件", "Write the study", 4, 4)
    SITES.of_kind(kind).keep(study, document, {"sites": sites}, command, seed=SEED)
    return document


def site_summary(sited: SiteStudy) -> tuple[SitesDocument, gpd.GeoDataFrame]:
    """Return the summary of a choice, as `choose_sites` does, and the layer `sites`."""
    progress.step("选择并求证", "Choose and prove", 2, 4)
    study, request, chosen = sited.study, sited.request, sited.chosen
    total = float(study.demand.weight.sum())
    progress.step("计算曲线和稳健性", "Compute curve and stability", 3, 4)
    curve, stable = sited.curve(), sited.stability()
    refused = None if study.evidence is None else study.evidence["refused"]
    if refused:
        curve = [{**row, "gap": None} for row in curve]
    layer = sites_layer(sited, stable.share)
    covered = float(sited.order.covered[-1])
    rows = pd.DataFrame(layer.drop(columns="geometry")).assign(
        lon=shapely.get_x(layer.geometry.to_numpy()).round(6), lat=shapely.get_y(layer.geometry.to_numpy()).round(6)
    )
    document: SitesDocument = {
        "kind": study.kind,
        "asked": study.asked,
        "model": request.model,
        "count": request.number,
        "proposed": len(sited.order.sites),
        "stopped_by": sited.stopped_by,
        "seconds": sited.deadline.seconds,
        "not_done": [str(UNDONE[name]) for name in dict.fromkeys(sited.undone)],
        "within_m": sited.within_m,
        "budget": request.budget if np.isfinite(request.budget) else None,
        "with_capacity": request.with_capacity,
        "profile": {"name": study.profile.name, "hash": study.profile.hash},
        "candidates": {
            "number": len(sited.candidates.table),
            "source": str(sited.candidates.table["source"].iloc[0]),
        },
        "objective": round(chosen.objective, 4),
        "bound": round(chosen.bound, 4),
        "proven_gap": None if refused else round(chosen.gap, 6),
        "proven": chosen.gap == 0 and not refused,
        "residents": study.evidence,
        "refused": refused,
        "demand": round(total, 1),
        "covered_before": round(sited.covered_today, 1),
        "share_before": round(sited.covered_today / total, 4),
        "covered": round(covered, 1),
        "share": round(covered / total, 4),
        "walk_m": round(chosen.objective / total, 1) if request.model == "median" else None,
        "out_of_reach": round(sited.out_of_reach, 1),
        "sites": document_rows(rows[rows["status"] == "proposed"], SiteDocument),
        "closed": document_rows(rows[rows["status"] == "closed"], SiteDocument),
        "curve": curve,
        "stability": {"draws": stable.draws, "off_by": stable.off_by, "worst_regret": stable.worst_regret},
        "credit": study.study.facts["credit"],
    }
    document["computing_s"] = round(sited.deadline.used, 1)
    return document, layer


def moved_share(study: FacilityStudy, places: Sequence[tuple[float, float]]) -> TrialDocument:
    """
    Return the coverage with facilities at these places beside existing and accepted ones: `covered`, `share`, `gain`.
    """
    total = float(study.demand.weight.sum())
    before = study.covered(study.decided_m)
    after = study.covered(study.with_sites(np.array(places, dtype=float).reshape(-1, 2), study.decided_m))
    return {"covered": after, "share": after / total if total else 0.0, "gain": after - before}
