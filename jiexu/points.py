"""Import points, and list or remove imports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from geo.core.records import document_rows, to_text
from geo.core.text import Text, pick
from geo.files.column_matching import fields_of
from geo.files.date_order import DATE_ORDERS, DateOrder
from geo.files.text_encoding import ENCODINGS
from geo.points.imports import add_points, remove_import
from geo.points.reading import Options, PointKind
from geo.study.documents import ImportRecord
from geo.study.file import read_layer
from geo.study.reader import open_study
from jiexu.language import language
from jiexu.shared import AsJson, Study, bad_option, errors_as_messages, print_document, say

app = typer.Typer()


@app.command(epilog="Example: `jiexu add anyang.gpkg 投诉.csv --kind complaints --crs GCJ-02`")
@errors_as_messages
def add(
    study: Study,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="CSV, TSV, XLSX, XLS, GeoJSON, Shapefile (zipped or loose), GeoPackage, GeoParquet or KML.",
            show_default=False,
        ),
    ],
    kind: Annotated[PointKind, typer.Option(help="The kind of points in the file.")],
    crs: Annotated[
        str | None, typer.Option(help="WGS84, GCJ-02, BD-09 or an EPSG code; by default detected from the streets.")
    ] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="COL=FIELD", help="The column of a field.")
    ] = None,
    dates: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[COLUMN=]ORDER",
            help=f"The order of day, month and year where the cells do not tell it: {', '.join(DATE_ORDERS)}; "
            "of all columns, or of one.",
        ),
    ] = None,
    encoding: Annotated[str | None, typer.Option(help=f"One of {', '.join(ENCODINGS)}; by default detected.")] = None,
    by: Annotated[str, typer.Option(help="Who imports.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report the outcome, and store nothing.")] = False,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Go on with a new key where the key of the study's pseudonyms is lost.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import a file of points; the same file again adds nothing, a newer one updates by identifier."""
    options = Options(encoding, _mapping(columns or [], kind), crs, _orders(dates or []))
    outcome = add_points(study, file, kind, open_study(study).profile, options, by, dry_run, new_key=new_key)
    if as_json:
        print_document(outcome.as_dict())
        return
    reading, zh = outcome.reading, language() == "zh"
    typer.echo(f"{reading.raw.name}: {reading.raw.format}, {reading.raw.encoding}")
    for name, column in reading.masked_mapping.items():
        typer.echo(f"  {name} ← {column}")
    if reading.verdict is not None:
        typer.echo(reading.verdict.text.pick(language()))
    for question in reading.questions:
        choices = "|".join(question.choices)
        typer.echo(f"? {question.column}: {question.text.pick(language())} ({question.answer} {choices})")
    for row in reading.findings.itertuples():
        number = "-" if pd.isna(row.row) else row.row  # type: ignore[arg-type]
        typer.echo(f"  {number}  {row.column}  {pick(row.problem, language())} → {pick(row.action, language())}")
    done = Text(
        f"共 {reading.rows} 行：新增 {outcome.added}，更新 {outcome.updated}，未变 {outcome.unchanged}，"
        f"未导入 {reading.refused}，无位置 {outcome.unplaced}，存疑 {reading.doubted}",
        f"{reading.rows} rows: {outcome.added} new, {outcome.updated} updated, {outcome.unchanged} unchanged, "
        f"{reading.refused} left out, {outcome.unplaced} without a place, {reading.doubted} with warnings",
    )
    stored = ("试运行，未写入" if zh else "dry run, nothing stored") if dry_run else outcome.import_id or "-"
    typer.echo(f"{done.pick(language())}  [{stored}]")


def _mapping(columns: list[str], kind: str) -> dict[str, str]:
    mapping = {}
    for word in columns:
        column, found, name = word.rpartition("=")
        if not found or name not in fields_of(kind):
            raise bad_option(
                Text(
                    f"--map 须为 列名=字段；字段有 {'、'.join(fields_of(kind))}",
                    f"--map takes COLUMN=FIELD; the fields are {', '.join(fields_of(kind))}",
                )
            )
        mapping[name] = column
    return mapping


def _orders(words: list[str]) -> dict[str, DateOrder]:
    """Return the orders of dates by column, "" for all of them."""
    orders: dict[str, DateOrder] = {}
    for word in words:
        column, _, order = word.rpartition("=")
        found = next((known for known in DATE_ORDERS if known == order.strip().lower()), None)
        if found is None:
            raise bad_option(
                Text(
                    f"--dates 须为 {'、'.join(DATE_ORDERS)}，或 列名=顺序",
                    f"--dates takes {', '.join(DATE_ORDERS)}, or COLUMN=ORDER",
                )
            )
        orders[column] = found
    return orders


@app.command("imports", epilog="Example: `jiexu imports anyang.gpkg --remove I0002`")
@errors_as_messages
def list_imports(
    study: Study,
    remove: Annotated[str | None, typer.Option(metavar="ID", help="Remove this import as a whole.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the imports, or remove one as a whole."""
    if remove is not None:
        gone = remove_import(study, remove)
        say(Text(f"已移除 {remove}：{gone} 行", f"{remove} is removed: {gone} rows"))
    imports = pd.DataFrame(read_layer(study, "imports"))
    if as_json:
        print_document(document_rows(imports.assign(at=to_text(imports["at"])), ImportRecord))
        return
    for row in imports.itertuples():
        counts = Text(
            f"{row.rows} 行，新增 {row.added}，更新 {row.updated}，未导入 {row.refused}，存疑 {row.doubted}",
            f"rows {row.rows}, new {row.added}, updated {row.updated}, left out {row.refused}, "
            f"with warnings {row.doubted}",
        )
        typer.echo(
            f"{row.import_id}  {row.at:%Y-%m-%d %H:%M}  {row.by or '-'}  {row.kind}  {row.file}  {row.crs or '-'}  "
            f"{counts.pick(language())}"
        )
