"""The categories of complaints, as codes with their names; an unlisted category is kept as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypedDict

import yaml

from geo.core.text import Text


class _Row(TypedDict):
    """A category of the table: its names, and its other names in files."""

    zh: str
    en: str
    also: list[str]


_TABLE: Final[dict[str, _Row]] = yaml.safe_load(Path(__file__).with_name("categories.yaml").read_text(encoding="utf-8"))

CATEGORIES: Final[dict[str, Text]] = {code: Text(row["zh"], row["en"]) for code, row in _TABLE.items()}
"""The code table, `geo/categories.yaml`."""

CODE_OF: Final[dict[str, str]] = {
    name: code for code, row in _TABLE.items() for name in (code, row["zh"], row["en"], *row["also"])
}
"""The code that a name stands for."""
