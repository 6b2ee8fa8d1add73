"""Drawings of parking for download."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from dashboards.session.language import _
from dashboards.session.served_study import study_path
from dashboards.shared.widgets import exporting


def drawing_button(write: Callable[[Path, Path], object], layer: str, name: str, key: str) -> None:
    """
    Offer a layer as a drawing (DXF), made when it is asked for.

    Parameters
    ----------
    write
        Writes a study's layer to a file.
    layer
        The layer, for the log of access.
    name
        Behind the study's name in the file's name.
    key
        The widget's key.
    """
    st.download_button(
        _("Drawing (DXF)"),
        data=exporting(partial(_drawing, write, study_path()), layer),
        file_name=f"{study_path().stem}-{name}.dxf",
        icon=":material/architecture:",
        on_click="ignore",
        key=key,
    )


def _drawing(write: Callable[[Path, Path], object], study: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "drawing.dxf"
        write(study, file)
        return file.read_bytes()
