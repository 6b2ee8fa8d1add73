"""Columns of a file that nothing reads, named in a finding."""

from __future__ import annotations

from collections.abc import Collection

from geo.core.masked_words import mask_words
from geo.core.text import Text
from geo.files.raw_file import RawFile
from geo.files.shaped_rows import LAYER
from geo.study.findings import Finding


def columns_left(raw: RawFile, read: Collection[str]) -> list[str]:
    """Return the columns of a file that nothing reads; a column that the reader added is no column of it."""
    added = {LAYER} if len(raw.parts) > 1 else set()
    return [str(column) for column in raw.table.columns if column not in read and column not in added]


def unread_finding(columns: Collection[str]) -> list[Finding]:
    """Return a finding that names columns that nothing reads; none where all are read."""
    if not columns:
        return []
    named = mask_words(list(columns))
    problem = Text(
        f"有 {len(named)} 列未读取：{'、'.join(named)}", f"{len(named)} columns are not read: {', '.join(named)}"
    )
    action = Text(
        "其内容未存入研究；如需要，请改用可识别的列名", "Their content is not kept; rename the ones that are needed"
    )
    return [Finding(None, "", problem, action)]
