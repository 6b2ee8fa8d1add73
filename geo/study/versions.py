"""Versions of a study's layers, decisions and facts: results see from them that their inputs changed."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from geo.study.layers.codes import DECISION_KINDS
from geo.study.schema import COLUMNS

BUILD: Final = "build"
"""The version that only a build changes."""

_PREFIX: Final = "version:"
_TIER: Final = ("tier", "tier_source", "tier_reason", "tier_confidence")


class View(NamedTuple):
    """A layer without the given columns: it keeps its version when only these change."""

    layer: str
    without: tuple[str, ...]


VIEWS: Final[Mapping[str, View]] = {
    "segments": View("roads", _TIER),
    "street_lines": View("streets", (*_TIER, "official_tier", "complaints", "stalls", "parking")),
    "vendors": View("stalls", ("verdict", "reasons")),
    "places": View("stall_places", ("conflicts",)),
}
"""Views by name: road segments and streets without their tiers, stalls without verdicts, places without conflicts."""

KEPT_LISTS: Final = ("tier_list", "tier_base")
"""Tables that stand in a study as they were read or made: the official list, tiers before any decision."""


def version_key(name: str) -> str:
    """Return the key of `about` for the version of a layer, a view, the build, or `decisions:KIND`."""
    return f"{_PREFIX}{name}"


def is_version(key: str) -> bool:
    """Tell whether a key of `about` belongs to a version."""
    return key.startswith(_PREFIX)


def decision_scope(kind: str, part: str | None = None) -> str:
    """
    Return the scope of decisions of a kind, with its own version; decisions on sites have one per kind of facility.
    """
    return f"decisions:{kind}:{part}" if kind == "site" and part else f"decisions:{kind}"


def first_versions(layers: Iterable[str]) -> dict[str, str]:
    """Return the versions of a study that was just built, by their keys."""
    scopes = [decision_scope(kind) for kind in DECISION_KINDS]
    return {version_key(name): _new() for name in (BUILD, *layers, *KEPT_LISTS, *VIEWS, *scopes)}


def new_versions(layers: Iterable[str], only: Mapping[str, Collection[str]] | None = None) -> dict[str, str]:
    """
    Return new versions, by their keys, for layers that change and the views that show the change.

    Parameters
    ----------
    layers
        The layers that change.
    only
        Of a layer, the columns that change where others do not.
    """
    changed = dict.fromkeys(layers)
    for name, view in VIEWS.items():
        columns = (only or {}).get(view.layer)
        if view.layer in changed and (columns is None or set(columns) - set(view.without)):
            changed[name] = None
    return {version_key(name): _new() for name in changed}


def touch(connection: sqlite3.Connection, layer: str, columns: Collection[str] | None = None) -> None:
    """
    Give a layer, and the views that show its change, new versions, so that results and tiles know of the change.

    Parameters
    ----------
    connection
        Of a transaction.
    layer
        A layer, or what `decision_scope` returns.
    columns
        The columns that change; by default all.
    """
    put_facts(connection, new_versions([layer], None if columns is None else {layer: columns}))


def facts_of(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the facts of `about`, in a transaction."""
    return dict(connection.execute("SELECT key, value FROM about").fetchall())


def versions_in(connection: sqlite3.Connection, names: Iterable[str]) -> dict[str, str]:
    """Return the versions of layers and views by their names, in a transaction."""
    found = {}
    for name in names:
        row = connection.execute("SELECT value FROM about WHERE key = ?", (version_key(name),)).fetchone()
        found[name] = "" if row is None else row[0]
    return found


def put_facts(connection: sqlite3.Connection, facts: Mapping[str, str]) -> None:
    """Set keys of `about`, in a transaction."""
    connection.executemany("DELETE FROM about WHERE key = ?", [(key,) for key in facts])
    connection.executemany("INSERT INTO about (key, value) VALUES (?, ?)", list(facts.items()))


def source_of(name: str) -> str:
    """Return the layer that a view is of; of a layer or table, itself."""
    return VIEWS[name].layer if name in VIEWS else name


def shown_columns(view: str) -> list[str]:
    """Return the columns of a view."""
    layer, without = VIEWS[view]
    return [column for column in COLUMNS[layer] if column not in without]


def _new() -> str:
    return secrets.token_hex(6)
