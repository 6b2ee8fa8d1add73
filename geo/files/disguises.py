"""Refuse files that no reader can open, each by a sentence that names it and the remedy."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Final

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.compound_file import MAGIC, is_encrypted, workbook_stream

_UNPACK: Final = Text("请解压后提供其中的文件，或改用 ZIP", "Unpack it and give the file in it, or pack it as ZIP")
_SAVE: Final = Text("请另存为 XLSX 或 CSV", "Save it as XLSX or CSV")
_EXPORT: Final = Text("请导出为 XLSX 或 CSV", "Export the table as XLSX or CSV")
_OPEN: Final = Text(
    "请在 Excel 或 WPS 中去掉密码，另存后重新导入", "Open it in a spreadsheet, take the password off, and save it"
)
_NO_PASSWORD: Final = Text("请重新压缩，不设密码", "Pack it again without a password")
_PASSWORD: Final = Text("工作簿有密码", "The workbook is protected by a password")
_KINDS: Final[tuple[tuple[bytes, Text, Text], ...]] = (
    (b"Rar!\x1a\x07", Text("这是 RAR 压缩包", "It is a RAR archive"), _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", Text("这是 7z 压缩包", "It is a 7z archive"), _UNPACK),
    (b"\x1f\x8b", Text("这是 gzip 压缩包", "It is a gzip archive"), _UNPACK),
    (b"BZh", Text("这是 bzip2 压缩包", "It is a bzip2 archive"), _UNPACK),
    (b"\xfd7zXZ\x00", Text("这是 xz 压缩包", "It is an xz archive"), _UNPACK),
    (b"%PDF", Text("这是 PDF 文件", "It is a PDF"), _EXPORT),
    (b"{\\rtf", Text("这是 RTF 文档", "It is an RTF document"), _EXPORT),
    (b"\x89PNG", Text("这是图片", "It is a picture"), _EXPORT),
    (b"\xff\xd8\xff", Text("这是图片", "It is a picture"), _EXPORT),
    (b"GIF8", Text("这是图片", "It is a picture"), _EXPORT),
    (b"\x09\x00\x04\x00", Text("这是 Excel 2 的文件", "It is a file of Excel 2"), _SAVE),
    (b"\x09\x02\x06\x00", Text("这是 Excel 3 的文件", "It is a file of Excel 3"), _SAVE),
    (b"\x09\x04\x06\x00", Text("这是 Excel 4 的文件", "It is a file of Excel 4"), _SAVE),
)
"""First bytes, the sentence, and the remedy."""
_DOCUMENTS: Final = (
    ("word/document.xml", Text("这是 Word 文档", "It is a Word document")),
    ("ppt/presentation.xml", Text("这是 PowerPoint 文档", "It is a PowerPoint document")),
)
_ENCRYPTED: Final = 0x1


def refuse_disguise(path: Path) -> None:
    """
    Refuse a file that is known, and that no reader can open.

    Raises
    ------
    InputError
        If it is an archive other than ZIP, a document, a picture, or protected by a password.
    """
    with path.open("rb") as file:
        head = file.read(16)
    for magic, problem, remedy in _KINDS:
        if head.startswith(magic):
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
        locked = manifest in names and b"encryption-data" in archive.read(manifest) and "content.xml" in names
    if locked:
        raise InputError(path, _PASSWORD, _OPEN)
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise InputError(path, Text("压缩包有密码", "The archive is protected by a password"), _NO_PASSWORD)
    for name, problem in _DOCUMENTS:
        if name in names:
            raise InputError(path, problem, _EXPORT)
