"""Personal data in texts of a study: where texts stand, and the cells that masking changes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from geo.core.masking import MASKS, mask, mask_numbers
from geo.study.layers.description import TEXT
from geo.study.pseudonyms import REPEATED, Pseudonyms
from geo.study.schema import STUDY_LAYERS

_OF_THE_MAP: Final = frozenset(
    (
        *("roads", "streets", "paths", "street_scores", "facility_areas", "context", "addresses"),
        *("kerbs", "kerb_exclusions", "stall_zones", "shop_displays", "bays", "parking_differences", "parking_need"),
        "parking_inventory",
        *("hotspots", "patrol_districts", "patrol_rounds", "coverage", "coverage_gaps"),
    )
)
"""Layers of the public map, and computed of it: only reasons of decisions stand in them."""

_TECHNICAL: Final = frozenset(
    (
        *("segment_id", "street_id", "quarter_id", "decision_id", "import_id", "selection_id", "site_id", "undoes"),
        *("to_id", "hours", "rules", "basis", "reasons", "conflicts", "doubted", "fee", "access", "kind", "layer"),
        *("column", "sha256", "format", "encoding", "crs", "signature", "part", "before", "after", "geometry"),
        *("permit_until", "side", "precision", "verdict", "street_ids", "section"),
    )
)
"""Columns that Jiexu or the map fills with codes, numbers and words of its own."""

IDENTIFIERS: Final = frozenset(
    (
        *("complaint_id", "duplicate_of", "subject_id", "stall_id", "operator_id", "parking_id", "other_id"),
        *("place_id", "facility_id", "population_id", "subject"),
    )
)
"""Columns that name a thing or a person: two of them must not become one."""

WHO: Final = frozenset({"by"})
"""Columns of the officer who did something: the name or account is what the log is for, and stays."""

JSON_COLUMNS: Final = frozenset({"row", "mapping"})
"""Columns with a JSON object; its texts are masked one by one."""

_OF_NO_TEXT: Final = frozenset({"made_of"})
"""Keys of objects with versions, random letters and digits that may look like anything."""

_FROM_THE_MAP: Final = "OSM"
_KIND: Final = re.compile(r"\[([^\[\]\s\d]{1,8})\]")
_LONG: Final = re.compile(r"\d{14}")
_CARD_KIND: Final = MASKS["identity"].strip("[]")
_PHONE_KIND: Final = MASKS["phone"].strip("[]")


def columns_with_text(layer: str) -> list[str]:
    """Return the columns of a layer with texts of offices, or texts made of them."""
    found = [
        name
        for name, column in STUDY_LAYERS[layer].columns.items()
        if column.dtype == TEXT and not column.values and name not in _TECHNICAL
    ]
    return [name for name in found if name == "tier_reason"] if layer in _OF_THE_MAP else found


@dataclass
class Found:
    """
    The personal data of one column.

    Attributes
    ----------
    texts
        The masked text by row.
    kinds_of
        Number of finds by kind, by row.
    """

    texts: dict[int, str] = field(default_factory=dict)
    kinds_of: dict[int, Counter[str]] = field(default_factory=dict)

    @property
    def kinds(self) -> Counter[str]:
        """Number of finds by kind."""
        return sum(self.kinds_of.values(), Counter())


class Masker:
    """
    Masks columns of a study; personal identifiers get pseudonyms, the same as a later import gives them.

    Parameters
    ----------
    pseudonyms
        Under the study's key; by default under one of this moment, for a report.
    """

    def __init__(self, pseudonyms: Pseudonyms | None = None) -> None:
        self._pseudonyms = pseudonyms or Pseudonyms()
        self._names: dict[str, str] = {}

    def column(self, cells: pd.Series, column: str, header: str = "") -> Found:
        """
        Find and mask the personal data of a column.

        Parameters
        ----------
        cells
            Texts by row.
        column
            Its name, which says whether it has identifiers, officers, objects or free text.
        header
            What the file called it that identifiers came from, where that is known.
        """
        cells = cells[cells.map(lambda cell: isinstance(cell, str) and cell != "")]
        if column in JSON_COLUMNS:
            return self.objects(cells)
        if column in IDENTIFIERS:
            return self._identifiers(cells, column, header)
        masked = (mask_numbers if column in WHO else mask)(cells)
        changed = (masked != cells).to_numpy(dtype=bool)
        found = Found(dict(zip(cells.index[changed], masked[changed], strict=True)))
        found.kinds_of = {row: _kinds(text) - _kinds(cells[row]) for row, text in found.texts.items()}
        return found

    def _identifiers(self, cells: pd.Series, column: str, header: str) -> Found:
        """Find personal identifiers: one that was judged in another column is as it was judged there."""
        bare = {cell: REPEATED.sub("", cell) for cell in cells.unique()}
        fresh = list(dict.fromkeys(word for word in bare.values() if word not in self._names))
        hidden = self._pseudonyms.hide(pd.Series(fresh, dtype=object), column, header).column
        # a number that a spreadsheet cut identifies nobody, and stays as it is stored
        self._names |= {word: new if isinstance(new, str) else word for word, new in zip(fresh, hidden, strict=True)}
        names = {cell: self._names[word] + cell[len(word) :] for cell, word in bare.items()}
        changed = cells[cells.map(lambda cell: names[cell] != cell).astype(bool)]
        found = Found({row: names[cell] for row, cell in changed.items()})
        for (row, cell), masked in zip(changed.items(), mask(changed), strict=True):
            found.kinds_of[row] = _kinds(masked) or Counter([_CARD_KIND if _LONG.search(cell) else _PHONE_KIND])
        return found

    def objects(self, cells: pd.Series) -> Found:
        """Find and mask the personal data of JSON texts, by the keys that their texts stand under."""
        parsed = {row: value for row, cell in cells.items() if (value := _parsed(cell)) is not None}
        leaves: dict[str, set[str]] = {}
        for value in parsed.values():
            _each_text(value, "", lambda key, text: leaves.setdefault(key, set()).add(text))
        masked: dict[tuple[str, str], tuple[str, Counter[str]]] = {}
        for key, texts in leaves.items():
            if key in _TECHNICAL:
                continue
            listed = pd.Series(sorted(texts), dtype=object)
            part = self.column(listed, "" if key in JSON_COLUMNS else key)
            for at, text in part.texts.items():
                masked[key, listed[at]] = (text, part.kinds_of[at])
        found = Found()
        for row, value in parsed.items():
            kinds: Counter[str] = Counter()

            def replaced(key: str, text: str, kinds: Counter[str] = kinds) -> str:
                new, counted = masked.get((key, text), (text, Counter()))
                kinds.update(counted)
                return new

            after = _each_text(value, "", replaced)
            if kinds or after != value:
                found.texts[int(row)] = json.dumps(after, ensure_ascii=False)
                found.kinds_of[int(row)] = kinds
        return found


def from_offices(rows: pd.DataFrame) -> pd.Series:
    """Tell rows of offices from rows of the public map."""
    if "source" not in rows:
        return pd.Series(True, index=rows.index)
    return rows["source"] != _FROM_THE_MAP


def _kinds(text: str) -> Counter[str]:
    return Counter(_KIND.findall(text))


def _parsed(cell: str) -> Any:
    try:
        return json.loads(cell)
    except ValueError:
        return None


def _each_text(value: Any, key: str, change: Callable[[str, str], Any]) -> Any:
    """Return a JSON value with each text changed; `change` is given the nearest key, and the text."""
    if isinstance(value, str):
        return change(key, value)
    if isinstance(value, Mapping):
        return {
            name: part if name in _OF_NO_TEXT else _each_text(part, str(name), change) for name, part in value.items()
        }
    if isinstance(value, list):
        return [_each_text(part, key, change) for part in value]
    return value
