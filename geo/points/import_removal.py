"""Remove an import from a study as a whole."""

from __future__ import annotations

import json

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.points.merging import restored_rows
from geo.points.street_counts import counts_of_some
from geo.study.reader import Study, on_study
from geo.study.row_changes import RowChanges
from geo.study.rows import AMONG
from geo.study.schema import COLUMNS, POINT_KINDS


@on_study
def remove_import(study: Study, import_id: str) -> int:
    """
    Remove an import as a whole: its new rows go, and updated rows return to their state before it.

    Parameters
    ----------
    study
        The study, or its path.
    import_id
        As `jiexu imports` lists it.

    Returns
    -------
    rows
        How many rows went.

    Raises
    ------
    StudyError
        If there is no such import, or the study cannot be written.
    """
    record = study.some("imports", None, "import_id = ?", (import_id,))
    if record.empty:
        raise StudyError(
            Text(f"没有导入 {import_id}", f"There is no import {import_id}"),
            Text("请用 jiexu imports 查看编号", "See the numbers with: jiexu imports STUDY"),
        )
    kind = str(record["kind"].iloc[0])
    identifier = COLUMNS[kind][0]
    going = study.some(kind, (identifier,), "import_id = ?", (import_id,), geometry=False)
    replaced = study.some("replaced")
    back = replaced[replaced["import_id"] == import_id]
    restored = [json.loads(row) for row in back["row"]]
    # rows of this import that a later one replaced must not come back with the removal of that
    ours = replaced["row"].map(lambda row: json.loads(row).get("import_id") == import_id).to_numpy(dtype=bool)
    names = json.dumps([str(row[identifier]) for row in restored])
    others = f"{identifier} {AMONG} AND import_id IS NOT ?"
    kept = {*study.some(kind, (identifier,), others, (names, import_id), geometry=False)[identifier]}
    restored = [row for row in restored if row[identifier] not in kept]
    change = RowChanges(restored_rows(restored, kind) if restored else None, going.index.tolist())
    found = study.some("findings", (), "import_id = ?", (import_id,))
    forgotten = replaced.index[(replaced["import_id"] == import_id).to_numpy() | ours]
    rows = {
        kind: change,
        "imports": RowChanges(removed=record.index.tolist()),
        "findings": RowChanges(removed=found.index.tolist()),
        "replaced": RowChanges(removed=forgotten.tolist()),
    }
    if kind in POINT_KINDS:
        rows["streets"] = counts_of_some(study, kind, change)
    study.write({}, rows=rows)
    return len(going)
