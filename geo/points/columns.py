"""The columns of a file that serve the fields of its kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import pandas as pd

from geo.core.errors import InputError
from geo.core.masked_words import mask_word, mask_words
from geo.core.text import Text
from geo.files.column_matching import propose_mapping
from geo.files.raw_file import RawFile
from geo.points.makes import Make, columns_of_make
from geo.study.findings import Finding

_APPROVAL: Final = re.compile(r"审批|批准|核准|批复|审核|许可|核发|发证|approv|issued|granted", re.IGNORECASE)
_APPLIED: Final = re.compile(r"申请|受理|登记|申报|提交|received|applied|application|submitted", re.IGNORECASE)
_VALID: Final = re.compile(r"到期|有效|期至|许可截止|期满|届满|expir|valid|until", re.IGNORECASE)
"""Headers of approvals, of times of an application, and of ends of validity."""


def columns_of_fields(
    raw: RawFile,
    kind: str,
    asked: Mapping[str, str],
    remembered: Mapping[str, str] | None,
    make: Make | None = None,
) -> dict[str, str]:
    """
    Return the column of each field: as the user says, as was saved for such files, as a make is known for, else by the
    headers' meaning.

    Parameters
    ----------
    raw
        The file.
    kind
        The kind of its rows.
    asked
        The user's columns, "" for a field that no column is to serve.
    remembered
        The columns saved for files with these headers.
    make
        The known make of the file.

    Raises
    ------
    InputError
        If the user names a column that the file has not.
    """
    headers = raw.table.columns.tolist()
    # where headers hold personal data, mappings are kept and printed with it masked
    by_masked = dict(zip(mask_words(headers[::-1]), headers[::-1], strict=True))
    asked = {name: column if column in headers else by_masked.get(column, column) for name, column in asked.items()}
    remembered = {name: by_masked.get(column, column) for name, column in (remembered or {}).items()}
    for name, column in asked.items():
        if column and column not in headers:
            raise InputError(
                raw.name,
                Text(f"没有名为“{mask_word(column)}”的列", f"There is no column “{mask_word(column)}”"),
                Text(
                    f"可选的列：{'、'.join(map(mask_word, headers[:30]))}",
                    f"Choose one of: {', '.join(map(mask_word, headers[:30]))}",
                ),
                column=name,
            )
    chosen = {name: column for name, column in asked.items() if column}
    proposed = propose_mapping(headers, kind, {**columns_of_make(make, headers), **(remembered or {}), **chosen})
    taken = set(chosen.values())
    return {
        name: column
        for name, column in proposed.items()
        if chosen.get(name) == column or (name not in asked and column not in taken)
    }


def without_approvals(found: pd.DataFrame, mapping: Mapping[str, str]) -> tuple[pd.DataFrame, list[Finding]]:
    """
    Return fields without approvals that close a permit, licence or hoarding: they close applications only.

    An approval (审批时间) closes a row with a time of application and no end of validity (到期时间).

    Parameters
    ----------
    found
        The fields of the kind, as text.
    mapping
        Field to column.
    """
    column = mapping.get("closed_at")
    if column is None or not _APPROVAL.search(column) or "received_at" not in found:
        return found, []
    applied = found["received_at"].notna() & bool(_APPLIED.search(mapping.get("received_at", "")))
    valid = found["due_at"].notna() & bool(_VALID.search(mapping.get("due_at", "")))
    begun = found["closed_at"].notna() & ~(applied & ~valid)
    if not begun.any():
        return found, []
    said = Text(
        f"“{mask_word(column)}”是批准的时间：{int(begun.sum())} 行是许可、证照或围挡",
        f"“{mask_word(column)}” is the time of an approval: {int(begun.sum())} rows are permits, licences or hoardings",
    )
    done = Text("批准不视为办结；到期时间照常计算", "An approval does not close them; they end when they expire")
    return found.assign(closed_at=found["closed_at"].where(~begun)), [Finding(None, column, said, done)]
