"""What was decided on a stretch of kerb is found again where it runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.kerbs.decided import decided_on, reasons_of, zone_decisions
from geo.rules import Profile
from geo.study.schema import conform
from tests.support.drawn import degrees, road
from tests.support.plans import kerbs_of


def log(*rows: dict[str, object]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    table["decision_id"] = [f"D{number + 1}" for number in range(len(rows))]
    table["kind"] = "zone"
    return conform(table, "decisions")


def on(y: float, from_m: float, to_m: float, after: str = "rejected", subject: str = "Z1") -> dict[str, object]:
    """Return a decision on a stretch that runs beside the drawn street."""
    line = degrees(shapely.LineString([(from_m, y), (to_m, y)]))
    return {"subject": subject, "after": after, "part": shapely.to_wkt(line, rounding_precision=8), "reason": "盲道"}


STREET = road([(0, 0), (200, 0)])


@pytest.mark.parametrize(("y", "kerb"), [(3.5, 0), (-3.5, 1)])
def test_a_rejected_stretch_is_excluded_on_its_own_side(y: float, kerb: int, profile: Profile) -> None:
    found = decided_on(log(on(y, 40, 70)), kerbs_of(profile, STREET))
    assert len(found.accepted.kerb) == 0
    assert found.rejected.kerb.tolist() == [kerb]
    assert (found.rejected.from_m[0], found.rejected.to_m[0]) == pytest.approx((40, 70), abs=0.05)
    assert (found.rejected.rule[0], found.rejected.cause[0]) == ("decisions", "D1")


def test_it_is_found_on_the_segments_that_the_street_is_cut_into_since(profile: Profile) -> None:
    halves = kerbs_of(profile, road([(0, 0), (50, 0)]), road([(200, 0), (50, 0)]))
    found = decided_on(log(on(3.5, 40, 70, "accepted")), halves).accepted
    order = np.argsort(found.kerb)
    # the second segment is drawn the other way: its right side is the street's left one
    assert found.kerb[order].tolist() == [0, 3]
    assert found.from_m[order] == pytest.approx([40, 130], abs=0.05)
    assert found.to_m[order] == pytest.approx([50, 150], abs=0.05)


def test_the_newest_decision_on_a_zone_that_stands_counts(profile: Profile) -> None:
    decisions = log(on(3.5, 40, 70), on(3.5, 40, 70, "accepted"), on(-3.5, 0, 30, subject="Z2"))
    decisions.loc[2, "undoes"] = None
    assert zone_decisions(decisions)["decision_id"].tolist() == ["D2", "D3"]
    found = decided_on(decisions, kerbs_of(profile, STREET))
    assert (found.accepted.cause.tolist(), found.rejected.cause.tolist()) == (["D2"], ["D3"])
    assert reasons_of(decisions)["D3"] == "盲道"


def test_no_decisions_change_nothing(profile: Profile) -> None:
    found = decided_on(conform(pd.DataFrame(), "decisions"), kerbs_of(profile, STREET))
    assert len(found.accepted.kerb) == len(found.rejected.kerb) == 0
