"""Jiexu's wheel, built from a copy of the sources by what is installed here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

PACKAGES = ("geo", "layers", "dashboards", "jiexu")
_BUILD = "import build_backend, sys; build_backend.build_wheel(sys.argv[1])"


def built_wheel(folder: Path) -> Path:
    """Build the wheel in a folder, and return it."""
    sources = folder / "sources"
    for name in (*PACKAGES, "scripts"):
        shutil.copytree(ROOT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in", "streamlit_app.py"):
        shutil.copy(ROOT / name, sources)
    environment = {**os.environ, "PYTHONPATH": str(sources / "scripts")}
    command = [sys.executable, "-c", _BUILD, str(folder)]
    subprocess.run(command, cwd=sources, env=environment, check=True, capture_output=True)
    return next(folder.glob("jiexu-*.whl"))
