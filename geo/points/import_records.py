"""The rows of the table `imports`."""

from __future__ import annotations

import json

import pandas as pd

from geo.core.masked_words import mask_numbers
from geo.points.reading import Reading
from geo.study.file import now
from geo.study.rights import signature
from geo.study.schema import conform


def next_import(imports: pd.DataFrame) -> str:
    """Return the number of the next import."""
    last = int(imports["import_id"].str[1:].astype(int).max()) if len(imports) else 0
    return f"I{last + 1:04d}"


def import_record(
    number: str, reading: Reading, kind: str, by: str = "", added: int = 0, updated: int = 0
) -> pd.DataFrame:
    """Return the row of the table `imports` for a file that was read."""
    record = {
        "import_id": number,
        "at": pd.Timestamp(now()),
        "by": mask_numbers(signature(by)),
        "kind": kind,
        "file": reading.raw.name,
        "sha256": reading.sha256,
        "format": reading.raw.format,
        "encoding": reading.raw.encoding,
        "crs": None if reading.system is None else str(reading.system),
        "mapping": json.dumps(reading.masked_mapping, ensure_ascii=False),
        "rows": reading.rows,
        "added": added,
        "updated": updated,
        "refused": reading.refused,
        "doubted": reading.doubted,
    }
    return conform(pd.DataFrame([record]), "imports")
