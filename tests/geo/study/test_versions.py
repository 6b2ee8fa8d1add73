"""Whatever changes gets a new version, and what does not change keeps its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.study.file import about, changing
from geo.study.layers.codes import DECISION_KINDS
from geo.study.schema import COLUMNS
from geo.study.versions import (
    VIEWS,
    decision_scope,
    facts_of,
    first_versions,
    is_version,
    new_versions,
    put_facts,
    shown_columns,
    touch,
    version_key,
)


def test_a_view_keeps_its_version_when_only_columns_change_that_it_leaves_out() -> None:
    assert set(new_versions(["roads", "bays"])) == {"version:roads", "version:bays", "version:segments"}
    assert set(new_versions(["roads"], {"roads": ["tier", "tier_reason"]})) == {"version:roads"}
    assert set(new_versions(["roads"], {"roads": ["tier", "width_m"]})) == {"version:roads", "version:segments"}
    assert set(new_versions(["stalls"], {"stalls": ["verdict"]})) == {"version:stalls"}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_the_columns_of_its_layer_but_for_those_that_it_leaves_out(view: str) -> None:
    layer, without = VIEWS[view]
    assert set(shown_columns(view)) | set(without) == set(COLUMNS[layer])
    assert not set(shown_columns(view)) & set(without)


def test_decisions_on_sites_have_a_version_for_each_kind_of_facility() -> None:
    assert decision_scope("site", "toilet") == "decisions:site:toilet"
    assert decision_scope("site") == "decisions:site"
    assert decision_scope("zone", "A") == "decisions:zone"


def test_a_new_study_has_a_version_of_everything_and_no_two_alike() -> None:
    first = first_versions(["roads", "stalls"])
    assert {version_key(name) for name in ("roads", "stalls", "segments", "tier_list", "build")} <= set(first)
    assert {version_key(f"decisions:{kind}") for kind in DECISION_KINDS} <= set(first)
    assert all(map(is_version, first))
    assert not is_version("profile_hash")
    assert len(set(first.values())) == len(first)
    assert not set(first.values()) & set(first_versions(["roads", "stalls"]).values())


def test_a_touched_layer_has_a_new_version_and_no_other_layer_has(study: Path) -> None:
    before = about(study)
    with changing(study) as connection:
        touch(connection, "roads", ["tier"])
        touch(connection, "decisions:site:toilet")
    after = about(study)
    assert {key for key in after if after[key] != before.get(key)} == {"version:roads", "version:decisions:site:toilet"}
    assert set(before) <= set(after)


def test_facts_are_replaced_and_others_stay(study: Path) -> None:
    with changing(study) as connection:
        put_facts(connection, {"note": "one", "place": "here"})
        put_facts(connection, {"note": "two"})
        facts = facts_of(connection)
    assert (facts["note"], facts["place"]) == ("two", "here")
    assert facts == about(study)
