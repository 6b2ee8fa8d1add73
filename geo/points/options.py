"""Options of a user for reading a file, and the questions that a file leaves open without them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from geo.core.errors import InputError
from geo.core.masked_words import mask_word, masked
from geo.core.text import Text
from geo.files.column_matching import equally_fit
from geo.files.crs_detection import Verdict
from geo.files.date_order import DATE_ORDERS, DateOrder
from geo.files.moments import DAY_ZERO, DAY_ZERO_1904, Moments, read_moments
from geo.files.questions import Question
from geo.files.raw_file import RawFile

ALL_COLUMNS: Final = ""
"""The key of an order of dates that answers for every column."""


@dataclass(frozen=True)
class Options:
    """
    A user's options for reading a file; they override detection.

    Attributes
    ----------
    encoding
        Of its text, one of `geo.files.text_encoding.ENCODINGS`.
    mapping
        Field to column; they stand over what is proposed.
    crs
        The coordinate system, as `geo.files.coordinates.system_named` takes it.
    dates
        The order of day, month and year by field or column, or for `ALL_COLUMNS`, where the cells do not tell it.
    categories
        The categories (codes) of a city's own words; they stand over the table's.
    sheets
        The sheets or layers to read; by default all visible sheets with the wanted headers, all layers that fit.
    """

    encoding: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    dates: Mapping[str, DateOrder] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()


class DateColumns:
    """
    The columns of dates of a file, read with a user's answers; open questions are kept.

    Parameters
    ----------
    timezone
        Of times that state none.
    raw
        The file.
    mapping
        Field to column.
    said
        As `Options.dates`.

    Attributes
    ----------
    questions
        Of the columns that were read.

    Raises
    ------
    InputError
        If an answer is for no field and no column of the file.
    """

    def __init__(
        self,
        timezone: str,
        raw: RawFile | None = None,
        mapping: Mapping[str, str] | None = None,
        said: Mapping[str, DateOrder] | None = None,
    ) -> None:
        self.timezone, self._mapping, self._said = timezone, mapping or {}, said or {}
        by_masked = {mask_word(header): header for header in self._mapping.values()}
        self._said = {by_masked.get(name, name): order for name, order in self._said.items()}
        self._day_zero = DAY_ZERO_1904 if raw is not None and raw.days_from_1904 else DAY_ZERO
        self.questions: list[Question] = []
        known = {ALL_COLUMNS, *self._mapping, *self._mapping.values()}
        if unknown := [name for name in self._said if name not in known]:
            raise InputError(
                "" if raw is None else raw.name,
                Text(f"没有名为“{unknown[0]}”的日期列", f"There is no column of dates “{unknown[0]}”"),
                Text(
                    f"--dates 须为 {'、'.join(DATE_ORDERS)}，或 列名=顺序",
                    f"--dates takes {', '.join(DATE_ORDERS)}, or COLUMN=ORDER",
                ),
            )

    def read(self, column: pd.Series, name: str) -> Moments:
        """Read the column of a field."""
        header = self._mapping.get(name, name)
        said = self._said.get(header, self._said.get(name, self._said.get(ALL_COLUMNS)))
        read = read_moments(column, name, header, self.timezone, said, self._day_zero)
        if read.question is not None:
            self.questions.append(read.question)
        return read


def system_question(verdict: Verdict | None, mapping: Mapping[str, str]) -> list[Question]:
    """Return the question about a coordinate system that is too close to tell, or none."""
    if verdict is None or verdict.sure or verdict.system is None:
        return []
    columns = ", ".join(mapping[name] for name in ("lon", "lat", "coordinates") if name in mapping)
    systems = tuple(str(candidate.system) for candidate in verdict.candidates)
    shares = tuple(f"{candidate.on_streets:.0%}" for candidate in verdict.candidates)
    return [Question("crs", columns, verdict.text, (), systems, "--crs", shares)]


def without_ties(
    table: pd.DataFrame,
    kind: str,
    mapping: Mapping[str, str],
    options: Options,
    remembered: Mapping[str, str] | None,
) -> tuple[dict[str, str], tuple[Question, ...]]:
    """
    Return a mapping without the fields of times that several columns fit equally well, and the questions about them.

    Parameters
    ----------
    table
        The file's cells.
    kind
        The kind of points.
    mapping
        As it is proposed.
    options, remembered
        What a user says, or said for files of this make; such a field is not asked.
    """
    said = {*options.mapping, *(remembered or {})}
    ties = {
        name: columns
        for name, columns in equally_fit(table.columns.tolist(), kind, mapping).items()
        if name not in said and not _same_cells(table[columns])
    }
    questions = []
    for name, columns in ties.items():
        first = [next((str(cell) for cell in table[column].dropna()), "–") for column in columns]
        zh, en = "、".join(columns), ", ".join(columns)
        text = Text(f"有几列都像字段 {name}：{zh}", f"Several columns may be the field {name}: {en}")
        choices = tuple(f"{column}={name}" for column in columns)
        questions.append(Question(name, en, _masked(text), tuple(first), choices, "--map", tuple(first)))
    asked = {column for columns in ties.values() for column in columns}
    left = {name: column for name, column in mapping.items() if name in said or column not in asked}
    return left, tuple(questions)


def _same_cells(cells: pd.DataFrame) -> bool:
    """Tell whether all columns say the same in every row: then none is better than another."""
    first = cells.iloc[:, 0].fillna("")
    return all(first.equals(cells[column].fillna("")) for column in cells.columns[1:])


def _masked(text: Text) -> Text:
    """Mask personal data in headers."""
    return Text(masked(text.zh), masked(text.en))
