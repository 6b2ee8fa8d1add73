"""Bring studies of earlier formats up to date in place, one format at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Final

from geo.study.schema import COLUMNS
from geo.study.sql import placeholders, statement
from geo.study.versions import facts_of, first_versions, put_facts

_STYLE_TABLE: Final = """
    CREATE TABLE layer_styles (
      id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, f_table_schema TEXT, f_table_name TEXT,
      f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
      owner TEXT, ui TEXT, update_time DATETIME
    )
"""

_RESULTS_OF_5: Final = {
    "stalls_computed": "result:stalls",
    "bays_computed": "result:bays",
    "hotspots_computed": "result:hotspots",
    "patrols_computed": "result:patrols",
    **{f"coverage_computed:{kind}": f"result:coverage:{kind}" for kind in ("market", "parking", "toilet")},
    **{f"sites_computed:{kind}": f"result:sites:{kind}" for kind in ("market", "parking", "toilet")},
}
"""Keys of kept results in format 5, and where they stand since."""


def _from_5(connection: sqlite3.Connection) -> str:
    """Add the versions that results are dated by; results of before are kept and known to be out of date."""
    facts = facts_of(connection)
    added = {key: value for key, value in first_versions(COLUMNS).items() if key not in facts}
    for old, new in _RESULTS_OF_5.items():
        if facts.get(old):
            summary = {key: value for key, value in json.loads(facts[old]).items() if key != "made_of"}
            added[new] = json.dumps({"summary": summary, "made_of": {}, "repeat": None})
    if facts.get("inference"):
        report = json.loads(facts["inference"])
        added["result:tiers"] = json.dumps({"summary": report, "made_of": {}, "repeat": None})
    put_facts(connection, added)
    connection.executemany("DELETE FROM about WHERE key = ?", [(key,) for key in (*_RESULTS_OF_5, "inference")])
    _restyle(connection)
    return "jiexu-study-6"


def _restyle(connection: sqlite3.Connection) -> None:
    """Replace the styles for GIS programs by today's, in a table as QGIS itself makes it."""
    from geo.study.qgis_styles import layer_styles  # noqa: PLC0415 (pandas, which opening a study does not need)

    styles = layer_styles()
    connection.execute("DROP TABLE IF EXISTS layer_styles")
    connection.execute(_STYLE_TABLE)
    change = "INSERT INTO layer_styles ({columns}) VALUES ({places})"
    styles["update_time"] = styles["update_time"].map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.000Z")
    values = styles.astype(object).where(styles.notna(), None).to_numpy().tolist()
    columns = tuple(styles.columns)
    connection.executemany(statement(change, columns=columns, places=placeholders(len(columns))), values)
    # GDAL keeps counts of rows, and the triggers that keep them right went with the old table
    connection.execute("UPDATE gpkg_ogr_contents SET feature_count = NULL WHERE table_name = 'layer_styles'")


STEPS: Final[Mapping[str, Callable[[sqlite3.Connection], str]]] = {"jiexu-study-5": _from_5}
"""By format, what brings a study to the next one, whose name it returns."""


def migrate(connection: sqlite3.Connection) -> None:
    """
    Bring a study to the present format.

    Parameters
    ----------
    connection
        Of a write transaction.
    """
    (known,) = connection.execute("SELECT value FROM about WHERE key = 'format'").fetchone()
    while known in STEPS:
        known = STEPS[known](connection)
        put_facts(connection, {"format": known})
