"""Bring files of points into a study: one import is one transaction, listed, and removable as a whole."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.core.crs import WGS84
from geo.core.masked_words import mask_word, mask_words
from geo.core.records import document_rows
from geo.core.text import Text
from geo.files.crs_detection import VerdictDocument, streets_index
from geo.files.questions import AskedError
from geo.points.category_words import words_kept, words_table
from geo.points.documents import ImportDocument, SheetDocument
from geo.points.gazetteer import Gazetteer
from geo.points.identities import with_former_identities
from geo.points.import_records import import_record, next_import
from geo.points.known_identities import lost_identities, renamed_identities
from geo.points.known_rows import known_in, rows_beside, segments_near
from geo.points.later_states import (
    forgotten_findings,
    forgotten_since,
    older_findings,
    retired_findings,
    with_known_fields,
    without_forgotten,
    without_older,
)
from geo.points.merging import Merged, kept_row, merge
from geo.points.near_streets import NearStreets
from geo.points.reading import KINDS, Options, PointKind, Reading, read_points
from geo.points.street_counts import counts_of_all, counts_of_some
from geo.points.stretches import Sections, located_shapes
from geo.points.study_place import AnyPlace, Place, StudyPlace
from geo.points.unmapped import unmapped, unmapped_findings
from geo.rules.loader import Profile
from geo.study.documents import StudyFinding
from geo.study.doubts import with_doubts
from geo.study.findings import Finding, findings_table
from geo.study.keys import keep_key, study_key
from geo.study.left_out import PLACE_FIELD
from geo.study.pseudonyms import Pseudonyms
from geo.study.reader import Study, on_study
from geo.study.results import MadeOf
from geo.study.row_changes import RowChanges
from geo.study.schema import COLUMNS, POINT_KINDS

LOCATED: Final = (*POINT_KINDS, "stall_places", "other")
"""Kinds of points that stand on a street."""

PLACE: Final = MadeOf(layers=("segments", "addresses", "facilities", "context"))
"""The inputs of what coordinates and addresses are tested against."""


class Outcome(NamedTuple):
    """
    The outcome of an import, or of a dry run.

    Attributes
    ----------
    reading
        The file as it was understood.
    points
        Its points on their streets.
    import_id
        Its number; None where nothing was stored.
    added, updated, unchanged
        How many rows were new, changed, and known already.
    older
        How many rows are of an earlier state than the study's, which stays, or from before the day up to which texts
        and identifiers were removed.
    """

    reading: Reading
    points: gpd.GeoDataFrame
    import_id: str | None
    added: int
    updated: int
    unchanged: int
    older: int = 0

    @property
    def unplaced(self) -> int:
        """How many rows are kept without a place."""
        return int(shapely.is_missing(self.points.geometry.to_numpy()).sum())

    def as_dict(self) -> ImportDocument:
        """Return the document of `jiexu add --json`."""
        reading = self.reading
        stated: VerdictDocument = {
            "system": None if reading.system is None else str(reading.system),
            "sure": True,
            "evidence": [],
        }
        precision = self.points["precision"].value_counts() if len(self.points) else pd.Series(dtype=int)
        return {
            "import_id": self.import_id,
            "file": reading.raw.name,
            "format": reading.raw.format,
            "encoding": reading.raw.encoding,
            "parts": [
                {"name": mask_word(part.name), "rows": part.rows, "read": part.read} for part in reading.raw.all_parts
            ],
            "kind": reading.of.as_dict(),
            "mapping": reading.masked_mapping,
            "unread": mask_words(reading.unread),
            "crs": reading.verdict.as_dict() if reading.verdict is not None else stated,
            "rows": reading.rows,
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "older": self.older,
            "refused": reading.refused,
            "unplaced": self.unplaced,
            "doubted": reading.doubted,
            "questions": [question.as_dict() for question in reading.questions],
            "unmapped": unmapped(reading.points["category"]) if reading.of.kind == "complaints" else [],
            "precision": {str(name): int(count) for name, count in precision.items()},
            "findings": document_rows(reading.findings, StudyFinding),
            "sheets": [
                cast("SheetDocument", {**asdict(sheet), "sheet": mask_word(sheet.sheet)})
                for sheet in reading.raw.sheets
            ],
        }


def reading_place(
    roads: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
    named: list[gpd.GeoDataFrame],
    crs: pyproj.CRS,
    timezone: str,
    profile: Profile,
) -> Place:
    """Return the place for reading coordinates, addresses and times, from a study's layers and clock."""
    ground, gazetteer = streets_index(roads.geometry.to_numpy(), crs), Gazetteer(roads, addresses, named, crs)
    return Place(ground, gazetteer, crs, timezone, Sections(roads, profile, crs))


def place_in(study: Study) -> Place:
    """Return the place for reading coordinates, addresses and times, from a study."""
    roads, addresses, facilities, context = (study.layer(name) for name in PLACE.layers)
    return reading_place(roads, addresses, [facilities, context], study.crs, study.place.timezone, study.profile)


@on_study
def add_points(
    study: Study,
    file: Path,
    kind: PointKind | None,
    profile: Profile,
    options: Options | None = None,
    by: str = "",
    dry_run: bool = False,
    place: AnyPlace | None = None,
    name: str | None = None,
    new_key: bool = False,
) -> Outcome:
    """
    Import a file of points into a study.

    Rows whose identifier the study knows are updated where they differ; the same file again adds nothing.

    Parameters
    ----------
    study
        The study, or its path.
    file
        As `geo.files.formats.read_file` takes it.
    kind
        Which layer the rows are for; None to recognise it from the file.
    profile
        The study's rules.
    options
        What the user says of encoding, columns, coordinate system and categories. Columns that are named are remembered
        for the next file with these headers, words for categories for every later file.
    by
        Who imports.
    dry_run
        Whether to store nothing.
    place
        As `place_in` returns, where it is at hand.
    name
        What to call the file.
    new_key
        Whether to go on with a new key where the key of the study's pseudonyms is lost.

    Returns
    -------
    outcome

    Raises
    ------
    InputError
        If the file cannot be read; `AskedError` if it leaves a question open: its coordinate system, the order of its
        days and months.
    StudyError
        If the study cannot be written, or holds pseudonyms and its key is missing. It is untouched then.
    """
    options = options or Options()
    key = study_key(study.path, study.seen, new_key)
    place = place or StudyPlace(study)
    with study.looking("imports", "category_words", "mappings"):
        imports, kept_words, remembered = study.some("imports"), study.some("category_words"), _remembered(study)
    options = replace(options, categories={**words_kept(kept_words), **options.categories})
    pseudonyms = Pseudonyms(key.secret, partial(known_in, study, KINDS if kind is None else (kind,)))
    reading = read_points(file, kind, profile, place, options, remembered, name, pseudonyms)
    of = reading.of.kind
    layer, whole = rows_beside(study, reading, of, key.replaces)
    points = with_former_identities(reading.points, reading.former, layer, COLUMNS[of][0])
    removed = forgotten_since(study, of)
    points, gone = without_forgotten(points, of, removed)
    points = _with_known_places(points, layer, COLUMNS[of][0])
    points = with_known_fields(points, layer, of, reading.mapping)
    points, late = without_older(points, layer, of)
    streets = place.streets if isinstance(place, StudyPlace) else NearStreets(study)
    if of != "facilities":
        points = on_streets(points, segments_near(streets, points, profile), place.crs, profile)
    merged = merge(layer, points, of)
    far = far_findings(points, of, profile["points.far_from_streets"], reading.raw.name)
    words = unmapped_findings(points["category"]) if of == "complaints" else []
    words += [*older_findings(late), *forgotten_findings(gone, removed), *retired_findings(merged.layer, of)]
    old = findings_table(of, words, reading.raw.name)
    lost = lost_identities(merged.layer, of, reading.raw.name)
    renamed = renamed_identities(layer, of, reading.raw.name) if key.replaces else far.iloc[:0]
    found = [table for table in (reading.findings, far, old, lost, renamed) if len(table)]
    reading = reading._replace(findings=pd.concat(found, ignore_index=True) if found else reading.findings)
    outcome = Outcome(reading, points, None, merged.added, merged.updated, merged.unchanged, len(late) + gone)
    if dry_run:
        return outcome
    if reading.questions:
        raise AskedError(reading.raw.name, reading.questions)
    if not key.replaces and merged.added + merged.updated == 0 and (imports["sha256"] == reading.sha256).any():
        return outcome

    number = next_import(imports)
    record = import_record(number, reading, of, by, merged.added, merged.updated)
    merged.layer.loc[merged.fresh, "import_id"] = number
    rows = _rows(of, merged, reading, record)
    if options.categories != words_kept(kept_words):
        rows["category_words"] = RowChanges(words_table(options.categories), _all_rows(study, "category_words"))
    if options.mapping:
        rows["mappings"] = _mapping(study, reading, of)
    if of in POINT_KINDS:
        rows["streets"] = (
            counts_of_all(study, of, merged.layer, streets.segments) if whole else counts_of_some(study, of, rows[of])
        )
    layers = {of: merged.layer} if whole else {}
    changes = {name: change for name, change in rows.items() if name not in layers}
    study.write(layers, keep_key(study.path, key if reading.hidden or key.replaces else None), changes)
    return outcome._replace(import_id=number)


def _remembered(study: Study) -> dict[str, dict[str, str]]:
    """Return the columns of fields in files read before, by the files' headers."""
    kept = study.some("mappings")
    return {make: json.loads(text) for make, text in zip(kept["signature"], kept["mapping"], strict=True)}


def _mapping(study: Study, reading: Reading, kind: str) -> RowChanges:
    """Return the change of the mappings for a file that was read."""
    said = {"signature": reading.make, "kind": kind, "mapping": json.dumps(reading.masked_mapping, ensure_ascii=False)}
    before = study.some("mappings", ("signature",), "signature = ?", (reading.make,))
    return RowChanges(pd.DataFrame([said]), before.index.tolist())


def _all_rows(study: Study, table: str) -> list[int]:
    return [int(row) for row in study.some(table, ()).index]


def _rows(kind: str, merged: Merged, reading: Reading, record: pd.DataFrame) -> dict[str, RowChanges]:
    """Return the rows that an import changes: points, the import, findings, and the rows that it replaces."""
    number = record["import_id"].iloc[0]
    rows = {
        kind: RowChanges(merged.layer.iloc[merged.fresh], merged.replaced.index.tolist()),
        "imports": RowChanges(record),
        "findings": RowChanges(reading.findings.assign(import_id=number)),
    }
    if merged.updated:
        old = [kept_row(row) for _, row in merged.replaced.iterrows()]
        rows["replaced"] = RowChanges(pd.DataFrame({"import_id": number, "kind": kind, "row": old}))
    return rows


def on_streets(
    points: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile
) -> gpd.GeoDataFrame:
    """Return rows on their streets, as `located_shapes`; a place further than `points.far_from_streets` is doubted."""
    found = located_shapes(points, roads, crs, profile)
    far = found["distance_m"] > float(profile["points.far_from_streets"]) if "distance_m" in found else False
    return with_doubts(found, PLACE_FIELD, np.broadcast_to(far, len(found)))


def _with_known_places(points: gpd.GeoDataFrame, layer: gpd.GeoDataFrame, identifier: str) -> gpd.GeoDataFrame:
    """Give rows without a place the one that the study knows of them from an earlier file."""
    rows = np.flatnonzero(shapely.is_missing(points.geometry.to_numpy()))
    at = pd.Index(layer[identifier]).get_indexer(pd.Index(points[identifier].iloc[rows]))
    rows, at = rows[at >= 0], at[at >= 0]
    if len(rows) == 0:
        return points
    shapes, precision = points.geometry.to_numpy().copy(), points["precision"].to_numpy(dtype=object).copy()
    shapes[rows], precision[rows] = layer.geometry.to_numpy()[at], layer["precision"].to_numpy(dtype=object)[at]
    return points.assign(precision=precision).set_geometry(gpd.GeoSeries(shapes, index=points.index, crs=WGS84))


def far_findings(points: gpd.GeoDataFrame, kind: str, far_m: float, file: str) -> pd.DataFrame:
    """Return a finding for each point that is far from every street."""
    if "distance_m" not in points:
        return findings_table(kind, [], file)
    far = points[points["distance_m"] > far_m]
    return findings_table(
        kind,
        [
            Finding(
                None,
                "distance_m",
                Text(
                    f"{identifier} 距最近街道 {distance:.0f} 米",
                    f"{identifier} is {distance:.0f} m from the nearest street",
                ),
                Text("已保留；请核对坐标和坐标系", "It is kept; check its coordinates and their system"),
            )
            for identifier, distance in zip(far.iloc[:, 0], far["distance_m"], strict=True)
        ],
        file,
    )
