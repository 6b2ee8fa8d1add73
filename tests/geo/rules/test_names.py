"""Every rule that may take kerb has a name in both languages, and every name is that of a rule."""

from __future__ import annotations

from geo.parking.room import BAY_ORDER
from geo.rules import Profile
from geo.rules.names import RULE_NAMES
from geo.stalls.plan import ORDER


def test_every_rule_of_a_waterfall_has_a_name() -> None:
    assert [rule for rule in (*ORDER, *BAY_ORDER) if rule not in RULE_NAMES] == []


def test_every_name_is_that_of_a_parameter_in_both_languages(profile: Profile) -> None:
    assert [rule for rule in RULE_NAMES if rule not in ("decisions", "stall_places", *profile.leaves)] == []
    assert all(name.zh and name.en for name in RULE_NAMES.values())
    assert (
        RULE_NAMES["bay.min_carriageway_width.both_sides_two_way"].en == "Carriageway width: for both sides (two-way)"
    )
