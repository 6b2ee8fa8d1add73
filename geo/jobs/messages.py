"""Messages between processes: pickles with their arrays beside them, without copies of each cell."""

from __future__ import annotations

import io
import pickle
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any, Final

COUNT: Final = struct.Struct("<I")
"""The length of a chunk; 0 ends a message."""
STATUS: Final = struct.Struct("<i")
"""How the process of a job ended, after the last chunk: 0, an exit status, or a signal as a negative number."""
_SIZE: Final = struct.Struct("<Q")
_RING: Final = 2
"""The number of the type LinearRing in shapely."""

Buffer = bytes | bytearray | memoryview
ReadInto = Callable[[memoryview], None]
"""Fills a buffer with the next bytes of a message."""


class _Pickler(pickle.Pickler):
    """Sends arrays of texts and of shapes as buffers, and exceptions with all their fields."""

    def reducer_override(self, item: Any) -> Any:
        if isinstance(item, BaseException):
            return _raised, _fields_of(item)
        if type(item).__module__ == "numpy" and type(item).__name__ == "ndarray" and item.dtype == object:
            return _packed(item)
        return NotImplemented


def dumps(item: object) -> list[Buffer]:
    """Return the buffers of a message: the sizes first, then a pickle, then its arrays."""
    beside: list[memoryview] = []
    stream = io.BytesIO()
    _Pickler(stream, 5, buffer_callback=lambda buffer: beside.append(buffer.raw())).dump(item)
    parts = [stream.getbuffer(), *beside]
    return [COUNT.pack(len(parts)) + b"".join(_SIZE.pack(part.nbytes) for part in parts), *parts]


def loads(read_into: ReadInto) -> Any:
    """Return the item of a message."""
    (count,) = COUNT.unpack(_read(read_into, COUNT.size))
    head = _read(read_into, _SIZE.size * count)
    body, *beside = [_read(read_into, size) for (size,) in _SIZE.iter_unpack(head)]
    return pickle.loads(body, buffers=beside)  # noqa: S301 (of our own process)


def portable(error: BaseException) -> BaseException:
    """Return an exception that another process understands: itself if it is Python's or ours, else Python's kind."""
    if type(error).__module__.partition(".")[0] in ("builtins", "geo"):
        return error
    kind = next(base for base in type(error).__mro__ if base.__module__ == "builtins")
    words = f"{type(error).__name__}: {error}"
    # the constructors of Python's own, but for UnicodeError and its like, take words
    found = kind(words) if kind in (ValueError, OSError, RuntimeError, TypeError) else RuntimeError(words)
    found.__traceback__, found.__cause__ = error.__traceback__, error.__cause__ or error.__context__
    return found


def _read(read_into: ReadInto, size: int) -> bytearray:
    found = bytearray(size)
    read_into(memoryview(found))
    return found


def _fields_of(error: BaseException) -> tuple[Any, ...]:
    notes = list(getattr(error, "__notes__", ()))
    if error.__traceback__ is not None and not hasattr(error, "problem"):
        # where it happened, for the log: frames do not travel
        notes.append("".join(traceback.format_tb(error.__traceback__)).rstrip())
    fields = {name: value for name, value in vars(error).items() if name != "__notes__"}
    behind = error.__cause__ or error.__context__
    return type(error), error.args, fields, notes, None if behind is None else portable(behind)


def _raised(
    kind: type[BaseException], args: tuple[Any, ...], fields: dict[str, Any], notes: list[str], cause: Any
) -> BaseException:
    """Return an exception with its fields, without calling its constructor: that may want other arguments."""
    try:
        error = kind(*args) if kind.__module__ == "builtins" else kind.__new__(kind, *args)
    except TypeError:
        error = kind.__new__(kind, *args)
    error.args = args
    vars(error).update(fields)
    for note in notes:
        error.add_note(note)
    error.__cause__ = cause
    return error


def _packed(array: Any) -> Any:
    """Return how an array of objects is made again: of Arrow's buffers where it holds texts, bytes or shapes."""
    arrow = sys.modules.get("pyarrow")
    if arrow is None or not array.size:
        return NotImplemented
    flat = array.ravel()
    shapely = sys.modules.get("shapely")
    shapes = False
    if shapely is not None and shapely.is_geometry(flat).any():
        if not (shapely.is_geometry(flat) | shapely.is_missing(flat)).all():
            return NotImplemented
        if (shapely.get_type_id(flat) == _RING).any():  # WKB does not know rings by themselves
            return NotImplemented
        flat, shapes = shapely.to_wkb(flat, include_srid=True), True
    try:
        cells = arrow.array(flat, from_pandas=False)
    except (arrow.ArrowException, ValueError, TypeError, OverflowError):
        return NotImplemented
    types = arrow.types
    if not any(test(cells.type) for test in (types.is_string, types.is_binary, types.is_large_string)):
        return NotImplemented
    return _unpacked, (cells, array.shape, shapes)


def _unpacked(cells: Any, shape: tuple[int, ...], shapes: bool) -> Any:
    flat = cells.to_numpy(zero_copy_only=False)
    if shapes:
        import shapely  # noqa: PLC0415 (only where there are shapes)

        flat = shapely.from_wkb(flat)
    return flat.reshape(shape)
