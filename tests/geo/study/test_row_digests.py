"""Digests of tables: any change of a row shows, order does not matter, and tracked changes come to the same."""

from __future__ import annotations

import sqlite3

from geo.study.row_digests import TableDigest, Tracked, columns_of, digest_of


def stalls() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE stalls (fid INTEGER PRIMARY KEY, goods TEXT, area_m2 REAL, geom BLOB)")
    rows = [(1, "烤红薯", 2, b"\x01"), (2, None, 2.5, b"\x02"), (3, "报纸", None, None)]
    connection.executemany("INSERT INTO stalls VALUES (?, ?, ?, ?)", rows)
    return connection


def test_a_digest_is_the_same_in_every_version_of_python() -> None:
    # kept in studies: if this changes, every study looks damaged
    assert digest_of(stalls(), "stalls") == TableDigest("fid,goods,area_m2,geom", 3, "507315343f9258ddc190a4f254c1c882")


def test_each_value_counts_and_the_order_of_rows_does_not() -> None:
    sound = digest_of(stalls(), "stalls")
    for change in ("goods = '烤地瓜'", "area_m2 = 2.0000001", "geom = x'03'", "goods = NULL"):
        other = stalls()
        other.execute(f"UPDATE stalls SET {change} WHERE fid = 1")
        assert digest_of(other, "stalls").digest != sound.digest, change
    turned = sqlite3.connect(":memory:")
    turned.execute("CREATE TABLE stalls (fid INTEGER, goods TEXT, area_m2 REAL, geom BLOB)")
    rows = stalls().execute("SELECT * FROM stalls ORDER BY fid DESC").fetchall()
    turned.executemany("INSERT INTO stalls VALUES (?, ?, ?, ?)", rows)
    assert digest_of(turned, "stalls") == sound


def test_tracked_changes_come_to_the_digest_of_the_whole_table() -> None:
    connection = stalls()
    before = digest_of(connection, "stalls")
    tracked = Tracked(connection, ["stalls", "no such table"])
    connection.execute("UPDATE stalls SET area_m2 = 7, goods = '报\"纸' WHERE fid > 1")
    connection.execute("DELETE FROM stalls WHERE fid = 1")
    connection.execute("INSERT INTO stalls VALUES (9, '', 1, x'00')")
    assert tracked.changed == {"stalls"}
    assert tracked.after(connection, "stalls", before) == digest_of(connection, "stalls")
    # a table that is altered meanwhile is read as a whole
    connection.execute("ALTER TABLE stalls ADD COLUMN hours TEXT")
    assert tracked.after(connection, "stalls", before) == digest_of(connection, "stalls")


def test_damage_of_other_rows_is_not_taken_for_right_with_a_change() -> None:
    connection = stalls()
    kept = digest_of(connection, "stalls")
    connection.execute("UPDATE stalls SET area_m2 = 99 WHERE fid = 2")  # nobody's change
    tracked = Tracked(connection, ["stalls"])
    connection.execute("UPDATE stalls SET goods = '花' WHERE fid = 3")
    assert tracked.after(connection, "stalls", kept) != digest_of(connection, "stalls")


def test_a_table_that_is_not_there_has_no_columns() -> None:
    assert columns_of(stalls(), "zones") == []
