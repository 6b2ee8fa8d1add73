"""The identities in a study, for comparison with an import, and findings of lost ones."""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.core.text import Text
from geo.points.naming import identity_fields
from geo.study.findings import Finding, findings_table
from geo.study.pseudonyms import CONTENT_PREFIX, PREFIX, REPEATED
from geo.study.schema import COLUMNS

_CONSTANT: Final = rf"^\[[\u4e00-\u9fff]+\](?:{REPEATED.pattern})?$"
"""An identifier of which earlier versions kept the kind only: [证件号], [电话]."""
_NAMED_ROWS: Final = 10


def known_identities(layer: pd.DataFrame, kind: str) -> dict[str, frozenset[str]]:
    """Return the identifiers of a study's rows, by column."""
    columns = [name for name in identity_fields(kind) if name in layer]
    return {name: frozenset(layer[name].dropna().astype(str)) for name in columns}


def lost_identities(layer: pd.DataFrame, kind: str, file: str) -> pd.DataFrame:
    """
    Return the findings of rows that cannot be told apart: an earlier version kept one constant for their identifiers.

    Parameters
    ----------
    layer
        The study's rows of the kind, as they stand after the import.
    kind
        The layer.
    file
        The file that was read.
    """
    findings = []
    for name in identity_fields(kind):
        if name not in layer:
            continue
        lost = layer[layer[name].astype("string").str.match(_CONSTANT).fillna(False).to_numpy(dtype=bool)]
        if lost.empty:
            continue
        rows = [str(word) for word in lost[COLUMNS[kind][0]]]
        some = ", ".join(rows[:_NAMED_ROWS]) + (" …" if len(rows) > _NAMED_ROWS else "")
        imports = ", ".join(sorted(lost["import_id"].dropna().astype(str).unique())) or "-"
        findings.append(
            Finding(
                None,
                name,
                Text(
                    f"早先导入的 {len(lost)} 行编号被旧版本遮盖成同一个词，无法互相区分：{some}",
                    f"{len(lost)} rows of earlier imports cannot be told apart, as an earlier version masked their "
                    f"identifiers to one word: {some}",
                ),
                Text(
                    f"请移除导入 {imports}（jiexu imports --remove）并重新导入其文件",
                    f"Remove the imports {imports} (jiexu imports --remove) and import their files again",
                ),
            )
        )
    return findings_table(kind, findings, file)


def renamed_identities(layer: pd.DataFrame, kind: str, file: str) -> pd.DataFrame:
    """Return the finding of pseudonyms that a new key does not find again; none where there are none."""
    columns = [name for name in identity_fields(kind) if name in layer]
    rows = (
        layer[columns]
        .astype("string")
        .apply(lambda column: column.str.startswith((PREFIX, CONTENT_PREFIX)).fillna(False))
    )
    count = int(rows.any(axis=1).sum())
    if count == 0:
        return findings_table(kind, [], file)
    problem = Text(
        f"已换用新密钥：以前的 {count} 行化名无法与新导入的编号对应",
        f"A new key is in use: the pseudonyms of {count} earlier rows are not found again",
    )
    action = Text(
        "请核对重复的行；找回旧密钥后可重新导入",
        "Look for rows that stand twice; with the old key the file can be imported again",
    )
    return findings_table(kind, [Finding(None, COLUMNS[kind][0], problem, action)], file)
