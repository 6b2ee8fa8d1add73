"""A handle is of one moment, reads each layer once, and knows what was read through it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geo.study.file import changing
from geo.study.reader import Study, on_study, recording
from geo.study.versions import touch, version_key
from geo.study.writing import ChangedError
from geo.tiers.decisions import decide_tier, find_street


def test_a_layer_is_read_once_and_callers_cannot_change_it_for_each_other(built: Path) -> None:
    study = Study(built)
    first = study.layer("streets")
    first["name"] = "x"
    assert (study.layer("streets")["name"] != "x").any()
    assert study.layer("streets").crs == "EPSG:4326"
    assert "geometry" not in study.table("streets")


def test_a_view_leaves_columns_out_and_keeps_its_version_when_only_these_change(study: Path) -> None:
    opened = Study(study)
    assert "tier" not in opened.layer("segments")
    assert "width_m" in opened.layer("segments")
    before = opened.versions("roads", "segments", "streets", "street_lines")
    decide_tier(opened, find_street(opened, "Bulevardi"), "demonstration", "because")
    after = opened.versions("roads", "segments", "streets", "street_lines")
    assert {name for name in before if before[name] != after[name]} == {"roads", "streets"}


def test_a_layer_that_changed_meanwhile_is_not_mixed_with_others(study: Path) -> None:
    opened = Study(study)
    opened.layer("roads")
    with changing(study) as connection:
        touch(connection, "facilities")
    with pytest.raises(ChangedError):
        opened.layer("facilities")
    opened.layer("roads")
    opened.refresh()
    opened.layer("facilities")


def test_reads_are_noted_apart_for_layers_decisions_facts_and_rules(built: Path) -> None:
    with recording() as reads:
        study = Study(built)
        study.layer("segments")
        study.decisions("zone", "site:toilet")
        study.facts.get("residents_total")
        _ = study.profile["bay.length"], study.profile.group("roads.width.lane"), study.profile.hash
        _ = study.crs, study.extent
    assert len(reads) == 1
    assert reads[0].layers == {"segments"}
    assert reads[0].decisions == {"zone", "site:toilet"}
    assert reads[0].facts == {"residents_total"}
    assert reads[0].rules == {"bay", "roads"}


def test_an_analysis_is_done_again_where_somebody_saved_meanwhile(study: Path) -> None:
    times = []

    @on_study
    def work(opened: Study) -> int:
        streets = opened.layer("streets")
        times.append(opened.versions("streets"))
        if len(times) == 1:
            with changing(study) as connection:
                touch(connection, "streets")
        opened.write({"streets": streets}, {"note": str(len(times))})
        return len(times)

    assert work(study) == 2
    assert times[0] != times[1]
    assert Study(study).facts["note"] == "2"


def test_nothing_that_was_written_is_lost_by_a_stale_handle(study: Path, tmp_path: Path) -> None:
    opened = Study(study)
    streets = opened.layer("streets")
    decide_tier(study, find_street(study, "Bulevardi"), "demonstration", "because")
    with pytest.raises(ChangedError):
        opened.write({"streets": streets})
    assert len(Study(study).table("decisions")) == 1
    assert Study(Path(shutil.copy(study, tmp_path / "copy.gpkg"))).seen[version_key("build")]
