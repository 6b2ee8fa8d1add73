"""Operators are met step by step: guidance, warning, light penalty, strict; milder where there is hardship."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.core.errors import StudyError
from geo.rules import Profile, load_profile
from geo.stalls.penalty_steps import record_step, steps_due
from geo.study.file import read_layer
from geo.study.schema import conform
from geo.tiers.decisions import undo
from tests.conftest import is_fresh


def stalls(rows: list[tuple[str | None, int, bool, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["operator_id", "offences", "hardship", "verdict"])
    table["stall_id"] = [f"T{number}" for number in range(len(rows))]
    table["offences"] = table["offences"].astype("Int64")
    return table


NO_DECISIONS = conform(pd.DataFrame(), "decisions")


def test_the_ladder_is_climbed_by_earlier_offences() -> None:
    table = stalls([(f"J{n}", n, False, "forbidden") for n in range(5)])
    due = steps_due(table, NO_DECISIONS, load_profile("anyang")).set_index("operator_id")["step"]
    assert [due[f"J{n}"] for n in range(5)] == ["guidance", "warning", "light_penalty", "strict", "strict"]


def test_hardship_is_met_a_step_milder_and_said(profile: Profile) -> None:
    table = stalls([("J1", 2, True, "forbidden"), ("J2", 2, False, "forbidden"), ("J3", 0, True, "forbidden")])
    due = steps_due(table, NO_DECISIONS, profile).set_index("operator_id")
    assert due["step"].to_dict() == {"J2": "light_penalty", "J1": "warning", "J3": "guidance"}
    assert due["hardship"].to_dict() == {"J2": False, "J1": True, "J3": True}


def test_only_who_is_in_the_way_is_due_and_a_stall_without_operator_is_its_own(profile: Profile) -> None:
    table = stalls([("J1", 9, False, "allowed"), (None, 0, False, "forbidden"), ("J2", 1, False, "forbidden")])
    table = pd.concat([table, stalls([("J2", 2, False, "allowed")]).assign(stall_id="T9")], ignore_index=True)
    due = steps_due(table, NO_DECISIONS, profile).set_index("operator_id")
    assert set(due.index) == {"T1", "J2"}
    assert due.loc["J2", ["stalls", "offences", "step", "stall_ids"]].tolist() == [1, 3, "strict", "T2"]


def test_a_recorded_step_is_a_decision_and_counts(plan: Path, profile: Profile) -> None:
    due = steps_due(read_layer(plan, "stalls"), read_layer(plan, "decisions"), profile)
    mildest = due[due["step"] == "guidance"].iloc[-1]
    decision, step = record_step(plan, mildest["operator_id"], "现场教育", "王")
    assert step == "guidance"
    kept = read_layer(plan, "decisions").set_index("decision_id").loc[decision]
    assert kept[["kind", "subject", "after", "by", "reason"]].tolist() == [
        "step", mildest["operator_id"], "guidance", "王", "现场教育",
    ]  # fmt: skip
    assert is_fresh(plan), "a step changes no plan"
    again = steps_due(read_layer(plan, "stalls"), read_layer(plan, "decisions"), profile).set_index("operator_id")
    assert again.loc[mildest["operator_id"], ["recorded", "step", "last"]].tolist() == [1, "warning", "guidance"]
    undo(plan, decision, "误记")
    back = steps_due(read_layer(plan, "stalls"), read_layer(plan, "decisions"), profile).set_index("operator_id")
    assert back.loc[mildest["operator_id"], "step"] == "guidance"
    with pytest.raises(StudyError, match="No step is due"):
        record_step(plan, "nobody", "why")
