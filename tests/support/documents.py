"""A check of JSON documents against the TypedDicts that describe them."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, get_args, get_origin, get_type_hints


def mismatches(value: Any, annotation: Any, where: str = "$") -> list[str]:
    """
    Return where a value, as JSON reads it, is not of an annotated type: keys too many or too few, values of another.

    Parameters
    ----------
    value
        As `json.loads` returns.
    annotation
        A TypedDict, or what may stand in one.
    where
        The path to the value.
    """
    origin, arms = get_origin(annotation), get_args(annotation)
    if typing.is_typeddict(annotation):
        found = _in_document(value, annotation, where) if isinstance(value, dict) else [f"{where}: no object"]
    elif origin in (typing.Union, types.UnionType):
        each = [mismatches(value, arm, where) for arm in arms]
        found = [] if [] in each else max(each, key=lambda lines: (lines != [f"{where}: no null"], -len(lines)))
    elif origin is typing.Literal:
        found = [] if value in arms else [f"{where}: {value!r} is none of {', '.join(map(str, arms))}"]
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        pairs = value.items() if isinstance(value, dict) else ()
        found = [line for key, part in pairs for line in mismatches(part, arms[1], f"{where}.{key}")]
        found += [] if isinstance(value, dict) else [f"{where}: no object"]
    elif isinstance(origin, type) and issubclass(origin, Sequence):
        parts = value if isinstance(value, list) else ()
        found = [line for at, part in enumerate(parts) for line in mismatches(part, arms[0], f"{where}[{at}]")]
        found += [] if isinstance(value, list) else [f"{where}: no list"]
    else:
        found = _plain(value, annotation, where)
    return found


def _plain(value: Any, annotation: Any, where: str) -> list[str]:
    if annotation is types.NoneType:
        return [] if value is None else [f"{where}: no null"]
    allowed = {float: (float, int), object: (object,)}.get(annotation, (annotation,))
    fits = isinstance(value, allowed) and (annotation in (bool, object) or not isinstance(value, bool))
    return [] if fits else [f"{where}: {value!r} is no {annotation.__name__}"]


def _in_document(value: dict[str, Any], document: Any, where: str) -> list[str]:
    hints = get_type_hints(document, include_extras=True)
    optional = {key for key, hint in hints.items() if get_origin(hint) is NotRequired}
    optional |= set(hints) - set(document.__required_keys__)
    found = [f"{where}: no key {key}" for key in hints if key not in value and key not in optional]
    found += [f"{where}: key {key} is not described" for key in value if key not in hints]
    for key in [key for key in hints if key in value]:
        hint = hints[key]
        found += mismatches(
            value[key], get_args(hint)[0] if get_origin(hint) is NotRequired else hint, f"{where}.{key}"
        )
    return found
