"""The page of the study file is what its layers say."""

from __future__ import annotations

import runpy

from geo.study.schema import FREE_TABLES, STUDY_LAYERS
from tests.conftest import ROOT


def test_the_page_of_the_study_file_is_up_to_date() -> None:
    written = runpy.run_path(str(ROOT / "scripts" / "study_file_page.py"))["page"]()
    kept = (ROOT / "docs" / "reference" / "study-file.md").read_text(encoding="utf-8")
    assert kept == written, "run `make docs`"
    for layer in (*STUDY_LAYERS.values(), *FREE_TABLES.values()):
        section = written.split(f"\n### {layer.name}\n")[1].split("\n### ")[0]
        assert [column for column in layer.columns if f"| `{column}` |" not in section] == []
