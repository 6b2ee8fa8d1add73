"""Labelled sentences with personal data, and the recall and precision of masking on them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from geo.core.masking import places

NOT_IN_THE_GOAL = "name_alone"
"""The class of names without a role, a title or a telephone beside them."""


@dataclass(frozen=True)
class Sentence:
    """A sentence, its class, and the places of the characters that must go."""

    kind: str
    text: str
    parts: tuple[tuple[int, int], ...]


def sentences(file: Path) -> list[Sentence]:
    """Read labelled sentences: a line each under its class, with braces around what must go."""
    result = []
    for kind, lines in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        for line in lines.splitlines():
            text, parts, opened = "", [], 0
            for piece in re.split(r"([{}])", line.strip()):
                if piece == "{":
                    opened = len(text)
                elif piece == "}":
                    parts.append((opened, len(text)))
                else:
                    text += piece
            result.append(Sentence(kind, text, tuple(parts)))
    return result


def scores(cases: list[Sentence]) -> pd.DataFrame:
    """
    Return recall and precision by class, and over all classes of the goal.

    A part is found if every character of it is masked; a mask is right if it covers part of one, and takes no letter
    or digit beside it.
    """
    found = places(pd.Series([case.text for case in cases]))
    rows = []
    for case, spans in zip(cases, found, strict=True):
        covered = {place for start, end in spans for place in range(start, end)}
        wanted = {place for start, end in case.parts for place in range(start, end)}
        hit = sum(covered >= set(range(*part)) for part in case.parts)
        right = 0
        for span in spans:
            own = set(range(*span))
            right += bool(own & wanted) and not any(case.text[place].isalnum() for place in own - wanted)
        rows.append((case.kind, len(case.parts), hit, len(spans), right))
    table = pd.DataFrame(rows, columns=["kind", "parts", "hit", "masks", "right"]).groupby("kind", sort=False).sum()
    table.loc["all"] = table.drop(index=NOT_IN_THE_GOAL, errors="ignore").sum()
    table["recall"] = table["hit"] / table["parts"].where(table["parts"] > 0)
    table["precision"] = table["right"] / table["masks"].where(table["masks"] > 0)
    return table
