"""Whether tiers and measures work, and a refusal to say so where nobody can know."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.complaints.effects import effects, months_covered, tier_rates
from geo.rules import Profile
from geo.study.schema import conform

START, MIDDLE, END = (pd.Timestamp(day) for day in ("2025-01-01T00:00Z", "2025-07-01T00:00Z", "2025-12-28T00:00Z"))


def city(streets: int = 21, km: float = 1.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    ids = [f"s{n}" for n in range(streets)]
    table = pd.DataFrame({"street_id": ids, "name": ids, "tier": "back_street", "length_m": km * 1000})
    roads = table.assign(segment_id=[f"{n}-0" for n in range(streets)], way_id=range(streets))
    return conform(roads, "roads"), conform(table, "streets")


def complaints(street: int, count: int, begin: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    times = pd.Series(pd.date_range(begin, end, periods=count + 2)[1:-1])
    return pd.DataFrame({"segment_id": f"{street}-0", "received_at": times})


def reports(before: dict[int, int], after: dict[int, int]) -> pd.DataFrame:
    parts = [complaints(street, count, START, MIDDLE) for street, count in before.items()]
    parts += [complaints(street, count, MIDDLE, END) for street, count in after.items()]
    table = pd.concat(parts, ignore_index=True)
    # the data begin and end where they do, whatever the counts
    edges = pd.DataFrame({"segment_id": "20-0", "received_at": [START, END]})
    table = pd.concat([table, edges], ignore_index=True)
    return conform(table.assign(complaint_id=[f"C{n}" for n in range(len(table))]), "complaints")


def decision(at: pd.Timestamp = MIDDLE, **more: Any) -> pd.DataFrame:
    row = {
        "decision_id": "D0001",
        "kind": "tier",
        "at": at,
        "subject": "s0",
        "subject_name": "人民路",
        "before": "back_street",
        "after": "demonstration",
        "reason": "创建",
        "street_id": "s0",
    }
    return conform(pd.DataFrame([{**row, **more}]), "decisions")


def test_rates_by_tier_know_that_complaints_cluster() -> None:
    roads, _ = city(20)
    even = pd.DataFrame({"segment_id": [f"{n}-0" for n in range(20) for _ in range(5)]})
    one = pd.DataFrame({"segment_id": ["0-0"] * 100})
    spread, tight = (tier_rates(table, roads, 10.0).set_index("tier").loc["back_street"] for table in (even, one))
    assert spread["rate"] == tight["rate"] == pytest.approx(100 / 20 / 10)
    assert spread["high"] - spread["low"] < 0.01
    assert tight["low"] < 0.1
    assert tight["high"] > 2, "all on one street: the tier's own rate is hardly known"
    empty = tier_rates(even, roads, 10.0).set_index("tier").loc["demonstration"]
    assert (empty["streets"], empty["complaints"]) == (0, 0)
    assert pd.isna(empty["rate"])


def test_a_measure_that_halves_complaints_beyond_the_others(profile: Profile) -> None:
    roads, streets = city()
    before = dict.fromkeys(range(20), 60)
    after = {**dict.fromkeys(range(1, 20), 60), 0: 20}
    (effect,) = effects(decision(), reports(before, after), roads, streets, profile)
    assert effect.change == pytest.approx(20 / 60 - 1, abs=0.02)
    assert effect.low is not None
    assert effect.high is not None
    assert effect.change is not None
    assert effect.low < effect.change < effect.high < 0
    assert "unlikely to be chance" in effect.says.en
    assert (effect.before, effect.after) == (60, 20)
    assert effect.others_before == 600


def test_what_fell_everywhere_is_no_effect(profile: Profile) -> None:
    roads, streets = city()
    (effect,) = effects(
        decision(), reports(dict.fromkeys(range(20), 60), dict.fromkeys(range(20), 30)), roads, streets, profile
    )
    assert effect.change == pytest.approx(0, abs=0.02)
    assert "chance" in effect.says.en
    assert "hardly" not in effect.says.en


def test_uneven_comparable_streets_widen_the_interval(profile: Profile) -> None:
    roads, streets = city()
    before = dict.fromkeys(range(20), 60)
    even = {**dict.fromkeys(range(1, 20), 60), 0: 40}
    uneven = {**{n: 20 if n % 2 else 100 for n in range(1, 20)}, 0: 40}
    widths = []
    for after in (even, uneven):
        (effect,) = effects(decision(), reports(before, after), roads, streets, profile)
        assert effect.low is not None
        assert effect.high is not None
        widths.append(effect.high - effect.low)
    assert widths[1] > 2 * widths[0]


@pytest.mark.parametrize(
    ("at", "before", "after", "why"),
    [
        (MIDDLE, {0: 2, 1: 60}, {0: 1, 1: 60}, "too few complaints"),
        (START + pd.Timedelta(days=5), {0: 60, 1: 60}, {0: 60, 1: 60}, "days on either side"),
        (END + pd.Timedelta(days=5), {0: 60, 1: 60}, {0: 60, 1: 60}, "days on either side"),
        (MIDDLE, {0: 60}, {0: 20}, "too few complaints"),
    ],
)
def test_nothing_is_said_where_too_little_is_known(
    at: pd.Timestamp, before: dict[int, int], after: dict[int, int], why: str, profile: Profile
) -> None:
    roads, streets = city()
    (effect,) = effects(decision(at), reports(before, after), roads, streets, profile)
    assert effect.change is None
    assert effect.says.en.startswith("no conclusion")
    assert why in effect.says.en


def test_a_decision_that_was_undone_is_no_measure(profile: Profile) -> None:
    roads, streets = city()
    undone = pd.concat([decision(), decision(decision_id="D0002", undoes="D0001")], ignore_index=True)
    table = reports(dict.fromkeys(range(20), 60), dict.fromkeys(range(20), 30))
    assert effects(conform(undone, "decisions"), table, roads, streets, profile) == []


def test_the_time_that_complaints_cover() -> None:
    assert months_covered(reports({0: 5}, {0: 5})) == pytest.approx(11.86, abs=0.02)
    assert months_covered(reports({0: 5}, {0: 5}).iloc[:1]) == 0
    assert np.isfinite(months_covered(conform(pd.DataFrame(), "complaints")))
