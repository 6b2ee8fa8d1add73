"""Import points, and list or remove imports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from geo.core.errors import writing
from geo.core.masked_words import mask_word
from geo.core.records import document_rows, to_text
from geo.core.text import Text, pick
from geo.files.column_matching import FIELDS, fields_of
from geo.files.date_order import DATE_ORDERS, DateOrder
from geo.files.reading_apart import warm
from geo.files.text_encoding import ENCODINGS
from geo.points.categories import CATEGORIES
from geo.points.category_words import all_words, read_category_words, words_kept
from geo.points.documents import CategoriesDocument, CategoryWord
from geo.points.import_removal import remove_import
from geo.points.imports import add_points
from geo.points.reading import Options, PointKind
from geo.points.unmapped import unmapped
from geo.study.documents import ImportRecord
from geo.study.file import read_layer
from geo.study.reader import open_study
from jiexu.language import language
from jiexu.shared import (
    AsJson,
    NewKey,
    Study,
    bad_option,
    cell_of,
    errors_as_messages,
    note_export,
    print_document,
    say,
)

app = typer.Typer()


@app.command(epilog="Example: `jiexu add anyang.gpkg 投诉.csv --kind complaints --crs GCJ-02`")
@errors_as_messages
def add(
    study: Study,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="CSV, TSV, XLSX, XLS, ODS, JSON, GeoJSON, Shapefile, MapInfo table or file geodatabase (loose or "
            "zipped), GeoPackage, GeoParquet, FlatGeobuf, GML, GPX, KML, KMZ, TopoJSON or DXF.",
            show_default=False,
        ),
    ],
    kind: Annotated[
        PointKind | None, typer.Option(help="The kind of points in the file; by default recognised from its columns.")
    ] = None,
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
    sheets: Annotated[
        list[str] | None,
        typer.Option(
            "--sheet", "--layer", metavar="NAME", help="A sheet or layer, also a hidden one; by default all that fit."
        ),
    ] = None,
    categories: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Your words for categories of complaints (columns word, category); kept in the study for later files.",
        ),
    ] = None,
    by: Annotated[str, typer.Option(help="Who imports.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report the outcome, and store nothing.")] = False,
    new_key: NewKey = False,
    as_json: AsJson = False,
) -> None:
    """Import a file of points; the same file again adds nothing, a newer one updates by identifier."""
    words = {} if categories is None else read_category_words(categories)
    options = Options(encoding, _mapping(columns or [], kind), crs, _orders(dates or []), words, tuple(sheets or ()))
    warm(fork=True)
    outcome = add_points(study, file, kind, open_study(study).profile, options, by, dry_run, new_key=new_key)
    if as_json:
        print_document(outcome.as_dict())
        return
    reading, zh = outcome.reading, language() == "zh"
    typer.echo(f"{reading.raw.name}: {reading.raw.format}, {reading.raw.encoding}")
    if not reading.of.given:
        typer.echo(reading.of.verdict.text.pick(language()))
    if reading.of.make is not None:
        typer.echo(Text("已知格式：", "Known make: ").pick(language()) + reading.of.make.title.pick(language()))
    for name, column in reading.masked_mapping.items():
        typer.echo(f"  {name} ← {column}")
    if reading.unread:
        lead = Text("未读取的列：", "Columns not read: ").pick(language())
        typer.echo(lead + ", ".join(mask_word(column) for column in reading.unread))
    if reading.verdict is not None:
        typer.echo(reading.verdict.text.pick(language()))
    for question in reading.questions:
        choices = "|".join(question.choices)
        typer.echo(f"? {question.column}: {question.text.pick(language())} ({question.answer} {choices})")
    for row in reading.findings.itertuples():
        number = cell_of(row.sheet, row.row, none="-")
        typer.echo(f"  {number}  {row.column}  {pick(row.problem, language())} → {pick(row.action, language())}")
    done = Text(
        f"共 {reading.rows} 行：新增 {outcome.added}，更新 {outcome.updated}，未变 {outcome.unchanged}，"
        f"状态较早 {outcome.older}，"
        f"未导入 {reading.refused}，无位置 {outcome.unplaced}，存疑 {reading.doubted}",
        f"{reading.rows} rows: {outcome.added} new, {outcome.updated} updated, {outcome.unchanged} unchanged, "
        f"{outcome.older} of an earlier state, "
        f"{reading.refused} left out, {outcome.unplaced} without a place, {reading.doubted} with warnings",
    )
    stored = ("试运行，未写入" if zh else "dry run, nothing stored") if dry_run else outcome.import_id or "-"
    typer.echo(f"{done.pick(language())}  [{stored}]")


def _mapping(columns: list[str], kind: str | None) -> dict[str, str]:
    kinds = FIELDS if kind is None else (kind,)
    known = tuple(dict.fromkeys(field for each in kinds for field in fields_of(each)))
    mapping = {}
    for word in columns:
        column, found, name = word.rpartition("=")
        if not found or name not in known:
            raise bad_option(
                Text(
                    f"--map 须为 列名=字段；字段有 {'、'.join(known)}",
                    f"--map takes COLUMN=FIELD; the fields are {', '.join(known)}",
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


@app.command("categories", epilog="Example: `jiexu categories anyang.gpkg --to words.csv`")
@errors_as_messages
def list_categories(
    study: Study,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="Write the words of the study, and unknown ones to be filled in, as CSV."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the words that stand for categories of complaints, and the words of the study that stand for none."""
    words = all_words(words_kept(pd.DataFrame(read_layer(study, "category_words"))))
    unknown = unmapped(pd.DataFrame(read_layer(study, "complaints"))["category"])
    if to is not None:
        own = words.loc[words["own"], ["word", "category"]]
        open_ = pd.DataFrame([{"word": row["word"], "count": row["count"]} for row in unknown])
        with writing(to):
            pd.concat([own, open_], ignore_index=True).reindex(columns=["word", "category", "count"]).to_csv(
                to, index=False, encoding="utf-8-sig"
            )
        note_export(study, f"category_words → {to}")
    if as_json:
        document: CategoriesDocument = {"words": document_rows(words, CategoryWord), "unmapped": unknown}
        print_document(document)
        return
    for code, rows in words.groupby("category", sort=False):
        marked = ", ".join(f"{row.word} *" if row.own else str(row.word) for row in rows.itertuples())
        typer.echo(f"{code}  {CATEGORIES[str(code)].pick(language())}: {marked}")
    for row in unknown:
        typer.echo(f"?  {row['word']}  {row['count']}")
