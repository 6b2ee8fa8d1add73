"""Sets of streets: the streets within a drawn area, and selections kept under a name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from geo.core.errors import StudyError
from geo.core.masked_words import mask_numbers, masked
from geo.core.text import Text
from geo.study.file import now
from geo.study.reader import Study, changing
from geo.study.rights import requires, signature
from geo.study.versions import touch


@requires("record")
def keep_selection(study: Study | Path, name: str, street_ids: Sequence[str], by: str = "") -> str:
    """
    Keep a set of streets in the study under a name; a selection of that name is replaced.

    Returns
    -------
    selection_id

    Raises
    ------
    StudyError
        For an empty name or selection, or a file that cannot be written.
    """
    if not name.strip() or not street_ids:
        raise StudyError(
            Text("没有名称或没有选中街道", "The name is missing, or no street is selected"),
            Text("请先选择街道并填写名称", "Select streets and give the selection a name"),
        )
    at, name, by = now(), masked(name.strip()), mask_numbers(signature(by))
    with changing(study) as connection:
        connection.execute("DELETE FROM selections WHERE name = ?", (name,))
        number = connection.execute("SELECT max(CAST(substr(selection_id, 2) AS INTEGER)) FROM selections").fetchone()
        selection = f"A{(number[0] or 0) + 1:03d}"
        connection.execute(
            'INSERT INTO selections (selection_id, name, at, "by", street_ids) VALUES (?, ?, ?, ?, ?)',
            (selection, name, f"{at:%Y-%m-%dT%H:%M:%S}.000Z", by, json.dumps(list(street_ids))),
        )
        touch(connection, "selections")
    return selection


@requires("record")
def drop_selection(study: Study | Path, selection_id: str) -> None:
    """Forget a kept selection; its streets stay as they are."""
    with changing(study) as connection:
        connection.execute("DELETE FROM selections WHERE selection_id = ?", (selection_id,))
        touch(connection, "selections")
