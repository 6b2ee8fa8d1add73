"""What a study keeps of a result, and when it is out of date."""

from __future__ import annotations

from geo.study.results import kept_summary, kept_text, versions_of

FACTS = {"version:roads": "3", "version:stalls": "7", "profile_hash": "abc"}


def test_a_result_is_made_of_versions_of_layers_and_of_the_rules() -> None:
    assert versions_of(FACTS, ["roads", "stalls"]) == {"roads": "3", "stalls": "7", "rules": "abc"}
    assert versions_of(FACTS, []) == {"rules": "abc"}


def test_a_result_is_fresh_until_what_it_is_made_of_changes() -> None:
    made_of = versions_of(FACTS, ["roads"])
    text = kept_text({"share": 0.5, "sites": [{"name": "菜场"}]}, made_of)
    assert kept_summary(text, made_of) == ({"share": 0.5, "sites": [{"name": "菜场"}]}, True)
    for later in ({"version:roads": "4"}, {"profile_hash": "def"}):
        assert kept_summary(text, versions_of({**FACTS, **later}, ["roads"])).fresh is False
    assert kept_summary(text, versions_of({**FACTS, "version:stalls": "8"}, ["roads"])).fresh


def test_what_was_never_computed_is_not_fresh() -> None:
    assert kept_summary(None, {}) == kept_summary("", {}) == (None, False)
