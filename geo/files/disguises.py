"""Refuse files that no reader can open, each by a sentence that names it and the remedy."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path
from typing import Final

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.archives import ENCRYPTED
from geo.files.compound_file import MAGIC, is_encrypted, workbook_stream

_UNPACK: Final = Text("请解压后提供其中的文件，或改用 ZIP", "Unpack it and give the file in it, or pack it as ZIP")
_CONVERT: Final = Text("请另存为 GeoPackage、Shapefile、DXF 或 CSV", "Save it as GeoPackage, Shapefile, DXF or CSV")
_SAVE: Final = Text("请另存为 XLSX 或 CSV", "Save it as XLSX or CSV")
_EXPORT: Final = Text("请导出为 XLSX 或 CSV", "Export the table as XLSX or CSV")
_OPEN: Final = Text(
    "请在 Excel 或 WPS 中去掉密码，另存后重新导入", "Open it in a spreadsheet, take the password off, and save it"
)
_PASSWORD: Final = Text("工作簿有密码", "The workbook is protected by a password")
_KINDS: Final[tuple[tuple[re.Pattern[bytes], Text, Text], ...]] = (
    (re.compile(rb"Rar!\x1a\x07"), Text("这是 RAR 压缩包", "It is a RAR archive"), _UNPACK),
    (re.compile(rb"7z\xbc\xaf\x27\x1c"), Text("这是 7z 压缩包", "It is a 7z archive"), _UNPACK),
    (re.compile(rb"\x1f\x8b"), Text("这是 gzip 压缩包", "It is a gzip archive"), _UNPACK),
    (re.compile(rb"BZh"), Text("这是 bzip2 压缩包", "It is a bzip2 archive"), _UNPACK),
    (re.compile(rb"\xfd7zXZ\x00"), Text("这是 xz 压缩包", "It is an xz archive"), _UNPACK),
    (re.compile(rb"MSCF"), Text("这是 CAB 压缩包", "It is a CAB archive"), _UNPACK),
    (re.compile(rb"%PDF"), Text("这是 PDF 文件", "It is a PDF"), _EXPORT),
    (re.compile(rb"\{\\rtf"), Text("这是 RTF 文档", "It is an RTF document"), _EXPORT),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\x00|MM\x00\*"), Text("这是图片", "It is a picture"), _EXPORT),
    (re.compile(rb"\x09\x00\x04\x00"), Text("这是 Excel 2 的文件", "It is a file of Excel 2"), _SAVE),
    (re.compile(rb"\x09\x02\x06\x00"), Text("这是 Excel 3 的文件", "It is a file of Excel 3"), _SAVE),
    (re.compile(rb"\x09\x04\x06\x00"), Text("这是 Excel 4 的文件", "It is a file of Excel 4"), _SAVE),
    (re.compile(rb"AC1\d{3}\x00"), Text("这是 DWG 图纸", "It is a DWG drawing"), _CONVERT),
    (
        re.compile(rb"\x00\x01\x00\x00Standard (?:Jet|ACE) DB"),
        Text("这是 Access 数据库（个人地理数据库）", "It is an Access database (a personal geodatabase)"),
        _CONVERT,
    ),
    (
        re.compile(rb"PMTiles|.{4}\x0a\x09OSMHeader", re.DOTALL),
        Text("这是地图数据包", "It is a map extract or tiles"),
        _CONVERT,
    ),
)
"""First bytes, the sentence, and the remedy."""
_DOCUMENTS: Final = (
    ("word/document.xml", Text("这是 Word 文档", "It is a Word document")),
    ("ppt/presentation.xml", Text("这是 PowerPoint 文档", "It is a PowerPoint document")),
)


def refuse_disguise(path: Path) -> None:
    """
    Refuse a file that is known, and that no reader can open.

    Raises
    ------
    InputError
        If it is an archive other than ZIP, a document, a picture, or protected by a password.
    """
    with path.open("rb") as file:
        head = file.read(64)
    for start, problem, remedy in _KINDS:
        if start.match(head):
            raise InputError(path, problem, remedy)
    if head.startswith(MAGIC):
        _refuse_compound(path)
    elif head.startswith(b"PK\x03\x04"):
        _refuse_archive(path)


def _refuse_compound(path: Path) -> None:
    content = path.read_bytes()
    try:
        locked, workbook = is_encrypted(content), workbook_stream(content)
    except (ValueError, IndexError, struct.error):
        return  # the reader says what is damaged
    if locked:
        raise InputError(path, _PASSWORD, _OPEN)
    if workbook is None:
        raise InputError(
            path, Text("这不是工作簿，可能是 Word 文档", "It is no workbook, perhaps a Word document"), _EXPORT
        )


def _refuse_archive(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        names = {member.filename for member in members}
        manifest = "META-INF/manifest.xml"
        if any(member.flag_bits & ENCRYPTED for member in members):
            return  # `checked_members` says so
        locked = manifest in names and b"encryption-data" in archive.read(manifest) and "content.xml" in names
    if locked:
        raise InputError(path, _PASSWORD, _OPEN)
    for name, problem in _DOCUMENTS:
        if name in names:
            raise InputError(path, problem, _EXPORT)
