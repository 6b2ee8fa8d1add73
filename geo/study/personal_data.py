"""Personal data in texts of a study: where texts stand, and the cells that masking changes."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from geo.core.masking import mask
from geo.core.personal_numbers import has_check_character
from geo.study.layers.description import TEXT
from geo.study.schema import STUDY_LAYERS

_OF_THE_MAP: Final = frozenset(
    (
        *("roads", "streets", "paths", "street_scores", "facility_areas", "context", "addresses"),
        *("kerbs", "kerb_exclusions", "stall_zones", "shop_displays", "bays", "parking_differences", "parking_need"),
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
_NAME: Final = "姓名"
_KIND: Final = re.compile(r"\[([^\[\]\s\d]{1,8})\]")
_CARD: Final = re.compile(r"\d{17}[\dXx]")
_CARD_KIND: Final = "证件号"

_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")


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
    kinds
        Number of finds by kind.
    """

    texts: dict[int, str] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)


class Masker:
    """
    Masks columns of a study, and gives identifiers a pseudonym: the same in every column, and no way back.

    Pseudonyms are keyed BLAKE2 digests (RFC 7693); the key is made for one masking and kept nowhere.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def pseudonym(self, lead: str, value: str) -> str:
        """Return the pseudonym of an identifier: a lead and letters, no numbers."""
        digest = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), key=self._key, digest_size=6).hexdigest()
        return f"{lead}-{digest.translate(_LETTERS)}"

    def column(self, cells: pd.Series, column: str) -> Found:
        """
        Find and mask the personal data of a column.

        Parameters
        ----------
        cells
            Texts by row.
        column
            Its name, which says whether it has identifiers, officers, objects or free text.
        """
        cells = cells[cells.map(lambda cell: isinstance(cell, str) and cell != "")]
        if column in JSON_COLUMNS:
            return self.objects(cells)
        masked = mask(cells)
        changed = (masked != cells).to_numpy(dtype=bool)
        every, cells, masked = cells, cells[changed], masked[changed]
        if column in IDENTIFIERS:
            ours = _no_order_numbers(every, masked)
            cells, masked = cells[ours], masked[ours]
        found = Found()
        for row, before, after in zip(cells.index, cells, masked, strict=True):
            text = named_again(before, after) if column in WHO else after
            if text == before:
                continue
            found.kinds.update(_kinds(text) - _kinds(before))
            found.texts[row] = self.pseudonym(text, before) if column in IDENTIFIERS else text
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
            for at, text in self.column(listed, "" if key in JSON_COLUMNS else key).texts.items():
                masked[key, listed[at]] = (text, _kinds(text) - _kinds(listed[at]))
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
                found.kinds.update(kinds)
        return found


def from_offices(rows: pd.DataFrame) -> pd.Series:
    """Tell rows of offices from rows of the public map."""
    if "source" not in rows:
        return pd.Series(True, index=rows.index)
    return rows["source"] != _FROM_THE_MAP


def named_again(before: str, after: str) -> str:
    """
    Return a masked text with its names as they were: numbers and addresses stay masked.

    Parameters
    ----------
    before, after
        A text, and the same masked.
    """
    literal, pattern = _KIND.split(after), ""
    for i, part in enumerate(literal):
        pattern += f"({'.+?'})" if i % 2 else re.escape(part)
    found = re.fullmatch(pattern, before, re.DOTALL)
    if found is None:
        return after
    originals = iter(found.groups())
    pieces = []
    for i, part in enumerate(literal):
        if i % 2 == 0:
            pieces.append(part)
            continue
        original = next(originals)
        pieces.append(original if part == _NAME else f"[{part}]")
    return "".join(pieces)


def _kinds(text: str) -> Counter[str]:
    return Counter(_KIND.findall(text))


def _no_order_numbers(every: pd.Series, masked: pd.Series) -> pd.Series:
    """Tell identifiers that are personal: numbers like identity cards only if all in the column are valid ones."""
    looks = masked.str.contains(f"[{_CARD_KIND}]", regex=False)
    valid = all(has_check_character(number) for cell in every for number in _CARD.findall(cell))
    return ~looks | valid


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
