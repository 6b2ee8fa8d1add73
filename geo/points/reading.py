"""Read a bureau's file of points: columns by meaning, places by coordinates or address, text masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats
from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.core.masked_words import mask_word
from geo.core.text import Text
from geo.files.column_matching import mapped, signature
from geo.files.coordinates import System, stated_system, system_named
from geo.files.crs_detection import Verdict, detect, way_round
from geo.files.crs_hints import hint_of
from geo.files.formats import read_file
from geo.files.layer_choice import Wanted
from geo.files.questions import AskedError, Question
from geo.files.raw_file import RawFile, digest
from geo.points.categories import words_of
from geo.points.cells import clean_values, masked_text, told_less
from geo.points.cleaning import duplicates
from geo.points.columns import columns_of_fields, without_approvals
from geo.points.file_kind import RowsOf, rows_of
from geo.points.makes import columns_of_make, completed, unread_of
from geo.points.naming import named
from geo.points.options import ALL_COLUMNS, DateColumns, system_question, without_ties
from geo.points.options import Options as Options  # noqa: PLC0414 (others take it from here)
from geo.points.placing import UNPLACED_KINDS, clock_at, in_use, no_place, no_shape, pairs_of
from geo.points.stretches import located_or_shaped, shapes_of_rows
from geo.points.study_place import AnyPlace
from geo.points.study_place import Place as Place  # noqa: PLC0414 (others take it from here)
from geo.rules.loader import Profile
from geo.study.doubts import marked
from geo.study.findings import Finding, findings_table
from geo.study.pseudonyms import Pseudonyms
from geo.study.schema import conform

PointKind = Literal["complaints", "stalls", "parking", "facilities", "stall_places", "other"]
KINDS: Final[tuple[PointKind, ...]] = ("complaints", "stalls", "parking", "facilities", "stall_places", "other")
SHAPED: Final = ("stall_places",)
"""Kinds of rows that may be lines and areas."""
_PLANE: Final = 3857
"""The EPSG code in which duplicates are looked for where no study gives its metric CRS."""


class Reading(NamedTuple):
    """
    A file as it was understood.

    Attributes
    ----------
    points
        The rows with a place (of `UNPLACED_KINDS` all), with the columns of their layer; free text is masked.
    findings
        What was refused or doubted, by row and column.
    raw
        The file's format, encoding and headers, without its cells.
    rows
        How many records the file has, with those that could not be read.
    mapping
        Field to column, as it was used.
    verdict
        Of the coordinate system; None where the file has no coordinates, or the user or the file says which.
    system
        The system that was used.
    make
        What files with these headers have in common (`geo.files.column_matching.signature`).
    sha256
        Of the file.
    former
        Of each point without an identifier in the file: other ones that it may have in a study made earlier, a column
        a version; None for the others.
    questions
        What a person must answer before anything is stored.
    of
        The kind of its rows, and its make.
    doubted
        How many rows were kept with a finding.
    hidden
        How many identifiers became pseudonyms, with those of rows known by their content.
    """

    points: gpd.GeoDataFrame
    findings: pd.DataFrame
    raw: RawFile
    rows: int
    mapping: dict[str, str]
    verdict: Verdict | None
    system: System | None
    make: str
    sha256: str
    former: pd.DataFrame
    questions: tuple[Question, ...] = ()
    of: RowsOf = RowsOf("complaints")
    doubted: int = 0
    hidden: int = 0

    @property
    def unread(self) -> list[str]:
        """Columns that nothing reads."""
        return unread_of(self.raw.table.columns.tolist(), self.mapping, self.of.make)

    @property
    def refused(self) -> int:
        """How many rows were left out."""
        return self.rows - len(self.points)

    @property
    def masked_mapping(self) -> dict[str, str]:
        """The mapping as it is kept and printed: personal data in headers is masked."""
        return {name: mask_word(column) for name, column in self.mapping.items()}

    @property
    def asks(self) -> bool:
        """Whether a person must answer a question first."""
        return bool(self.questions)


@dataclass(frozen=True)
class Draft:
    """
    A file on its way to a `Reading`: each step fills in the fields that later ones need.

    Attributes
    ----------
    path, raw, file
        The file, as `geo.files.formats.read_file` reads it, and the name to call it by.
    rows
        The kind of its rows, and its make.
    place, options, remembered
        As `read_points` takes them.
    findings
        What the steps refused or doubted.
    make, mapping, found
        Of `find_columns`: the signature of the headers, field to column, and the fields of the kind as text.
    pairs, system, verdict
        Of `find_pairs` and `decide_system`: the coordinates in the order and system of the file, and the system.
    lonlat, precision
        Of `place_rows`: degrees, and how each place was found.
    shapes
        Of `place_rows`: lines and areas in degrees, None for rows that are points; nothing where the kind has only
        points.
    clean
        Of `clean_cells`, then `mask_text`, then `name_rows`: the columns of the layer.
    secret
        Of `mask_text`: the rows with cells that may be personal and are not kept as the file has them.
    former, hidden
        Of `name_rows`, as in `Reading`.
    questions
        What the steps leave open.
    """

    path: Path
    raw: RawFile
    file: str
    rows: RowsOf
    place: AnyPlace | None
    options: Options
    remembered: Mapping[str, Mapping[str, str]]
    findings: tuple[Finding, ...] = ()
    make: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    found: pd.DataFrame = field(default_factory=pd.DataFrame)
    pairs: Floats = field(default_factory=lambda: np.empty((0, 2)))
    system: System | None = None
    verdict: Verdict | None = None
    lonlat: Floats = field(default_factory=lambda: np.empty((0, 2)))
    precision: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    shapes: NDArray[np.object_] | None = None
    clean: pd.DataFrame = field(default_factory=pd.DataFrame)
    former: pd.DataFrame = field(default_factory=pd.DataFrame)
    secret: pd.Series = field(default_factory=lambda: pd.Series(dtype=bool))
    hidden: int = 0
    questions: tuple[Question, ...] = ()
    pseudonyms: Pseudonyms = field(default_factory=Pseudonyms)

    @property
    def kind(self) -> str:
        """The kind of the file's rows."""
        return self.rows.kind


def read_points(
    path: Path | str,
    kind: PointKind | None,
    profile: Profile,
    place: AnyPlace | None = None,
    options: Options | None = None,
    remembered: Mapping[str, Mapping[str, str]] | None = None,
    name: str | None = None,
    pseudonyms: Pseudonyms | None = None,
) -> Reading:
    """
    Read one file of points.

    Parameters
    ----------
    path
        As `geo.files.formats.read_file` takes it.
    kind
        Which layer the rows are for; None to recognise it.
    profile
        `points.duplicate.*`.
    place
        The study; without it, coordinates are WGS 84 unless the file or the user says otherwise, addresses are not
        looked up, and times without a zone are on the clock of where the points lie.
    options
        What the user says.
    remembered
        The mappings that were saved, by what files with the same headers have in common.
    name
        What to call the file; by default its own name.
    pseudonyms
        In place of personal identifiers; by default under a key of this moment.

    Returns
    -------
    reading
        `source` of a point is what the file's own column says ("synthetic" for made-up rows), else the file's name.

    Raises
    ------
    InputError
        If the file cannot be read, a mapping names no column of it, or no row has a place.
    """
    path, options = Path(path), options or Options()
    wanted: Wanted = "all" if kind in SHAPED else "points"
    raw = read_file(path, options.encoding, sheets=options.sheets, kind=kind, wanted=wanted)
    file = mask_word(name or raw.name)
    if raw.table.empty:
        raise InputError(
            file,
            Text("没有数据行", "There are no rows"),
            Text("首行列名之下请每行写一条记录", "Write a record a row below the headers"),
        )
    rows = rows_of(raw, file, kind)
    if rows.kind in SHAPED and kind is None:  # its lines and areas are wanted too
        raw = read_file(path, options.encoding, sheets=options.sheets, kind=rows.kind, wanted="all")
    found = (*raw.findings, *rows.findings)
    draft = Draft(path, raw, file, rows, place, options, remembered or {}, found, questions=rows.questions)
    draft = replace(draft, pseudonyms=pseudonyms or draft.pseudonyms)
    try:
        for step in STEPS:
            draft = step(draft)
    except InputError as error:
        if rows.questions:  # read as another kind it may well be sound
            raise AskedError(file, rows.questions) from error
        raise
    return _reading(draft, profile, digest(path))


def find_columns(draft: Draft) -> Draft:
    """Find the column of each field: as the user says, as was saved for such files, else by the headers' meaning."""
    raw, kind, make = draft.raw, draft.kind, draft.rows.make
    signed = signature(raw.table.columns, kind)
    known = draft.remembered.get(signed)
    proposed = columns_of_fields(raw, kind, draft.options.mapping, known, make)
    said = {**columns_of_make(make, raw.table.columns.tolist()), **(known or {})}
    mapping, asked = without_ties(raw.table, kind, proposed, draft.options, said)
    found = completed(mapped(raw.table, mapping, kind), raw.table, make)
    findings = draft.findings
    if kind == "other" and "closed_at" not in draft.options.mapping:
        found, begun = without_approvals(found, mapping)
        findings = (*findings, *begun)
    questions = (*draft.questions, *asked)
    return replace(draft, make=signed, mapping=mapping, found=found, findings=findings, questions=questions)


def find_pairs(draft: Draft) -> Draft:
    """Read the coordinates, as the file writes them."""
    return replace(draft, pairs=pairs_of(draft.raw, draft.found))


def decide_system(draft: Draft) -> Draft:
    """Decide the coordinate system: the user's, the file's own, else the one that puts points on streets."""
    if draft.options.crs:
        system, findings = in_use(draft.pairs, system_named(draft.options.crs))
        return replace(draft, system=system, findings=(*draft.findings, *findings))
    if not np.isfinite(draft.pairs).all(axis=1).any():
        return draft
    stated = stated_system(draft.raw.crs)
    if draft.place is None:
        return replace(draft, system=stated or System("WGS84"))
    if stated is not None and (round_ := way_round(draft.pairs, stated, draft.place.ground)) is not None:
        return replace(draft, system=round_[0], findings=(*draft.findings, *round_[1]))
    used = [draft.mapping[name] for name in ("lon", "lat", "coordinates") if name in draft.mapping]
    verdict = detect(draft.pairs, draft.place.ground, hint_of(draft.file, [*draft.raw.table.columns], used))
    if stated is not None and verdict.system is None:
        return replace(draft, system=stated)
    asked = system_question(verdict, draft.mapping)
    return replace(draft, system=verdict.system, verdict=verdict, questions=(*draft.questions, *asked))


def place_rows(draft: Draft) -> Draft:
    """Place rows by coordinates, else by address; refuse a file without a single placed row."""
    findings: list[Finding] = []
    gazetteer = None if draft.place is None else draft.place.gazetteer
    shapes = None
    if draft.kind in SHAPED:
        sections = None if draft.place is None else draft.place.sections
        shapes = shapes_of_rows(draft.raw.shapes, draft.found, draft.pairs, draft.system, sections, findings)
    unplaced = draft.kind in UNPLACED_KINDS
    lonlat, precision = located_or_shaped(draft.pairs, draft.system, draft.found, gazetteer, shapes, findings, unplaced)
    if len(draft.found) and not np.isfinite(lonlat).all(axis=1).any():
        raise no_shape(draft.path, draft.raw) or no_place(draft.path, draft.mapping, draft.verdict)
    return replace(draft, lonlat=lonlat, precision=precision, shapes=shapes, findings=(*draft.findings, *findings))


def clean_cells(draft: Draft) -> Draft:
    """Read numbers, times and flags."""
    findings: list[Finding] = []
    order = draft.rows.make.dates if draft.rows.make is not None else None
    said = {**({} if order is None else {ALL_COLUMNS: order}), **draft.options.dates}
    clock = draft.place.timezone if draft.place is not None else clock_at(draft.lonlat)
    dates = DateColumns(clock, draft.raw, draft.mapping, said)
    clean = clean_values(draft.found, draft.kind, findings, dates)
    questions = (*draft.questions, *dates.questions)
    return replace(draft, clean=clean, findings=(*draft.findings, *findings), questions=questions)


def mask_text(draft: Draft) -> Draft:
    """Mask the free text, and code its words."""
    clean = masked_text(draft.clean, draft.kind, draft.file, words_of(draft.options.categories), draft.mapping)
    secret = told_less(draft.found, draft.clean, draft.kind, clean, draft.mapping)
    return replace(draft, clean=clean, secret=secret)


def name_rows(draft: Draft) -> Draft:
    """Give each row an identifier: its own, else one of its content; duplicates are told apart."""
    findings: list[Finding] = []
    names = named(draft.found, draft.kind, draft.mapping, draft.pseudonyms, findings, draft.clean, draft.secret)
    clean = draft.clean.assign(**names.columns)
    return replace(draft, clean=clean, former=names.former, hidden=names.hidden, findings=(*draft.findings, *findings))


STEPS: Final[tuple[Callable[[Draft], Draft], ...]] = (
    find_columns,
    find_pairs,
    decide_system,
    place_rows,
    clean_cells,
    mask_text,
    name_rows,
)
"""The steps of reading, in order."""


def _reading(draft: Draft, profile: Profile, sha256: str) -> Reading:
    """Return the rows that have a place as points, and all else that is known of the file."""
    raw, kind, placed = draft.raw, draft.kind, np.isfinite(draft.lonlat).all(axis=1)
    kept = np.array([kind in UNPLACED_KINDS]) | np.asarray(placed)
    rows = marked(draft.clean.assign(precision=draft.precision), draft.findings)
    shapes = np.empty(len(draft.lonlat), dtype=object)
    shapes[placed] = shapely.points(draft.lonlat[placed])
    if draft.shapes is not None:
        large = ~shapely.is_missing(draft.shapes)
        shapes[large] = draft.shapes[large]
    points = gpd.GeoDataFrame(conform(rows[kept], kind), geometry=shapes[kept], crs=WGS84)
    if kind == "complaints" and len(points):
        crs = draft.place.crs if draft.place is not None else pyproj.CRS.from_epsg(_PLANE)
        within_m, within_hours = profile["points.duplicate.within"], profile["points.duplicate.hours"]
        points["duplicate_of"] = duplicates(points, crs, within_m, within_hours)
    light = replace(raw, name=draft.file, table=raw.table.head(0), points=None, shapes=None)
    warned = {finding.row for finding in draft.findings} & set(raw.table.index[kept | np.zeros(len(rows), dtype=bool)])
    return Reading(
        points,
        findings_table(kind, raw.located(draft.findings), draft.file),
        light,
        raw.records,
        dict(draft.mapping),
        draft.verdict,
        draft.system,
        draft.make,
        sha256,
        draft.former[kept].reset_index(drop=True),
        draft.questions,
        draft.rows,
        len(warned),
        draft.hidden,
    )
