"""Comments between colleagues on a street or a zone, open until somebody marks them as done."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from geo.core.errors import StudyError
from geo.core.masked_words import mask_numbers, masked
from geo.core.text import Text
from geo.study.file import now
from geo.study.reader import Study, open_study
from geo.study.rights import requires, signature
from geo.study.schema import conform
from geo.study.writing import until_unchanged

_LONGEST: Final = 2_000
_SUBJECTS: Final = {"streets": "street_id", "stall_zones": "zone_id"}


@requires("record")
def add_comment(study: Study | Path, subject: str, text: str, by: str = "") -> str:
    """
    Add a comment; personal data in it is masked before it is stored.

    Parameters
    ----------
    study
        The study, or its path.
    subject
        The id of a street or a zone.
    text
        The remark.
    by
        Who says it; whoever has signed in signs with the account.

    Returns
    -------
    comment_id

    Raises
    ------
    StudyError
        If there is no such street or zone, or the text is empty or too long.
    """
    if not text.strip() or len(text) > _LONGEST:
        raise StudyError(
            Text("留言为空或过长", "The comment is empty or too long"),
            Text(f"请写 1 至 {_LONGEST} 个字符", f"Write 1 to {_LONGEST} characters"),
        )
    said, by = masked(text.strip()), mask_numbers(signature(by.strip()))

    def add() -> str:
        opened = open_study(study)
        name = _name_of(opened, subject)
        comments = opened.table("comments")
        numbers = pd.to_numeric(comments["comment_id"].str[1:], errors="coerce")
        comment = f"C{int(numbers.max() if len(comments) else 0) + 1:04d}"
        row = {
            "comment_id": comment,
            "subject": subject,
            "subject_name": name,
            "text": said,
            "by": by,
            "at": now(),
        }
        together = pd.concat([comments.astype(object), pd.DataFrame([row]).astype(object)], ignore_index=True)
        opened.write({"comments": conform(together, "comments")})
        return comment

    return until_unchanged(add)()


@requires("record")
def finish_comment(study: Study | Path, comment_id: str, by: str = "", done: bool = True) -> None:
    """
    Mark a comment as done, or as open again.

    Raises
    ------
    StudyError
        If there is no such comment.
    """
    by = mask_numbers(signature(by.strip()))

    def finish() -> None:
        opened = open_study(study)
        comments = opened.table("comments").copy()
        wanted = (comments["comment_id"] == comment_id).to_numpy()
        if not wanted.any():
            raise StudyError(
                Text(f"没有留言 {comment_id}", f"There is no comment {comment_id}"),
                Text("用 jiexu comments 查看编号", "jiexu comments STUDY shows the numbers"),
            )
        comments.loc[wanted, "done_by"] = by if done else None
        comments.loc[wanted, "done_at"] = pd.Timestamp(now()) if done else pd.NaT
        opened.write({"comments": conform(comments, "comments")})

    until_unchanged(finish)()


def comments_on(comments: pd.DataFrame, subject: str | None = None) -> pd.DataFrame:
    """
    Return comments, open ones first and the newest of each first.

    Parameters
    ----------
    comments
        The study's table.
    subject
        The id of a street or zone; by default all.
    """
    chosen = comments if subject is None else comments[comments["subject"] == subject]
    order = chosen.assign(_done=chosen["done_at"].notna())
    return order.sort_values(["_done", "at"], ascending=[True, False]).drop(columns="_done").reset_index(drop=True)


def _name_of(study: Study, subject: str) -> str | None:
    """Return the name of a street or zone."""
    for layer, column in _SUBJECTS.items():
        rows = study.table(layer)
        found = rows[rows[column] == subject]
        if len(found):
            name = found["name"].iloc[0] if "name" in found else subject
            return None if pd.isna(name) else str(name)
    raise StudyError(
        Text(f"没有街道或疏导点 {subject}", f"There is no street or zone {subject}"),
        Text("请给出街道编号（s…）或疏导点编号", "Give the id of a street (s…) or of a zone"),
    )
