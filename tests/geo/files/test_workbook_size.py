"""The extent of a workbook is known before anything is made of it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from geo.core.errors import InputError
from geo.files.formats import read_file
from geo.files.workbook_size import refuse_excess, sheet_sizes


def workbook(folder: Path, **cells: str | None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.create_sheet(index=0)
    for row in (["id", "lon", "lat"], ["1", 116.35, 40.0]):
        sheet.append(row)
    for place, value in cells.items():
        sheet[place].font = Font(bold=True)
        sheet[place] = value
    del book[book.sheetnames[1]]
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def ods(folder: Path, rows: str) -> Path:
    with zipfile.ZipFile(folder / "book.ods", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:body><table:table>{rows}</table:table></office:body>")
    return folder / "book.ods"


def cell(repeated: int = 1, filled: bool = True) -> str:
    kind = ' office:value-type="string"' if filled else ""
    return f'<table:table-cell table:number-columns-repeated="{repeated}"{kind}><text:p>a</text:p></table:table-cell>'


def row(cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


def test_filled_cells_make_the_extent(tmp_path: Path) -> None:
    assert [sheet.cells for sheet in sheet_sizes(workbook(tmp_path))] == [6]
    assert [sheet.cells for sheet in sheet_sizes(workbook(tmp_path, E10="x"))] == [50]


def test_one_filled_cell_far_away_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="17,179,869,184 cells, more than the limit"):
        read_file(workbook(tmp_path, XFD1048576="x"))


def test_one_blank_cell_far_away_is_no_reason(tmp_path: Path) -> None:
    raw = read_file(workbook(tmp_path, XFD1048576=None))
    assert raw.table.to_numpy().tolist() == [["1", "116.35", "40"]]


def test_the_limit_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = workbook(tmp_path, E10="x")
    refuse_excess(file)
    monkeypatch.setenv("JIEXU_READ_CELLS", "49")
    with pytest.raises(InputError, match=r"50 cells.*\(49\)"):
        refuse_excess(file)


def test_repeated_cells_of_an_opendocument_count(tmp_path: Path) -> None:
    blank = row(cell(16_384, filled=False), 1_048_570)
    assert [sheet.cells for sheet in sheet_sizes(ods(tmp_path, row(cell() + cell()) + blank))] == [2]
    bomb = ods(tmp_path, row(cell(16_384), 1_048_576))
    assert [sheet.cells for sheet in sheet_sizes(bomb)] == [16_384 * 1_048_576]
    with pytest.raises(InputError, match="more than the limit"):
        refuse_excess(bomb)


def test_other_files_have_no_sheets(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n", encoding="utf-8")
    assert list(sheet_sizes(tmp_path / "a.csv")) == []
