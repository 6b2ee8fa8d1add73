"""The verbs of tiers: tier, grade, decisions."""

from __future__ import annotations

import json
from pathlib import Path

from geo.study.file import read_layer
from jiexu.__main__ import app
from tests.support.commands import run


def test_a_list_grades_sections_and_says_what_is_doubtful(study: Path, tmp_path: Path) -> None:
    rows = "路名,等级,起点,止点\nMannerheimintie,示范路,Kalevankatu,Postikatu\nUnioninkatuu,次干道,,\n"
    (tmp_path / "list.csv").write_text(rows, encoding="utf-8")
    graded = run(app, ["grade", str(study), "--list", str(tmp_path / "list.csv"), "--json"])
    assert graded.exit_code == 0, graded.output
    document = json.loads(graded.stdout)
    assert document["streets"]["tier_source"]["official"] == 2
    assert (document["method"], document["listed"], document["accuracy"]) == ("score", 1, None)
    assert document["left_out"] == {"no_place": 3}
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
