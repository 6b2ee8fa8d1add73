"""The columns of a file that serve the fields of its kind."""

from __future__ import annotations

from collections.abc import Mapping

from geo.core.errors import InputError
from geo.core.masked_words import mask_word, mask_words
from geo.core.text import Text
from geo.files.column_matching import propose_mapping
from geo.files.raw_file import RawFile
from geo.points.makes import Make, columns_of_make


def columns_of_fields(
    raw: RawFile,
    kind: str,
    asked: Mapping[str, str],
    remembered: Mapping[str, str] | None,
    make: Make | None = None,
) -> dict[str, str]:
    """
    Return the column of each field: as the user says, as was saved for such files, as a make is known for, else by the
    headers' meaning.

    Parameters
    ----------
    raw
        The file.
    kind
        The kind of its rows.
    asked
        The user's columns, "" for a field that no column is to serve.
    remembered
        The columns saved for files with these headers.
    make
        The known make of the file.

    Raises
    ------
    InputError
        If the user names a column that the file has not.
    """
    headers = raw.table.columns.tolist()
    # where headers hold personal data, mappings are kept and printed with it masked
    by_masked = dict(zip(mask_words(headers[::-1]), headers[::-1], strict=True))
    asked = {name: column if column in headers else by_masked.get(column, column) for name, column in asked.items()}
    remembered = {name: by_masked.get(column, column) for name, column in (remembered or {}).items()}
    for name, column in asked.items():
        if column and column not in headers:
            raise InputError(
                raw.name,
                Text(f"没有名为“{mask_word(column)}”的列", f"There is no column “{mask_word(column)}”"),
                Text(
                    f"可选的列：{'、'.join(map(mask_word, headers[:30]))}",
                    f"Choose one of: {', '.join(map(mask_word, headers[:30]))}",
                ),
                column=name,
            )
    chosen = {name: column for name, column in asked.items() if column}
    proposed = propose_mapping(headers, kind, {**columns_of_make(make, headers), **(remembered or {}), **chosen})
    taken = set(chosen.values())
    return {
        name: column
        for name, column in proposed.items()
        if chosen.get(name) == column or (name not in asked and column not in taken)
    }
