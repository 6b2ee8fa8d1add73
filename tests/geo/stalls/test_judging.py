"""Stalls are judged as their places are answered."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import yaml

from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.network.graph import walking
from geo.rules import Profile
from geo.stalls.judging import judge
from geo.stalls.study import stall_plan
from geo.stalls.verdicts import ALLOWED, FORBIDDEN, OTHER_HOURS, check
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.conftest import ROOT
from tests.support.drawn import degrees, layers_of, road
from tests.support.plans import moment, plan_for

CASES = yaml.safe_load((ROOT / "tests" / "cases" / "stalls.yaml").read_text(encoding="utf-8"))


def test_stalls_are_judged_as_their_places_are_answered(built: Path, profile: Profile) -> None:
    plan = stall_plan(Study(built), profile)
    stalls = gpd.GeoDataFrame(read_layer(built, "stalls"), crs=WGS84)
    judged = judge(plan, stalls)
    assert set(judged.verdict) <= {ALLOWED, OTHER_HOURS, FORBIDDEN}
    when = moment("Mo 18:30")
    network = walking(read_layer(built, "roads"), read_layer(built, "paths"), plan.kerbs.crs)
    same = 0
    for row, verdict, reasons in list(zip(stalls.itertuples(), judged.verdict, judged.reasons, strict=True))[::6]:
        answer = check(plan, row.geometry.x, row.geometry.y, when, lambda: network)
        if (answer.segment_id, answer.side) != (row.segment_id, row.side):
            continue  # nearest kerb and nearest street may differ by a metre at corners
        same += 1
        assert (answer.verdict == FORBIDDEN) == (verdict == FORBIDDEN)
        if verdict == FORBIDDEN:
            forbids = {rule["id"] for rule in answer.rules if rule["says"] == "forbids"}
            assert set(reasons.split(", ")) <= forbids
    assert same > 8


def test_what_stands_at_no_street_is_not_judged(profile: Profile) -> None:
    layers = layers_of([road([(0, 0), (100, 0)])])
    plan = plan_for(layers, profile)
    stalls = pd.DataFrame(
        {"segment_id": ["1-0", None], "side": ["left", None], "offset_m": [50.0, np.nan], "distance_m": [80.0, np.nan]}
    )
    judged = judge(plan, stalls)
    assert judged.verdict.tolist() == ["off_street", None]
    assert judged.reasons.tolist() == ["kerb.asked_within", ""]
    far = degrees(shapely.Point(50, 80))
    with pytest.raises(InputError, match="no street"):
        check(plan, far.x, far.y, moment("Mo 10:00"), lambda: pytest.fail("not asked"))
