"""Workbooks in the formats that offices keep, written part by part."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from openpyxl import Workbook

Rows = Sequence[Sequence[str | float]]
"""The cells of a sheet, headers first."""
_STRICT: Final = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
    "http://schemas.openxmlformats.org/drawingml/2006/main": "http://purl.oclc.org/ooxml/drawingml/main",
}
_ODS: Final = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"><office:automatic-styles>'
    '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
    "</office:automatic-styles><office:body><office:spreadsheet>{}</office:spreadsheet></office:body>"
    "</office:document-content>"
)
_ODS_REST: Final = (
    '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/>'
    "</table:table-row>"
)
_RELATIONS: Final = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_RELATED: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def write_xlsx(file: Path, sheets: dict[str, Rows], hidden: Sequence[str] = ()) -> Path:
    """Write an XLSX workbook."""
    book = Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([*row])
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    del book["Sheet"]
    book.save(file)
    return file


def write_strict(file: Path, sheets: dict[str, Rows], hidden: Sequence[str] = ()) -> Path:
    """Write an XLSX workbook as "Strict Open XML": with the names of ISO/IEC 29500."""
    write_xlsx(file, sheets, hidden)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            text = content.decode()
            for loose, strict in _STRICT.items():
                text = text.replace(loose, strict)
            archive.writestr(name, text.replace("<workbook ", '<workbook conformance="strict" '))
    return file


def write_ods(file: Path, sheets: dict[str, Rows], hidden: Sequence[str] = (), merged: int = 1) -> Path:
    """Write an OpenDocument workbook; the first cell of the first row of content spans so many rows."""
    tables = ""
    for name, rows in sheets.items():
        tables += f'<table:table table:name="{escape(name)}" table:style-name="ta{2 if name in hidden else 1}">'
        for number, row in enumerate(rows):
            cells = [_ods_cell(value) for value in row]
            if number == 1 and merged > 1:
                cells[0] = cells[0].replace(
                    "<table:table-cell ", f'<table:table-cell table:number-rows-spanned="{merged}" ', 1
                )
            elif 1 < number < 1 + merged:
                cells[0] = "<table:covered-table-cell/>"
            tables += f"<table:table-row>{''.join(cells)}</table:table-row>"
        tables += f"{_ODS_REST}</table:table>"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS.format(tables))
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return file


def _ods_cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    number = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {number}><text:p>{value}</text:p></table:table-cell>"


def write_xlsb(
    file: Path, sheets: dict[str, Rows], hidden: Sequence[str] = (), merged: int = 1, hidden_row: int = 0
) -> Path:
    """Write a binary workbook ([MS-XLSB]); the first cell of content spans so many rows, and one row may be hidden."""
    bundle = b"".join(
        _record(156, struct.pack("<II", int(name in hidden), number) + _wide(f"rId{number}") + _wide(name))
        for number, name in enumerate(sheets, 1)
    )
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        )
        book = f'<Relationship Id="rId1" Type="{_RELATED}officeDocument" Target="xl/workbook.bin"/>'
        archive.writestr("_rels/.rels", _RELATIONS.format(book))
        archive.writestr("xl/workbook.bin", _record(131) + _record(143) + bundle + _record(144) + _record(132))
        parts = "".join(
            f'<Relationship Id="rId{number}" Type="{_RELATED}worksheet" Target="worksheets/sheet{number}.bin"/>'
            for number in range(1, len(sheets) + 1)
        )
        archive.writestr("xl/_rels/workbook.bin.rels", _RELATIONS.format(parts))
        for number, rows in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{number}.bin", _sheet(rows, merged, hidden_row))
    return file


def _sheet(rows: Rows, merged: int, hidden_row: int) -> bytes:
    width = max(len(row) for row in rows)
    content = _record(129) + _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, width - 1)) + _record(145)
    for number, row in enumerate(rows):
        content += _record(
            0,
            struct.pack("<IIHBBBI", number, 0, 300, 0, 0x10 * (number + 1 == hidden_row), 0, 1)
            + struct.pack("<II", 0, width - 1),
        )
        for column, value in enumerate(row):
            at = struct.pack("<II", column, 0)
            if 1 < number < 1 + merged and column == 0:
                continue
            content += (
                _record(6, at + _wide(value)) if isinstance(value, str) else _record(5, at + struct.pack("<d", value))
            )
    spans = _record(177, struct.pack("<I", 1)) + _record(176, struct.pack("<4I", 1, merged, 0, 0)) + _record(178)
    return content + _record(146) + (spans if merged > 1 else b"") + _record(130)


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(content)
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 127 else 0)])
        length >>= 7
        if not length:
            return head + size + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def compound_file(streams: dict[str, bytes]) -> bytes:
    """Return a compound file ([MS-CFB]) with these streams, each of one sector or more."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    sectors: list[bytes] = []
    table: list[int] = []
    entries = [_entry("Root Entry", 5, end, 0, 1 if streams else free)]
    for number, (name, content) in enumerate(streams.items(), 1):
        padded = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
        first, count = len(sectors), len(padded) // 512
        sectors += [padded[at : at + 512] for at in range(0, len(padded), 512)]
        table += [*range(first + 1, first + count), end]
        entries.append(_entry(name, 2, first, len(padded), free, right=number + 1 if number < len(streams) else free))
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * 512, b"\0")
    first_directory = len(sectors)
    sectors += [directory[at : at + 512] for at in range(0, len(directory), 512)]
    table += [*range(first_directory + 1, len(sectors)), end]
    place = len(sectors)
    table.append(0xFFFFFFFD)
    sectors.append(struct.pack("<128I", *table, *[free] * (128 - len(table))))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIIII", 0, 1, first_directory, 0, 4096, end, 0, end, 0, place)[:40]
    return head + struct.pack("<108I", *[free] * 108) + b"".join(sectors)


def _entry(name: str, kind: int, first: int, size: int, child: int, right: int = 0xFFFFFFFF) -> bytes:
    wide = (name + "\0").encode("utf-16-le")
    tree = struct.pack("<III", 0xFFFFFFFF, right, child)
    return (
        wide.ljust(64, b"\0")
        + struct.pack("<HBB", len(wide), kind, 1)
        + tree
        + bytes(36)
        + struct.pack("<III", first, size, 0)
    )
