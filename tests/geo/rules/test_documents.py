"""The JSON documents of rule profiles."""

from __future__ import annotations

from geo.rules.documents import RulesDocument, profile_document, rules_document
from geo.rules.loader import Profile
from tests.support.documents import mismatches


def test_a_document_of_rules_has_every_field_of_every_parameter(profile: Profile) -> None:
    found = rules_document(profile, dict(profile.leaves))
    assert mismatches(found, RulesDocument) == []
    fields = ("value", "unit", "source", "status", "since", "note", "address", "range")
    for path, leaf in profile.leaves.items():
        said = found["parameters"][path]
        assert {name: said[name] for name in fields} == {name: getattr(leaf, name) for name in fields}, path  # type: ignore[literal-required]


def test_a_document_of_a_part_of_the_rules_names_the_whole_profile(profile: Profile) -> None:
    found = rules_document(profile, profile.below("clearance.crossing"))
    assert list(found["parameters"]) == ["clearance.crossing"]
    assert {"name": found["name"], "hash": found["hash"]} == profile_document(profile)
    assert found["hash"] == profile.hash
