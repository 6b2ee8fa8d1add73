"""Decisions are kept: in the file, through rebuilds, and when their street moves or goes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.build import Inputs, build_study
from geo.core.errors import StudyError
from geo.core.text import Text
from geo.rules import load_profile
from geo.streets.cross_streets import find_section
from geo.study.conflicts import ConflictError
from geo.study.decisions import standing_decisions
from geo.study.figures import info
from geo.study.file import about, read_layer
from geo.study.reader import Study
from geo.tiers.audit import audit_study, conflicts_with_list
from geo.tiers.decisions import decide_section, decide_tier, decide_tiers, find_street, undo
from geo.tiers.study import grade_study
from tests.support.extracts import write_osm


def test_a_decision_changes_street_and_segments_and_is_recorded(study: Path) -> None:
    versions = about(study)
    street = find_street(study, "kalevankatu")
    decision = decide_tier(study, street, "次干道", "夜市迁入", "李科")
    streets, roads = read_layer(study, "streets"), read_layer(study, "roads")
    assert set(streets.loc[streets["street_id"] == street, "tier"]) == {"secondary"}
    mine = roads[roads["street_id"] == street]
    assert set(mine["tier"]) == {"secondary"}
    assert set(mine["tier_source"]) == {"manual"}
    assert "夜市迁入" in mine["tier_reason"].iloc[0]
    row = read_layer(study, "decisions").iloc[0]
    assert (row["decision_id"], row["by"], row["subject"], row["before"], row["after"], row["reason"]) == (
        decision,
        "李科",
        street,
        "back_street",
        "secondary",
        "夜市迁入",
    )
    changed = {key for key, value in about(study).items() if versions.get(key) != value} - {"log_head", "log_entries"}
    assert changed == {"version:streets", "version:roads", "version:decisions", "version:decisions:tier"}
    assert gpd.read_file(study, layer="streets", bbox=(24.9, 60.1, 25.0, 60.2)).shape[0] > 0  # the index still works


def test_decisions_are_numbered_and_the_newest_counts(study: Path) -> None:
    street = find_street(study, "Bulevardi")
    numbers = [decide_tier(study, street, tier, "because") for tier in ("back_street", "demonstration")]
    assert numbers == ["D0001", "D0002"]
    streets = read_layer(study, "streets").set_index("street_id")
    assert streets.loc[street, "tier"] == "demonstration"


def test_a_decision_outlives_a_rebuild_and_beats_the_official_list(study: Path, sample: Inputs) -> None:
    street = find_street(study, "Mannerheimintie")
    decide_tier(study, street, "back_street", "施工期间", "王")
    build_study(study, sample)
    row = read_layer(study, "streets").set_index("street_id").loc[street]
    assert (row["tier"], row["tier_source"], row["tier_confidence"]) == ("back_street", "manual", 1.0)
    assert len(read_layer(study, "decisions")) == 1


NODES = {1: (114.30, 36.0), 2: (114.301, 36.0), 3: (114.302, 36.0), 4: (114.35, 36.05), 5: (114.351, 36.05)}


def test_a_decision_follows_its_street_when_osm_redraws_it_and_is_reported_when_it_is_gone(tmp_path: Path) -> None:
    study = tmp_path / "study.gpkg"
    named = {"highway": "residential", "name": "文明路"}
    other = {"highway": "residential", "name": "别的路"}
    build_study(study, Inputs(write_osm(tmp_path / "a.osm", NODES, [(10, [1, 2, 3], named), (11, [4, 5], other)])))
    decide_tier(study, "s10", "demonstration", "样板")

    redrawn = write_osm(tmp_path / "b.osm", NODES, [(20, [1, 2], named), (21, [2, 3], named), (11, [4, 5], other)])
    build_study(study, Inputs(redrawn))
    streets = read_layer(study, "streets").set_index("name")
    assert streets.loc["文明路", ["street_id", "tier", "tier_source"]].tolist() == ["s20", "demonstration", "manual"]
    assert streets.loc["别的路", "tier_source"] == "inferred"

    gone = write_osm(tmp_path / "c.osm", NODES, [(11, [4, 5], other)])
    build_study(study, Inputs(gone))
    assert info(study)["findings"] == {"decisions": 1}
    assert "文明路" in read_layer(study, "findings")["problem"].iloc[0]
    assert len(read_layer(study, "decisions")) == 1

    build_study(study, Inputs(redrawn))
    assert read_layer(study, "streets").set_index("name").loc["文明路", "tier_source"] == "manual"


@pytest.mark.parametrize(
    ("street", "tier", "reason", "words"),
    [("s0", "secondary", "x", "No street has"), (None, "特级", "x", "no tier"), (None, "secondary", "  ", "empty")],
)
def test_a_decision_that_cannot_be_taken_changes_nothing(
    street: str | None, tier: str, reason: str, words: str, study: Path
) -> None:
    before = study.read_bytes()
    with pytest.raises(StudyError, match=words):
        decide_tier(study, street or find_street(study, "Bulevardi"), tier, reason)
    assert study.read_bytes() == before


def test_an_unknown_name_is_answered_with_the_nearest(study: Path) -> None:
    with pytest.raises(StudyError, match="Bulevardi"):
        find_street(study, "Bulevard")


def test_hostile_words_are_kept_as_words(study: Path) -> None:
    reason = "'); DROP TABLE decisions; -- <script>alert(1)</script> {{ 7*7 }}"
    decide_tier(study, find_street(study, "Bulevardi"), "secondary", reason, "O'Brien")
    kept = pd.DataFrame(read_layer(study, "decisions"))
    assert kept[["reason", "by"]].to_numpy().tolist() == [[reason, "O'Brien"]]


def tier_of_street(study: Path, street: str) -> tuple[str, str]:
    row = read_layer(study, "streets").set_index("street_id").loc[street]
    return str(row["tier"]), str(row["tier_source"])


def test_undoing_returns_to_the_decision_before_then_to_the_list(study: Path, sample: Inputs) -> None:
    street = find_street(study, "Mannerheimintie")
    first = decide_tier(study, street, "secondary", "works")
    second = decide_tier(study, street, "back_street", "more works")
    third = undo(study, second, "works ended", "Li")
    assert tier_of_street(study, street) == ("secondary", "manual")
    undo(study, first, "all works ended")
    assert tier_of_street(study, street) == ("demonstration", "official")
    decisions = read_layer(study, "decisions")
    assert decisions["undoes"].tolist() == [None, None, second, first]
    assert decisions["after"].tolist() == ["secondary", "back_street", "secondary", "demonstration"]

    undo(study, third, "the works go on")  # an undoing is undone
    assert tier_of_street(study, street) == ("back_street", "manual")
    assert set(standing_decisions(read_layer(study, "decisions"))) == {second, "D0004", "D0005"}
    build_study(study, sample)
    assert tier_of_street(study, street) == ("back_street", "manual")


@pytest.mark.parametrize(("number", "words"), [("D0009", "no decision"), ("D0001", "undone already")])
def test_what_cannot_be_undone_changes_nothing(number: str, words: str, study: Path) -> None:
    street = find_street(study, "Bulevardi")
    undo(study, decide_tier(study, street, "back_street", "x"), "y")
    before = study.read_bytes()
    with pytest.raises(StudyError, match=words):
        undo(study, number, "z")
    assert study.read_bytes() == before


def test_the_later_of_two_people_is_shown_the_earlier_decision_first(study: Path) -> None:
    street = find_street(study, "Bulevardi")
    earlier = decide_tier(study, street, "back_street", "夜市", "Li", seen=None)
    with pytest.raises(ConflictError) as conflict:
        decide_tier(study, street, "demonstration", "样板", "Wang", seen=None)
    assert conflict.value.earlier["decision_id"] == earlier
    assert "夜市" in conflict.value.sentence("zh")
    assert tier_of_street(study, street)[0] == "back_street"
    decide_tier(study, street, "demonstration", "样板", "Wang", seen=earlier)
    assert read_layer(study, "decisions")["by"].tolist() == ["Li", "Wang"]


def test_many_people_deciding_at_once_lose_nothing(study: Path) -> None:
    streets = read_layer(study, "streets")["street_id"].tolist()[:24]
    with ThreadPoolExecutor(8) as people:
        numbers = list(people.map(lambda street: decide_tier(study, street, "secondary", "x"), streets))
    decisions = read_layer(study, "decisions")
    assert sorted(decisions["decision_id"]) == sorted(numbers)
    assert len(set(numbers)) == 24
    assert set(decisions["subject"]) == set(streets)


KILLED = """
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from geo.tiers.decisions import decide_tier
from geo.study.file import read_layer
study = Path({study!r})
streets = read_layer(study, "streets")["street_id"].tolist()
for i in range(10_000):
    print(decide_tier(study, streets[i % len(streets)], "secondary", f"round {{i}}"), flush=True)
"""


@pytest.mark.parametrize("moment", range(4))
def test_a_kill_while_saving_loses_no_confirmed_decision(moment: int, study: Path) -> None:
    """The full measure (200 kills) is benchmarks/kills.py."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED.format(study=str(study))], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    confirmed = [process.stdout.readline().strip()]
    time.sleep(0.01 + 0.12 * moment)
    process.kill()
    confirmed += [line.strip() for line in process.stdout if line.endswith("\n")]
    process.wait()
    process.stdout.close()
    kept = set(read_layer(study, "decisions")["decision_id"])
    assert set(confirmed) <= kept
    assert len(kept) <= len(confirmed) + 1
    decide_tier(study, find_street(study, "Bulevardi"), "secondary", "the study still takes decisions")


@pytest.mark.slow
def test_a_section_gets_a_tier_of_its_own_and_keeps_it_through_a_rebuild(study: Path, sample: Inputs) -> None:
    street = find_street(study, "Mannerheimintie")
    before = read_layer(study, "streets").set_index("street_id")
    section = find_section(
        street, "Kalevankatu", "Postikatu", read_layer(study, "roads"), load_profile(), Study(study).crs
    )
    decision = decide_section(study, street, section.segment_ids, section.label, "back_street", "施工", "王")

    def check(path: Path) -> None:
        streets = read_layer(path, "streets").set_index("street_id")
        roads = read_layer(path, "roads")
        parts = streets[streets["name"] == "Mannerheimintie"]
        assert sorted(parts["tier"]) == ["back_street", "demonstration"]
        assert parts["length_m"].sum() == pytest.approx(before.loc[street, "length_m"], abs=0.1)
        for kind in ("complaints", "stalls", "parking"):
            assert parts[kind].sum() == before.loc[street, kind]
        (mine,) = parts.index[parts["tier"] == "back_street"]
        assert set(roads.loc[roads["street_id"] == mine, "segment_id"]) == set(section.segment_ids)
        assert set(roads.loc[roads["street_id"] == mine, "tier_source"]) == {"manual"}
        drawn = parts.loc[mine].geometry
        lengths = shapely.length(roads.loc[roads["street_id"] == mine, "geometry"].to_numpy())
        assert drawn.length == pytest.approx(lengths.sum())

    check(study)
    assert gpd.read_file(study, layer="streets", bbox=(24.9, 60.1, 25.0, 60.2)).shape[0] == len(before) + 1
    build_study(study, sample)
    check(study)
    grade_study(study, load_profile())
    check(study)

    undo(study, decision, "done")
    streets = read_layer(study, "streets")
    assert set(streets.loc[streets["name"] == "Mannerheimintie", "tier"]) == {"demonstration"}
    build_study(study, sample)
    assert (read_layer(study, "streets")["name"] == "Mannerheimintie").sum() == 1


def test_all_streets_of_an_area_get_a_tier_in_one_go(study: Path) -> None:
    streets = read_layer(study, "streets")
    some = streets.loc[streets["tier"] == "back_street", "street_id"].tolist()[:12]
    numbers = decide_tiers(study, some, "次干道", "夜市片区", "李")
    assert len(numbers) == 12
    after = read_layer(study, "streets").set_index("street_id")
    assert set(after.loc[some, "tier"]) == {"secondary"}
    assert decide_tiers(study, some, "secondary", "again") == []
    with pytest.raises(StudyError):
        decide_tiers(study, [*some[:1], "s0"], "demonstration", "no such street")
    assert set(read_layer(study, "streets").set_index("street_id").loc[some, "tier"]) == {"secondary"}


def test_a_decision_against_the_list_is_marked(study: Path) -> None:
    street = find_street(study, "Mannerheimintie")
    decide_tier(study, street, "back_street", "施工期间")
    streets = read_layer(study, "streets")
    assert streets.loc[conflicts_with_list(streets), "street_id"].tolist() == [street]
    doubts = audit_study(Study(study))
    assert (doubts["kind"].iloc[0], doubts["street_id"].iloc[0]) == ("conflict", street)


def test_a_decision_that_is_saved_during_a_build_is_not_lost(
    study: Path, sample: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    street = find_street(study, "Bulevardi")
    taken: list[str] = []

    def decide_meanwhile(step: Text) -> None:
        if step.en == "Writing the study" and not taken:
            taken.append(decide_tier(study, street, "back_street", "meanwhile"))

    build_study(study, sample, decide_meanwhile)
    assert read_layer(study, "decisions")["decision_id"].tolist() == taken
    assert read_layer(study, "streets").set_index("street_id").loc[street, "tier"] == "back_street"


def test_a_study_of_an_older_format_says_so_and_hands_on_its_decisions(study: Path, sample: Inputs) -> None:
    street = find_street(study, "Bulevardi")
    decide_tier(study, street, "back_street", "long ago")
    with sqlite3.connect(study) as connection:
        connection.execute("UPDATE about SET value = 'jiexu-study-1' WHERE key = 'format'")
        connection.execute("ALTER TABLE decisions DROP COLUMN section")
        connection.execute("ALTER TABLE decisions DROP COLUMN part")
    with pytest.raises(StudyError, match="older version"):
        info(study)
    build_study(study, sample)
    assert read_layer(study, "streets").set_index("street_id").loc[street, "tier"] == "back_street"


def test_undoing_reaches_a_section_whose_number_a_new_list_took(study: Path, sample: Inputs, tmp_path: Path) -> None:
    street = find_street(study, "Unioninkatu")
    roads, profile, crs = read_layer(study, "roads"), load_profile(), Study(study).crs
    section = find_section(street, "Yliopistonkatu", "北端", roads, profile, crs)
    decision = decide_section(study, street, section.segment_ids, section.label, "back_street", "works")
    file = tmp_path / "list.csv"
    file.write_text("路名,等级,起点,止点\nUnioninkatu,示范路,南端,Yliopistonkatu\n", encoding="utf-8")
    grade_study(study, profile, file)

    def tiers() -> set[str]:
        streets = read_layer(study, "streets")
        return set(streets.loc[streets["name"] == "Unioninkatu", "tier"])

    assert "back_street" in tiers()
    undo(study, decision, "done")
    assert "back_street" not in tiers()
    assert "demonstration" in tiers()
    assert len(standing_decisions(read_layer(study, "decisions"))) == 1
