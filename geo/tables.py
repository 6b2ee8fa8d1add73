"""Read the tables that offices keep: CSV in UTF-8 or GBK, XLSX; find their columns by what they are called."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from charset_normalizer import from_bytes

from geo.errors import InputError
from geo.text import Text


def read_table(path: Path | str) -> pd.DataFrame:
    """
    Read a table of text.

    Parameters
    ----------
    path
        `.csv` (any delimiter; UTF-8 with or without BOM, GB18030, UTF-16) or `.xlsx` (its first sheet).

    Returns
    -------
    table
        All cells as text, empty cells as None; the index is the row's number in a spreadsheet (headers are row 1).

    Raises
    ------
    InputError
        If the file does not exist, is no such table, or is empty.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(
            path, Text("找不到文件", "No such file"), Text("请检查路径和文件名", "Check the path and the name")
        )
    try:
        table = _read_xlsx(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _read_csv(path)
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(
            path,
            Text(f"无法读成表格（{error}）", f"It cannot be read as a table ({error})"),
            Text(
                "请另存为 CSV（UTF-8 或 GBK）或 XLSX，首行为列名",
                "Save it as CSV (UTF-8 or GBK) or XLSX with the column names in the first row",
            ),
        ) from error
    table.columns = [str(column).strip() for column in table.columns]
    text = table.astype("string").apply(lambda column: column.str.strip()).astype(object)
    text = text.where(text.notna() & (text != ""), None)
    text.index = pd.RangeIndex(2, 2 + len(text))
    return text.dropna(how="all")


def _read_csv(path: Path) -> pd.DataFrame:
    raw = path.read_bytes()
    try:
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            best = from_bytes(raw).best()
            if best is None:
                raise ValueError("unknown encoding") from None
            text = str(best)
    if "\x00" in text:
        raise ValueError("binary data")
    header = text.partition("\n")[0]
    delimiter = max(",\t;|", key=header.count)
    return pd.read_csv(io.StringIO(text), sep=delimiter, dtype=str, keep_default_na=False, skip_blank_lines=False)


def _read_xlsx(path: Path) -> pd.DataFrame:
    return pd.read_excel(path, dtype=str, engine="openpyxl")


def find_columns(table: pd.DataFrame, aliases: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """
    Return the columns of `table` under the names of `aliases`; a field that no column serves is empty.

    Parameters
    ----------
    table
        As `read_table` returns.
    aliases
        For each field, what its column may be called, best first; case and spaces do not matter.
    """
    by_header = {_fold(column): column for column in reversed(table.columns.tolist())}
    found = {
        field: next((by_header[_fold(name)] for name in (field, *names) if _fold(name) in by_header), None)
        for field, names in aliases.items()
    }
    return pd.DataFrame(
        {field: table[column] if column is not None else None for field, column in found.items()},
        index=table.index,
        dtype=object,
    )


def _fold(header: str) -> str:
    return header.casefold().replace(" ", "").replace("_", "")
