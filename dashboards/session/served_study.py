"""The study served by this process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from geo.core.errors import JiexuError, StudyError
from geo.core.text import Text
from geo.study.file import about

SAMPLE_STUDY: Final = Path("studies") / "sample.gpkg"


def served_folder() -> Path:
    """Return the folder of the served study; accounts and settings of the server stand there."""
    return Path(os.environ.get("JIEXU_STUDY") or SAMPLE_STUDY).resolve().parent


def study_path() -> Path:
    """
    Return the study that this server shows: `JIEXU_STUDY`, else the sample where `jiexu serve` made it.

    Raises
    ------
    StudyError
        If the server was started without one.
    """
    path = Path(os.environ.get("JIEXU_STUDY") or SAMPLE_STUDY)
    if path == SAMPLE_STUDY and not path.is_file():
        raise StudyError(
            Text("没有指定研究文件", "No study was named"),
            Text("请用 jiexu serve 研究.gpkg 启动", "Start with: jiexu serve STUDY.gpkg"),
        )
    return path


def problem_of_study() -> JiexuError | None:
    """Return the reason that the served study cannot be read now (deleted, moved, replaced), or None."""
    try:
        about(study_path())
    except JiexuError as error:
        return error
    return None
