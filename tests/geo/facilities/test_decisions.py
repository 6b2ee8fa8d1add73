"""An accepted site counts as decided, through every new choice and rebuild, until it is undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.build import Inputs, build_study
from geo.core.errors import StudyError
from geo.facilities.coverage_study import cover
from geo.facilities.decisions import decide_site
from geo.facilities.facility_study import FacilityStudy
from geo.facilities.population import set_population
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import choose_sites
from geo.study.file import read_layer
from geo.study.reader import Study
from geo.tiers.decisions import undo
from geo.tiers.study import grade_study


def test_an_accepted_site_counts_until_it_is_undone_and_stays_through_a_rebuild(study: Path, sample: Inputs) -> None:
    first = choose_sites(study, "toilet", SiteRequest(1))
    place = first["sites"][0]
    decision = decide_site(study, "toilet", place["lon"], place["lat"], "near the school", "王")
    assert read_layer(study, "sites")["status"].tolist() == ["accepted"]
    assert cover(study, "toilet")["share_with_accepted"] == pytest.approx(first["share"], abs=1e-3)
    with pytest.raises(StudyError):
        decide_site(study, "toilet", place["lon"], place["lat"], "again")
    with pytest.raises(StudyError):
        decide_site(study, "toilet", place["lon"] + 0.001, place["lat"], "  ")
    second = choose_sites(study, "toilet", SiteRequest(1))
    assert second["share_before"] == pytest.approx(first["share"], abs=1e-3), "the next one is beside it"
    set_population(study, None, 30_000)
    build_study(study, sample)
    grade_study(study, Study(study).profile)
    assert FacilityStudy(Study(study), "toilet").accepted["subject"].tolist() == [place["site_id"]]
    assert FacilityStudy(Study(study), "toilet").demand.weight.sum() == pytest.approx(30_000)
    undo(study, decision, "the plot was sold")
    assert FacilityStudy(Study(study), "toilet").accepted.empty
