"""Penalty steps: the step due with each operator, and the record of a step as taken."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from geo.core.errors import StudyError
from geo.core.records import document_rows
from geo.core.text import Text
from geo.rules.documents import basis_document
from geo.rules.loader import Profile
from geo.rules.units import STEPS
from geo.stalls.documents import StepDocument
from geo.stalls.verdicts import FORBIDDEN, OTHER_HOURS
from geo.study.conflicts import ANY, refuse_unseen
from geo.study.decisions import record, signed, standing_on
from geo.study.file import now
from geo.study.reader import Study, open_study
from geo.study.rights import requires

STEP_NAMES: Final = {
    "guidance": Text("教育引导", "guidance"),
    "warning": Text("警告并责令改正", "warning and order to correct"),
    "light_penalty": Text("从轻处罚", "light penalty"),
    "strict": Text("从严处罚", "strict penalty"),
}


def steps_due(stalls: pd.DataFrame, decisions: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """
    Return the step that is due with each operator who has a stall in the way.

    The step goes by the number of earlier offences: those that the stall list knows, and the steps that were recorded
    since. For operators in hardship it is milder by `response.hardship_lighter_by`.

    Parameters
    ----------
    stalls
        The study's layer, judged. A stall without an operator stands for itself.
    decisions
        The study's table.
    profile
        `response.*`.

    Returns
    -------
    due
        `operator_id`, `stalls` (in the way), `stall_ids`, `offences` (earlier ones), `recorded` (steps since),
        `hardship`, `step`, `last` (the newest recorded step, or None); the strictest first.
    """
    who = stalls["operator_id"].where(stalls["operator_id"].notna(), stalls["stall_id"])
    table = stalls.assign(operator_id=who)
    in_the_way = table["verdict"].isin([FORBIDDEN, OTHER_HOURS])
    groups = table.groupby("operator_id", sort=True)
    due = pd.DataFrame(
        {
            "stalls": in_the_way.groupby(who).sum(),
            "stall_ids": table[in_the_way].groupby("operator_id")["stall_id"].agg(", ".join),
            "offences": groups["offences"].sum(),
            "hardship": groups["hardship"].any(),
        }
    )
    due = due[due["stalls"] > 0]
    ours = standing_on(decisions, "step")
    due["recorded"] = due.index.map(ours["subject"].value_counts()).fillna(0).astype(np.int64)
    due["last"] = due.index.map(ours.drop_duplicates("subject", keep="last").set_index("subject")["after"])
    ladder = [str(step) for step in profile["response.ladder"]]
    earlier = due["offences"].fillna(0).astype(np.int64) + due["recorded"]
    milder = np.where(due["hardship"], int(profile["response.hardship_lighter_by"]), 0)
    rung = np.clip(np.minimum(earlier, len(ladder) - 1) - milder, 0, len(ladder) - 1)
    due["step"] = np.array(ladder, dtype=object)[rung]
    due["offences"] = due["offences"].fillna(0).astype("Int64")
    strictness = due["step"].map({step: rank for rank, step in enumerate(STEPS)})
    columns = ["operator_id", "stalls", "stall_ids", "offences", "recorded", "hardship", "step", "last"]
    ordered = due.assign(strictness=strictness).sort_values(
        ["strictness", "offences", "stalls"], ascending=False, kind="stable"
    )
    return ordered.reset_index(names="operator_id")[columns]


def step_documents(due: pd.DataFrame, profile: Profile) -> list[StepDocument]:
    """Return the steps of `steps_due` as plain values, with the articles of law behind each."""
    bases = {step: basis_document(profile.basis(f"step.{step}")) for step in STEPS}
    rows = due.assign(basis=[bases[step] for step in due["step"]])
    return document_rows(rows, StepDocument)


@requires("record")
def record_step(
    study: Study | Path, operator_id: str, reason: str, by: str = "", seen: str | None = ANY
) -> tuple[str, str]:
    """
    Record the step due with an operator as taken.

    Parameters
    ----------
    study
        The study, or its path.
    operator_id
        As `steps_due` lists it.
    reason
        What was said or done; it may not be empty.
    by
        Who did it.
    seen
        The newest decision that they know of (None: none), or `geo.study.conflicts.ANY`.

    Returns
    -------
    decision_id, step

    Raises
    ------
    ConflictError
        If a step with the operator was recorded or undone since `seen`: the next one would be another. Nothing is
        changed.
    StudyError
        If nothing is due with the operator, or the reason is empty. Nothing is changed then.
    """
    opened = open_study(study)
    profile = opened.profile
    reason, by = signed(reason, by)
    with opened.changing() as connection:
        refuse_unseen(connection, seen, "step", [operator_id], _step_name)
        stalls = pd.read_sql_query(
            "SELECT stall_id, operator_id, offences, hardship, verdict, segment_id FROM stalls", connection
        )
        stalls["hardship"] = stalls["hardship"].fillna(0).astype(bool)
        decisions = pd.read_sql_query("SELECT * FROM decisions ORDER BY fid", connection)
        due = steps_due(stalls, decisions, profile)
        mine = due[due["operator_id"] == operator_id]
        if mine.empty:
            raise StudyError(
                Text(f"对“{operator_id}”目前没有应采取的措施", f"No step is due with “{operator_id}”"),
                Text(
                    "请用 jiexu steps 查看名单；若尚未判定摊位，请先运行 jiexu stalls",
                    "List the due steps with jiexu steps; judge the stalls first with jiexu stalls",
                ),
            )
        row = mine.iloc[0]
        decision = record(
            connection,
            reason=reason,
            by=by,
            at=now(),
            kind="step",
            subject=operator_id,
            subject_name=operator_id,
            before=row["last"] if isinstance(row["last"], str) else "",
            after=row["step"],
        )
    return decision, str(row["step"])


def _step_name(step: str) -> Text:
    return STEP_NAMES.get(step) or Text(step, step)
