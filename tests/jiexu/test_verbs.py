"""The command line: exit statuses, clear sentences, one JSON document, and help with examples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geo.build import Inputs
from geo.study.file import read_layer
from jiexu.__main__ import app
from tests.support.extracts import grid, write_osm

run = CliRunner().invoke
VERBS = (
    *("sample", "build", "info", "tier", "grade", "add", "imports", "decisions", "export", "serve"),
    *("rules", "stalls", "check", "guide", "zone", "steps", "bays"),
    *("widths", "hotspots", "response", "patrols"),
    *("coverage", "site", "accept-site", "population", "lists"),
)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.mark.parametrize("verb", VERBS)
def test_help_shows_an_example(verb: str) -> None:
    result = run(app, [verb, "--help"])
    assert result.exit_code == 0
    assert f"jiexu {verb}" in result.output
    assert "Example" in result.output


def test_from_sample_to_study_to_decision_to_file(tmp_path: Path) -> None:
    data, study = tmp_path / "data", tmp_path / "study.gpkg"
    assert run(app, ["sample", str(data)]).exit_code == 0
    files = {kind: str(data / f"{kind}.csv") for kind in ("tiers", "complaints", "stalls", "parking")}
    options = [word for kind, file in files.items() for word in (f"--{kind}", file)]
    built = run(app, ["build", str(study), "--osm", str(data / "helsinki.osm.pbf"), *options])
    assert built.exit_code == 0, built.output

    figures = json.loads(run(app, ["info", str(study), "--json"]).stdout)
    assert figures["layers"]["complaints"] == 597
    assert "synthetic data: complaints, stalls, parking" in run(app, ["info", str(study)]).stdout

    decided = run(app, ["tier", str(study), "--street", "Vuorikatu", "--tier", "secondary", "--reason", "bus lane"])
    assert decided.exit_code == 0, decided.output
    assert read_layer(study, "decisions")["reason"].tolist() == ["bus lane"]

    undone = run(app, ["decisions", str(study), "--undo", "D0001", "--reason", "no bus came", "--json"])
    assert undone.exit_code == 0, undone.output
    assert [(row["decision_id"], row["stands"]) for row in json.loads(undone.stdout)] == [
        ("D0001", False),
        ("D0002", True),
    ]
    assert "(undone)" in run(app, ["decisions", str(study)]).stdout

    to = tmp_path / "streets.geojson"
    assert run(app, ["export", str(study), "--layer", "streets", "--to", str(to)]).exit_code == 0
    assert len(json.loads(to.read_text(encoding="utf-8"))["features"]) == figures["layers"]["streets"]


def test_the_sample_is_the_same_every_time(sample: Inputs, tmp_path: Path) -> None:
    run(app, ["sample", str(tmp_path)])
    for file in sample.points.values():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("language", ["en_US.UTF-8", "zh_CN.UTF-8"])
@pytest.mark.parametrize(
    "words",
    [
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/nothing.osm.pbf"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/page.osm"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/streets.osm", "--tiers", "{tmp}/page.osm"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/streets.osm", "--boundary", "{tmp}/page.osm"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/streets.osm", "--complaints", "{tmp}/none.csv"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/streets.osm", "--rules", "atlantis"],
        ["build", "/proc/s.gpkg", "--osm", "{tmp}/streets.osm"],
        ["build", "{tmp}/s.gpkg", "--bbox", "114,36,114.1,36.1", "--overpass", "http://127.0.0.1:9/api"],
        ["info", "{tmp}/nothing.gpkg"],
        ["info", "{tmp}/page.osm", "--json"],
        ["tier", "{tmp}/page.osm", "--street", "a", "--tier", "secondary", "--reason", "b"],
        ["decisions", "{tmp}/page.osm", "--json"],
        ["stalls", "{tmp}/page.osm", "--json"],
        ["check", "{tmp}/page.osm", "--lon", "1", "--lat", "2", "--json"],
        ["guide", "{tmp}/page.osm", "--json"],
        ["bays", "{tmp}/page.osm", "--json"],
        ["bays", "{tmp}/page.osm", "--budget", "5", "--json"],
        ["widths", "{tmp}/page.osm", "{tmp}/none.csv"],
        ["hotspots", "{tmp}/page.osm", "--json"],
        ["response", "{tmp}/page.osm", "--json"],
        ["patrols", "{tmp}/page.osm", "--people", "5", "--json"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/streets.osm", "--quarters", "{tmp}/page.osm"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/streets.osm", "--widths", "{tmp}/page.osm"],
        ["zone", "{tmp}/page.osm", "--accept", "Z1", "--reason", "a"],
        ["steps", "{tmp}/page.osm", "--json"],
        ["rules", "atlantis"],
        ["rules", "--explain", "clearance.moon", "--json"],
        ["export", "{tmp}/page.osm", "--layer", "streets", "--to", "{tmp}/a.csv"],
        ["serve", "{tmp}/page.osm"],
        ["sample", "/proc/sample"],
    ],
)
def test_a_users_error_is_one_sentence_and_status_2(
    words: list[str], language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    (tmp_path / "page.osm").write_text("<html/>")
    write_osm(tmp_path / "streets.osm", grid(2), [(1, [1, 2], {"highway": "primary"})])
    result = run(app, [word.format(tmp=tmp_path) for word in words])
    assert result.exit_code == 2, result.output
    said = [line for line in result.stderr.splitlines() if line.startswith(("Error: ", "错误："))]
    assert len(said) == 1
    assert result.stdout == ""
    assert "Traceback" not in result.output
    assert not (tmp_path / "s.gpkg").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["build", "s.gpkg"],
        ["build", "s.gpkg", "--osm", "a.osm", "--place", "Anyang"],
        ["build", "s.gpkg", "--bbox", "1,2,3"],
        ["build", "s.gpkg", "--bbox", "3,2,1,4"],
        ["tier", "s.gpkg", "--street", "a"],
        ["check", "s.gpkg", "--lon", "1", "--lat", "2", "--at", "tomorrow"],
        ["check", "s.gpkg", "--lon", "east", "--lat", "2"],
        ["check", "s.gpkg", "--lon", "1", "--lat", "2", "--kind", "tent"],
        ["zone", "s.gpkg", "--reason", "why"],
        ["nothing"],
    ],
)
def test_wrong_usage_is_status_2(words: list[str]) -> None:
    result = run(app, words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_list_grades_sections_and_says_what_is_doubtful(study: Path, tmp_path: Path) -> None:
    rows = "路名,等级,起点,止点\nMannerheimintie,示范路,Kalevankatu,Postikatu\nUnioninkatuu,次干道,,\n"
    (tmp_path / "list.csv").write_text(rows, encoding="utf-8")
    graded = run(app, ["grade", str(study), "--list", str(tmp_path / "list.csv"), "--json"])
    assert graded.exit_code == 0, graded.output
    document = json.loads(graded.stdout)
    assert document["streets"]["tier_source"]["official"] == 2
    assert (document["method"], document["listed"], document["accuracy"]) == ("score", 1, None)
    assert {doubt["kind"] for doubt in document["doubts"]} >= {"confirm"}
    assert all(doubt["reason"] and doubt["street_id"] for doubt in document["doubts"])
    assert document["findings"][0]["row"] == 3
    again = run(app, ["grade", str(study)])  # the study keeps the list
    assert "official 2" in again.stdout

    section = ["--street", "Unioninkatu", "--from", "Yliopistonkatu", "--to", "north end"]
    decided = run(app, ["tier", str(study), *section, "--tier", "back_street", "--reason", "market"])
    assert decided.exit_code == 0, decided.output
    parts = read_layer(study, "streets").query("name == 'Unioninkatu'")
    assert sorted(parts["tier"]) == ["back_street", "secondary"]
    assert run(app, ["tier", str(study), *section[:4], "--tier", "secondary", "--reason", "x"]).exit_code == 2


def test_a_long_list_is_tested_and_its_accuracy_printed(study: Path, tmp_path: Path) -> None:
    streets = read_layer(study, "streets")
    named = streets[streets["name"].notna() & (streets["tier"] != "unclassified")].drop_duplicates("name")
    words = {"demonstration": "示范路", "secondary": "次干道", "back_street": "背街小巷"}
    file = tmp_path / "long.csv"
    named.assign(tier=named["tier"].map(words))[["name", "tier"]].to_csv(file, index=False)
    document = json.loads(run(app, ["grade", str(study), "--list", str(file), "--json"]).stdout)
    assert document["listed"] >= 30
    low, high = document["interval"]
    assert low <= document["accuracy"] <= high
    assert sum(sum(row.values()) for row in document["confusion"].values()) == document["listed"]
    shown = run(app, ["grade", str(study)]).stdout
    assert "10-fold cross-validation" in shown
    assert "confidence" in shown


def test_a_file_is_added_listed_and_removed(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("编号,大项,经度,纬度\nZ1,店外经营,24.9435,60.169\nZ2,露天烧烤,0,0\n", encoding="gbk")
    command = ["add", str(study), str(file), "--kind", "complaints", "--crs", "WGS84", "--map", "大项=category"]
    tried = json.loads(run(app, [*command, "--dry-run", "--json"]).stdout)
    assert (tried["import_id"], tried["added"], tried["refused"], tried["encoding"]) == (None, 1, 1, "gb18030")
    assert tried["mapping"]["category"] == "大项"
    before = len(read_layer(study, "complaints"))
    done = run(app, [*command, "--by", "Li"])
    assert done.exit_code == 0, done.output
    assert "1 new" in done.stdout
    listed = json.loads(run(app, ["imports", str(study), "--json"]).stdout)
    assert (listed[-1]["import_id"], listed[-1]["by"], listed[-1]["crs"]) == ("I0004", "Li", "WGS84")
    assert len(read_layer(study, "complaints")) == before + 1
    assert run(app, ["imports", str(study), "--remove", "I0004"]).exit_code == 0
    assert len(read_layer(study, "complaints")) == before
    assert run(app, [*command[:-1], "大项=nonsense"]).exit_code == 2
    assert run(app, ["imports", str(study), "--remove", "I0004"]).exit_code == 2


def test_one_point_whose_system_is_not_sure_is_asked_about(study: Path, tmp_path: Path) -> None:
    rows = [f"{i},{24.936 + 0.0021 * i},{60.1655 + 0.0011 * i}" for i in range(6)] + [
        f"f{i},2.3,48.8" for i in range(9)
    ]
    file = tmp_path / "points.csv"
    file.write_text("\n".join(["id,lon,lat", *rows]), encoding="utf-8")
    result = run(app, ["add", str(study), str(file), "--kind", "stalls"])
    assert result.exit_code == 2
    assert "--crs" in result.output
    shown = json.loads(run(app, ["add", str(study), str(file), "--kind", "stalls", "--dry-run", "--json"]).stdout)
    assert shown["crs"]["sure"] is False
    assert shown["crs"]["evidence"][0]["system"] == "WGS84"


def test_rules_are_printed_with_their_sources() -> None:
    document = json.loads(run(app, ["rules", "nyc", "--json"]).stdout)
    assert document["name"] == "nyc"
    leaf = document["parameters"]["clearance.corner"]
    assert (leaf["value"], leaf["unit"], leaf["status"]) == (3.048, "m", "sourced")
    assert "20-465" in leaf["source"]
    assert all(leaf["source"] and leaf["unit"] for leaf in document["parameters"].values())
    said = run(app, ["rules", "--explain", "clearance.school"]).stdout
    assert "clearance.school = 50.0 m" in said
    assert "clearance.corner" not in said
    some = json.loads(run(app, ["rules", "anyang", "--explain", "response", "--json"]).stdout)["parameters"]
    assert set(some) == {"response.ladder", "response.hardship_lighter_by"}


def test_stalls_are_planned_asked_guided_and_met_step_by_step(study: Path, tmp_path: Path) -> None:
    planned = run(app, ["stalls", str(study), "--json"])
    assert planned.exit_code == 0, planned.output
    summary = json.loads(planned.stdout)
    assert summary["zones"] == len(read_layer(study, "stall_zones"))
    assert "clearance.crossing" in summary["metres_lost"]
    assert summary["kerb_km"] * 1000 == pytest.approx(
        sum(summary["metres_lost"].values()) + summary["free_m"], abs=len(summary["metres_lost"])
    )
    assert "Pedestrian crossing" in run(app, ["stalls", str(study)]).stdout

    zones = read_layer(study, "stall_zones")
    zone = zones.loc[zones["length_m"].idxmax()]
    place = zone.geometry.interpolate(0.5, normalized=True)
    where = ["--lon", f"{place.x}", "--lat", f"{place.y}"]
    evening = json.loads(run(app, ["check", str(study), *where, "--at", "2026-05-01T19:00", "--json"]).stdout)
    assert evening["verdict"] == "allowed"
    night = json.loads(run(app, ["check", str(study), *where, "--at", "2026-05-01T23:30", "--json"]).stdout)
    assert night["verdict"] == "other_hours"
    assert {"id", "distance_m", "source"} <= set(night["rules"][0])
    assert night["nearest"]["at"].startswith("2026-05-02T")
    said = run(app, ["check", str(study), *where, "--at", "2026-05-01T23:30"]).stdout
    assert "allowed at other hours" in said
    shown = run(app, ["check", str(study), *where, "--kind", "display", "--json"])
    assert json.loads(shown.stdout)["verdict"] in ("allowed", "other_hours", "forbidden")

    rejected = run(app, ["zone", str(study), "--reject", zone["zone_id"], "--reason", "tactile paving"])
    assert rejected.exit_code == 0, rejected.output
    after = json.loads(run(app, ["check", str(study), *where, "--at", "2026-05-01T19:00", "--json"]).stdout)
    assert (after["verdict"], after["rules"][0]["id"]) == ("forbidden", "decisions")
    assert after["rules"][0]["source"] == "tactile paving"

    guided = json.loads(run(app, ["guide", str(study), "--json"]).stdout)
    assert guided["proven_gap_m"] == pytest.approx(0, abs=1e-3)
    assert guided["total_walk_m"] == pytest.approx(sum(m["walk_m"] or 0 for m in guided["moves"]), abs=10)
    assert {move["to_kind"] for move in guided["moves"]} <= {"zone", "hall", "none"}
    assert "of walking in total" in run(app, ["guide", str(study)]).stdout

    due = json.loads(run(app, ["steps", str(study), "--json"]).stdout)
    recorded = run(app, ["steps", str(study), "--record", due[-1]["operator_id"], "--reason", "talked", "--by", "Li"])
    assert recorded.exit_code == 0, recorded.output
    kinds = read_layer(study, "decisions")["kind"].tolist()
    assert kinds == ["zone", "step"]


def test_a_citys_own_rules_stay_with_the_study(study: Path, tmp_path: Path) -> None:
    own = tmp_path / "ours.yaml"
    own.write_text("clearance:\n  crossing: {value: 15, unit: m, source: ours, status: assumption}\n")
    first = json.loads(run(app, ["stalls", str(study), "--json"]).stdout)
    wider = json.loads(run(app, ["stalls", str(study), "--rules", str(own), "--json"]).stdout)
    assert wider["pitches"] < first["pitches"]
    assert wider["profile"]["name"] == "ours"
    assert json.loads(run(app, ["stalls", str(study), "--json"]).stdout)["pitches"] == wider["pitches"]
    assert json.loads(run(app, ["info", str(study), "--json"]).stdout)["profile"]["name"] == "ours"
    back = json.loads(run(app, ["stalls", str(study), "--rules", "china", "--json"]).stdout)
    assert back["pitches"] == first["pitches"]


def test_bays_are_placed_counted_and_drawn(study: Path, tmp_path: Path) -> None:
    placed = run(app, ["bays", str(study), "--night", "--json", "--out", str(tmp_path / "bays.dxf")])
    assert placed.exit_code == 0, placed.output
    summary = json.loads(placed.stdout)
    assert summary["bays"]["all_day"] + summary["bays"]["night"] == len(read_layer(study, "bays"))
    assert set(summary["capacity"]["all_day"]) == {"low", "likely", "high"}
    assert (tmp_path / "bays.dxf").is_file()
    wider = json.loads(run(app, ["bays", str(study), "--set", "clearance.crossing=15", "--json"]).stdout)
    assert wider["bays"]["all_day"] < summary["bays"]["all_day"]
    strict = json.loads(run(app, ["bays", str(study), "--set", "bay.reading=strict", "--json"]).stdout)
    assert "bay.strict.corner" in strict["metres_lost"]
    street = read_layer(study, "bays")["street_id"].iloc[0]
    assert run(app, ["bays", str(study), "--streets", street]).exit_code == 0
    assert set(read_layer(study, "bays")["street_id"]) == {street}
    refused = run(app, ["bays", str(study), "--set", "clearance.crossing=wide"])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "impossible" in refused.stderr
    assert json.loads(run(app, ["info", str(study), "--json"]).stdout)["profile"]["name"] == "china"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["hotspots", "{study}", "--bandwidth", "100"], "bandwidth_m"),
        (["hotspots", "{study}", "--from", "2025-03", "--to", "2025-05"], "clusters"),
        (["hotspots", "{study}", "--at", "2025-06-15", "--days", "20"], "when"),
        (["response", "{study}"], "by_month"),
        (["patrols", "{study}", "--people", "6"], "balance"),
        (["bays", "{study}", "--budget", "20", "--night"], "choice"),
        (["bays", "{study}"], "agreement"),
    ],
)
def test_analyses_print_one_document_or_a_few_lines(words: list[str], key: str, study: Path) -> None:
    asked = [word.format(study=study) for word in words]
    result = run(app, [*asked, "--json"])
    assert result.exit_code == 0, result.output
    assert key in json.loads(result.stdout)
    plain = run(app, asked)
    assert plain.exit_code == 0, plain.output
    assert plain.stdout.strip()


@pytest.mark.parametrize(
    "words", [["--bandwidth", "wide"], ["--bandwidth", "0"], ["--from", "March"], ["--at", "soon"], ["--to", "2025-13"]]
)
def test_what_hotspots_takes_is_said(words: list[str], study: Path) -> None:
    result = run(app, ["hotspots", str(study), *words])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_surveyed_widths_by_command(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "widths.csv"
    file.write_text("street,width\nVuorikatu,12\nNowhere,9\n", encoding="utf-8")
    summary = json.loads(run(app, ["widths", str(study), str(file), "--json"]).stdout)
    assert summary["rows"] == 2
    assert len(summary["findings"]) == 1
    said = run(app, ["widths", str(study), str(file)])
    assert said.exit_code == 0
    assert "No street with the name “Nowhere”" in said.stdout
