"""Which study this server shows."""

from __future__ import annotations

import os
from pathlib import Path

from geo.errors import StudyError
from geo.text import Text


def study_path() -> Path:
    """
    Return the study that this server shows (`JIEXU_STUDY`).

    Raises
    ------
    StudyError
        If the server was started without one.
    """
    path = os.environ.get("JIEXU_STUDY")
    if not path:
        raise StudyError(
            Text("没有指定研究文件", "No study was named"),
            Text("请用 jiexu serve 研究.gpkg 启动", "Start with: jiexu serve STUDY.gpkg"),
        )
    return Path(path)
