"""Every notebook runs from top to bottom."""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
import pytest

from tests.conftest import ROOT

LONG = ("complaints", "facilities", "parking", "stalls")
"""Notebooks that take more than ten seconds: `make test-all` runs them."""


@pytest.mark.parametrize(
    "notebook",
    [
        pytest.param(path, id=path.stem, marks=pytest.mark.slow if path.stem in LONG else ())
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    ],
)
def test_a_notebook_runs(notebook: Path) -> None:
    document = nbformat.read(notebook, as_version=4)
    nbclient.NotebookClient(document, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()
    errors = [out for cell in document.cells for out in cell.get("outputs", []) if out.output_type == "error"]
    assert errors == []
