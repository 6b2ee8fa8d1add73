"""The layer of sites: proposed and closed ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.core.errors import StudyError
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import choose_sites
from geo.study.file import read_layer


def test_one_may_be_closed_for_a_better_one(study: Path) -> None:
    kept = choose_sites(study, "market", SiteRequest(0))
    moved = choose_sites(study, "market", SiteRequest(0, closable=("all",)))
    assert moved["share"] > kept["share"], "the one market moves to where more people live"
    assert len(moved["closed"]) == len(moved["sites"]) == 1
    assert set(read_layer(study, "sites")["status"]) == {"proposed", "closed"}
    with pytest.raises(StudyError):
        choose_sites(study, "market", SiteRequest(0, closable=("no such",)))
