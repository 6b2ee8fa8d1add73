"""A decision on something that somebody else has decided on meanwhile is refused, and tells theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.study.conflicts import ANY, ConflictError, number_of, refuse_unseen, refuse_unseen_streets, since
from geo.study.file import changing
from geo.tiers.decisions import decide_tier, find_street, undo


def test_newer_decisions_are_told_and_known_ones_are_not(study: Path) -> None:
    street, other = find_street(study, "Kalevankatu"), find_street(study, "Bulevardi")
    first = decide_tier(study, street, "secondary", "works", "Li")
    second = undo(study, first, "works ended", "Wang")
    with changing(study) as connection:
        assert [each.decision_id for each in since(connection, None, ("tier",))] == [first, second]
        assert [each.by for each in since(connection, first, ("tier",))] == ["Wang"]
        assert since(connection, second, ("tier",)) == since(connection, ANY, ("tier",)) == []
        assert since(connection, None, ("zone",)) == []
        refuse_unseen_streets(connection, first, [other])
        refuse_unseen(connection, None, "zone", [street])
        with pytest.raises(ConflictError) as conflict:
            refuse_unseen_streets(connection, first, [other, street])
    assert conflict.value.seen == second
    assert conflict.value.earlier["undoes"] == first
    assert f"Wang undid {first} (Kalevankatu; {second}, works ended)" in conflict.value.sentence("en")
    assert "Wang 撤销了" in conflict.value.sentence("zh")


def test_a_section_that_was_decided_on_before_is_no_conflict(study: Path) -> None:
    street = find_street(study, "Kalevankatu")
    with changing(study) as connection:
        connection.execute(
            "INSERT INTO decisions (decision_id, kind, subject, street_id, before, after) VALUES "
            "('D0001', 'tier', ?, ?, '', 'secondary'), ('D0002', 'tier', ?, ?, '', 'back_street')",
            (f"{street}.1",) * 4,
        )
        refuse_unseen_streets(connection, "D0001", [street])
        for seen, sections in ((None, False), ("D0001", True)):
            with pytest.raises(ConflictError):
                refuse_unseen_streets(connection, seen, [street], sections)


def test_many_decisions_make_one_short_message(study: Path) -> None:
    street = find_street(study, "Kalevankatu")
    for number in range(5):
        decide_tier(study, street, "secondary", f"round {number}", "Li")
    with changing(study) as connection, pytest.raises(ConflictError, match="and 2 more"):
        refuse_unseen_streets(connection, None, [street])


def test_numbers_are_read_of_ids() -> None:
    assert [number_of(each) for each in ("D0012", None, "", "D")] == [12, 0, 0, 0]
