"""Rows have their own identifier, else one of their content; personal ones are hidden."""

from __future__ import annotations

import pandas as pd

from geo.points.naming import named
from geo.study.findings import Finding
from geo.study.pseudonyms import Pseudonyms


def test_rows_keep_their_identifier_or_get_one_of_their_content() -> None:
    cells = {"complaint_id": ["A1", None, "13951234567", "A1"], "text": ["一", "二", "三", "四"]}
    found = pd.DataFrame(cells, index=[2, 3, 4, 5], dtype=object)
    findings: list[Finding] = []
    names = named(found, "complaints", {"complaint_id": "编号"}, Pseudonyms(b"k" * 32), findings)
    identifiers = names.columns["complaint_id"]
    assert identifiers[2] == "A1"
    assert identifiers[3].startswith("x")
    assert "13951234567" not in identifiers[4]
    assert identifiers.is_unique
    assert names.hidden == 1
    assert names.former.notna().all(axis=1).tolist() == [False, True, False, False]
    assert [finding.row for finding in findings if finding.row] == [5], "the second A1 is told"
