"""Candidates, prices and capacities of a request for sites."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.core.errors import InputError, StudyError
from geo.facilities.candidates import SOURCES
from geo.facilities.facility_study import FacilityStudy
from geo.facilities.site_choice import SiteStudy
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import choose_sites
from geo.study.file import read_layer
from geo.study.reader import Study


def test_candidates_of_a_file_with_prices_and_a_budget(study: Path, tmp_path: Path) -> None:
    junctions = SiteStudy(FacilityStudy(Study(study), "toilet"), SiteRequest(1)).lonlat[:60]
    file = tmp_path / "地块.csv"
    table = {"名称": [f"地块{n}" for n in range(60)], "经度": junctions[:, 0], "纬度": junctions[:, 1]}
    pd.DataFrame({**table, "造价": [n % 3 + 1 for n in range(60)]}).to_csv(file, index=False, encoding="gbk")
    summary = choose_sites(study, "toilet", SiteRequest(10, file=file, budget=4))
    assert summary["candidates"] == {"number": 60, "source": "file"}
    assert sum(row["price"] or np.inf for row in summary["sites"]) <= 4
    assert all((row["name"] or "").startswith("地块") for row in summary["sites"])
    bad = tmp_path / "bad.csv"
    pd.DataFrame({**table, "造价": ["cheap"] * 60}).to_csv(bad, index=False)
    with pytest.raises(InputError) as caught:
        choose_sites(study, "toilet", SiteRequest(1, file=bad))
    assert (caught.value.row, caught.value.column) == (2, "price")


def test_a_parcel_is_reached_at_its_edge_and_every_source_has_candidates(study: Path) -> None:
    facilities = FacilityStudy(Study(study), "market")
    for source in SOURCES:
        if source == "vacant":
            continue  # the sample has no empty land: refused below
        sited = SiteStudy(facilities, SiteRequest(1, source=source))
        assert len(sited.candidates.table) > 10, source
        assert set(sited.access.owner) == set(range(len(sited.candidates.table)))
    west, south, east, north = read_layer(study, "roads").total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    corners = np.array([[x, y], [x + 0.002, y], [x + 0.002, y + 0.001], [x, y + 0.001]])
    drawn = choose_sites(study, "market", SiteRequest(1, corners=corners))
    assert drawn["candidates"] == {"number": 1, "source": "drawn"}
    assert drawn["share"] > drawn["share_before"]
    with pytest.raises(StudyError) as caught:
        choose_sites(study, "market", SiteRequest(1, source="vacant"))
    assert "no candidates" in caught.value.problem.en


def test_capacity_limits_what_a_facility_serves(study: Path, tmp_path: Path) -> None:
    junctions = SiteStudy(FacilityStudy(Study(study), "toilet"), SiteRequest(1)).lonlat[:25]
    file = tmp_path / "small.csv"
    table = {"lon": junctions[:, 0], "lat": junctions[:, 1], "capacity": 100, "name": "x"}
    pd.DataFrame(table).to_csv(file, index=False)
    summary = choose_sites(study, "toilet", SiteRequest(2, file=file, with_capacity=True))
    assert summary["covered"] - summary["covered_before"] <= 200 + 1e-6
    assert all(row["demand"] is not None and row["demand"] <= 100 + 1e-6 for row in summary["sites"])
