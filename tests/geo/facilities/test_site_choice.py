"""The choice of sites is the best one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geo.facilities.facility_study import FacilityStudy
from geo.facilities.site_choice import SiteStudy
from geo.facilities.site_problem import SiteRequest
from geo.study.reader import Study


def test_the_greedy_choice_is_never_better(study: Path) -> None:
    facilities = FacilityStudy(Study(study), "toilet")
    sited = SiteStudy(facilities, SiteRequest(4))
    place, site, walk = sited.within_limit.demand, sited.within_limit.site, sited.within_limit.walk_m
    near = np.zeros((len(facilities.demand.weight), sited.problem.sites), dtype=bool)
    near[place, site] = walk <= sited.within_m
    covered = np.asarray(near[:, : sited.before].any(axis=1))
    for _ in range(4):
        gain = (near & ~covered[:, None]).T @ facilities.demand.weight
        covered |= near[:, int(gain.argmax())]
    assert sited.chosen.objective >= facilities.demand.weight[covered].sum() - 1e-6
