"""Repairs, refusals and doubts of the readers, as rows of the study's `findings`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

import pandas as pd

from geo.core.masked_words import mask_quoted, masked
from geo.core.masking import mask
from geo.core.text import Text
from geo.study.schema import conform

KEPT_AS_IT_IS: Final = Text("已按原样导入", "It is kept as it is")
"""The action of a doubt: the value is stored and shown, and missing from every figure (`geo.study.doubts`)."""


class Finding(NamedTuple):
    """
    One finding; `row` counts as a spreadsheet does and is None where a whole file or layer is meant; `sheet` is named
    for a workbook with several.
    """

    row: int | None
    column: str
    problem: Text
    action: Text
    sheet: str | None = None


def findings_table(layer: str, findings: Collection[Finding], source: str) -> pd.DataFrame:
    """
    Return findings as a table with the columns of the layer `findings`, in the order of rows.

    Personal data is masked in headers, in the file's name, and in cells between quotation marks.

    Parameters
    ----------
    layer
        The layer of the study that the findings are about.
    findings
        In any order.
    source
        The name of the file that was read.
    """
    # of several sheets, the order in which they were read
    sheets = list(dict.fromkeys([None, *(finding.sheet for finding in findings)]))
    ordered = sorted(findings, key=lambda finding: (sheets.index(finding.sheet), finding.row or 0, finding.column))
    texts = {
        "problem": pd.Series([str(finding.problem) for finding in ordered], dtype=object),
        "action": pd.Series([str(finding.action) for finding in ordered], dtype=object),
    }
    return conform(
        pd.DataFrame(
            {
                "layer": layer,
                "sheet": mask(pd.Series([finding.sheet for finding in ordered], dtype=object)),
                "row": [finding.row for finding in ordered],
                "column": mask(pd.Series([finding.column for finding in ordered], dtype=object)),
                **{name: mask_quoted(column) for name, column in texts.items()},
                "source": masked(source),
            }
        ),
        "findings",
    )
