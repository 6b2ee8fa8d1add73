"""Comments on the command line: listed, added, marked as done, by whoever has the right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.study.comments import add_comment, finish_comment
from geo.study.file import read_layer
from geo.study.rights import Actor, Grant, RightError, Role, acting
from geo.tiers.decisions import find_street
from jiexu.__main__ import app
from tests.support.commands import run


def test_a_comment_is_added_listed_and_done(study: Path) -> None:
    street = find_street(study, "Kalevankatu")
    run(app, ["comments", str(study), "--street", "Kalevankatu", "--add", "与学校核对 13812345678", "--by", "Li"])
    run(app, ["comments", str(study), "--street", "Bulevardi", "--add", "measure the\npavement", "--by", "Wang"])
    kept = read_layer(study, "comments").set_index("comment_id")
    assert kept["subject"].tolist() == [street, find_street(study, "Bulevardi")]
    assert "13812345678" not in kept.loc["C0001", "text"], "personal data is masked"

    listed = run(app, ["comments", str(study)]).output.splitlines()
    assert len(listed) == 2, "a comment of two lines is one line of the list"
    assert "measure the pavement" in listed[0]
    assert run(app, ["comments", str(study), "--street", street]).output.count("C0001") == 1

    run(app, ["comments", str(study), "--done", "1", "--by", "Zhao"])
    assert read_layer(study, "comments").set_index("comment_id").loc["C0001", "done_by"] == "Zhao"
    still = json.loads(run(app, ["comments", str(study), "--open", "--json"]).stdout)
    assert [row["comment_id"] for row in still] == ["C0002"]
    every = json.loads(run(app, ["comments", str(study), "--json"]).stdout)
    assert [(row["comment_id"], row["done_by"]) for row in every] == [("C0002", None), ("C0001", "Zhao")]
    assert every[1]["done_at"].endswith("Z")
    run(app, ["comments", str(study), "--reopen", "c0001"])
    assert len(json.loads(run(app, ["comments", str(study), "--open", "--json"]).stdout)) == 2


def test_a_zone_takes_comments_too(planned: Path, tmp_path: Path) -> None:
    study = tmp_path / "plan.gpkg"
    study.write_bytes(planned.read_bytes())
    zone = read_layer(study, "stall_zones")["zone_id"].iloc[0]
    run(app, ["comments", str(study), "--zone", zone, "--add", "too close to the bus stop"])
    (row,) = json.loads(run(app, ["comments", str(study), "--zone", zone, "--json"]).stdout)
    assert (row["subject"], row["text"]) == (zone, "too close to the bus stop")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--add", "text"], "--street"),
        (["--street", "Kalevankatu", "--zone", "Z1"], "--zone"),
        (["--street", "Kalevankatu", "--add", "x", "--done", "1"], "--done"),
        (["--done", "7"], "C0007"),
        (["--street", "Kalevankatu", "--add", "  "], "empty"),
        (["--street", "Nowhere Lane"], "Nowhere Lane"),
        (["--zone", "Z0", "--add", "text"], "Z0"),
    ],
)
def test_a_wrong_request_changes_nothing(words: list[str], said: str, study: Path) -> None:
    before = study.read_bytes()
    result = run(app, ["comments", str(study), *words], env={"LANG": "en_US.UTF-8", "LC_ALL": ""})
    assert result.exit_code == 2
    assert said in result.output
    assert study.read_bytes() == before


@pytest.mark.parametrize(("role", "may"), [("viewer", False), ("officer", True)])
def test_an_officer_may_comment_and_a_viewer_may_not(role: Role, may: bool, study: Path) -> None:
    street = find_street(study, "Kalevankatu")
    with acting(Actor("court", {"*": Grant(role)})):
        if may:
            finish_comment(study, add_comment(study, street, "text"))
        else:
            with pytest.raises(RightError):
                add_comment(study, street, "text")
    assert len(read_layer(study, "comments")) == int(may)
