"""The verbs of facilities: coverage, site, accept-site, population, lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.study.file import read_layer
from jiexu.__main__ import app
from tests.support.commands import run


def test_coverage_is_printed_by_tier_with_its_largest_gaps(study: Path) -> None:
    printed = run(app, ["coverage", str(study), "--kind", "公共厕所", "--within", "250", "--json"])
    assert printed.exit_code == 0, printed.output
    summary = json.loads(printed.stdout)
    assert summary["within_m"] == 250
    layer = read_layer(study, "coverage")
    share = layer.loc[layer["walk_m"] <= 250, "demand"].sum() / layer["demand"].sum()
    assert summary["share"] == pytest.approx(share, abs=1e-3)
    shown = run(app, ["coverage", str(study), "--kind", "toilet", "--within", "250"])
    assert f"{summary['share']:.1%} covered within 250 m on foot" in shown.stderr
    gaps = [line.split()[0] for line in shown.stdout.splitlines() if line.startswith("toilet-")]
    assert gaps == [row["gap_id"] for row in summary["gaps"]][:12]


def test_a_site_is_chosen_accepted_and_counts_from_then_on(study: Path) -> None:
    chosen = json.loads(run(app, ["site", str(study), "--kind", "toilet", "--count", "2", "--json"]).stdout)
    assert (chosen["proven"], len(chosen["sites"])) == (True, 2)
    first = chosen["sites"][0]
    where = ["--lon", f"{first['lon']}", "--lat", f"{first['lat']}"]
    accepted = run(app, ["accept-site", str(study), "--kind", "toilet", *where, "--reason", "near the school"])
    assert (accepted.exit_code, accepted.stdout.strip()) == (0, "D0001")
    decision = read_layer(study, "decisions").iloc[0]
    assert (decision["kind"], decision["part"], decision["reason"]) == ("site", "toilet", "near the school")
    again = run(app, ["site", str(study), "--kind", "toilet", "--count", "1"])
    assert again.exit_code == 0, again.output
    before = chosen["curve"][1]["share"]
    assert f"covered {before:.1%} -> " in again.stderr, "the accepted site is counted before the next"
    refused = run(app, ["accept-site", str(study), "--kind", "toilet", *where, "--reason", "again"])
    assert refused.exit_code == 2


def test_a_known_number_of_residents_is_what_demand_adds_up_to(study: Path) -> None:
    told = run(app, ["population", str(study), "--total", "54300"])
    assert "calibrated to 54,300" in told.stderr
    covered = json.loads(run(app, ["coverage", str(study), "--kind", "market", "--json"]).stdout)
    assert covered["demand"]["total"] == pytest.approx(54_300)
    assert run(app, ["population", str(study)]).exit_code == 2, "neither a file nor a number"


def test_lists_have_their_figures_on_a_day(study: Path, tmp_path: Path) -> None:
    place = read_layer(study, "roads").geometry.iloc[0].interpolate(0.5, normalized=True)
    rows = [f"W{n},围挡,{place.x},{place.y},2025-03-07 10:00,2025-04-{n:02}" for n in (1, 2, 20)]
    file = tmp_path / "围挡.csv"
    file.write_text("\n".join(["编号,类型,经度,纬度,申请时间,到期时间", *rows]) + "\n", encoding="utf-8")
    added = run(app, ["add", str(study), str(file), "--kind", "other", "--crs", "WGS84"])
    assert added.exit_code == 0, added.output
    (found,) = json.loads(run(app, ["lists", str(study), "--at", "2025-04-10", "--json"]).stdout)
    assert (found["list"], found["rows"], len(found["overdue"])) == ("围挡", 3, 2)
    assert "围挡: 3 rows" in run(app, ["lists", str(study), "--at", "2025-04-10"]).stdout
    assert run(app, ["lists", str(study), "--at", "tomorrow"]).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["coverage", "{study}", "--kind", "school"],
        ["coverage", "{study}", "--kind", "toilet", "--demand", "voters"],
        ["site", "{study}", "--kind", "toilet", "--model", "best"],
        ["site", "{study}", "--kind", "toilet", "--from", "the moon"],
        ["population", "{study}", "nothing.csv"],
    ],
)
def test_what_a_verb_takes_is_said(words: list[str], built: Path) -> None:
    result = run(app, [word.format(study=built) for word in words])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_kind_of_facility_is_known_by_its_names(study: Path) -> None:
    documents = [
        json.loads(run(app, ["coverage", str(study), "--kind", word, "--json"]).stdout)["kind"]
        for word in ("农贸市场", "Market")
    ]
    assert documents == ["market", "market"]
