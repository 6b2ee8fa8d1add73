"""Choose the layers of a file: all of the wanted kind, or the one that a user names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal, NamedTuple

from geo.core.errors import InputError
from geo.core.masked_words import masked
from geo.core.text import Text
from geo.files.raw_file import Part, RawFile
from geo.study.findings import Finding

Wanted = Literal["points", "lines", "areas", "all"]
"""Kinds of geometry that rows are wanted of; layers of others are read where a file has none of them."""
_DIMENSIONS: Final[dict[Wanted, tuple[int | None, ...]]] = {
    "points": (0, None),
    "lines": (1, None),
    "areas": (2, None),
    "all": (0, 1, 2, None),
}
_NAME_IT: Final = Text("未读取；如需要请用 --layer 指明", "It was not read; name it with --layer to read it")
_ALONE: Final = Text("未读取；如需要请单独导出为一个文件", "It was not read; export it to a file of its own to read it")
_NO_GEOMETRY: Final = -1
_KINDS: Final = {
    _NO_GEOMETRY: Text("无几何", "no geometry"),
    0: Text("点", "points"),
    1: Text("线", "lines"),
    2: Text("面", "areas"),
    None: Text("混合", "mixed"),
}


class Asked(NamedTuple):
    """
    A request for a file's rows.

    Attributes
    ----------
    encoding
        Of its text; None where it is to be detected.
    wanted
        The kind of geometry.
    sheet
        The layer that a user names.
    sheets, kind
        The sheets of a workbook that a user names, and the kind of points that is wanted of it.
    """

    encoding: str | None = None
    wanted: Wanted = "points"
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    kind: str | None = None


class Layer(NamedTuple):
    """
    A layer of a file.

    Attributes
    ----------
    name
        Its name.
    rows
        How many rows it has.
    dimension
        0 for points, 1 for lines, 2 for areas, −1 for a table; None for a layer of several kinds.
    """

    name: str
    rows: int
    dimension: int | None


def dimension_of(geometry_type: str | None) -> int | None:
    """Return the dimension of a layer by its type of geometry, as `Layer` has it."""
    if geometry_type is None:
        return _NO_GEOMETRY
    word = geometry_type.lower()
    if "point" in word:
        return 0
    if "line" in word or ("curve" in word and "polygon" not in word):
        return 1
    return 2 if any(part in word for part in ("polygon", "surface", "tin", "triangle")) else None


def chosen(path: Path, layers: Sequence[Layer], asked: Asked, leave_out: Sequence[str] = ()) -> list[int]:
    """
    Return the positions of the layers that are read.

    Parameters
    ----------
    path
        The file.
    layers
        All its layers.
    asked
        The request.
    leave_out
        Names of layers that say in another way what others say; they are read only by name.

    Raises
    ------
    InputError
        If the file has no layer, or none of the name that a user gives.
    """
    if not layers:
        raise InputError(
            path, Text("其中没有图层", "It has no layer"), Text("请导出含点的图层", "Export a layer of points")
        )
    if asked.sheet is not None:
        return [_named(path, layers, asked.sheet)]
    usual = [number for number, layer in enumerate(layers) if layer.name not in leave_out] or list(range(len(layers)))
    filled = [number for number in usual if layers[number].rows] or usual
    shaped = [number for number in filled if layers[number].dimension != _NO_GEOMETRY]
    if not shaped:
        return filled
    fit = [number for number in shaped if layers[number].dimension in _DIMENSIONS[asked.wanted]]
    return fit or shaped


def _named(path: Path, layers: Sequence[Layer], name: str) -> int:
    names = [layer.name for layer in layers]
    wanted = name.strip()
    ways = (names, [known.casefold() for known in names], [masked(known) for known in names])
    for known, word in zip(ways, (wanted, wanted.casefold(), wanted), strict=True):
        stripped = [each.strip() for each in known]
        if word in stripped:
            return stripped.index(word)
    raise InputError(
        path,
        Text(f"没有名为“{name}”的工作表或图层", f"It has no sheet or layer “{name}”"),
        Text(
            f"可选：{'、'.join(f'{masked(layer.name)}（{layer.rows} 行）' for layer in layers)}",
            f"Choose one of: {', '.join(f'{masked(layer.name)} ({layer.rows} rows)' for layer in layers)}",
        ),
    )


def with_parts(raw: RawFile, layers: Sequence[Layer], read: Sequence[int], asked: Asked) -> RawFile:
    """
    Return a file that was read with its layers, each named with its rows where there are several.

    Parameters
    ----------
    raw
        The file.
    layers
        All its layers.
    read
        The positions of the layers that are read.
    asked
        The request: only rows for a map of points, or of any shape, take the name of a layer.
    """
    remedy = _NAME_IT if asked.wanted in ("points", "all") else _ALONE
    parts = tuple(Part(masked(layer.name), layer.rows, number in read) for number, layer in enumerate(layers))
    told = [(layer, number in read) for number, layer in enumerate(layers) if layer.rows or number in read]
    findings = [] if len(told) == 1 else [_said(*each, remedy) for each in told]
    return replace(raw, parts=parts, findings=[*raw.findings, *findings])


def _said(layer: Layer, read: bool, remedy: Text) -> Finding:
    kind, name = _KINDS[layer.dimension], masked(layer.name)
    return Finding(
        None,
        name,
        Text(f"图层“{name}”：{layer.rows} 行（{kind.zh}）", f"Layer “{name}”: {layer.rows} rows ({kind.en})"),
        Text("已读取", "It was read") if read else remedy,
    )
