"""Lists of complaints for tests."""

from __future__ import annotations

from pathlib import Path


def timeless_complaints(folder: Path) -> Path:
    """Write twelve complaints without times, along Yliopistonkatu in the sample's extract."""
    file = folder / "complaints.csv"
    rows = [f"T{n},违停,{24.9405 + n * 1e-4:.4f},60.1702" for n in range(12)]
    file.write_text("\n".join(["编号,类别,经度,纬度", *rows]) + "\n", encoding="utf-8")
    return file
