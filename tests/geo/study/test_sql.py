"""Names in SQL are quoted, whatever they are."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.study.sql import assignments, identifier, placeholders, statement
from tests.conftest import ROOT

NAMES = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(NAMES, NAMES)
def test_a_table_may_have_any_name(table: str, column: str) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute(statement("CREATE TABLE {table} ({column} INTEGER)", table=table, column=column))
        connection.execute(statement("INSERT INTO {table} ({column}) VALUES (?)", table=table, column=[column]), (7,))
        connection.execute(statement("UPDATE {table} SET {to}", table=table, to=assignments([column])), (8,))
        assert connection.execute(statement("SELECT {column} FROM {table}", table=table, column=column)).fetchall() == [
            (8,)
        ]


def test_no_name_ends_the_statement() -> None:
    assert identifier('a" ; DROP TABLE roads; --') == '"a"" ; DROP TABLE roads; --"'
    assert statement("INSERT INTO {t} VALUES ({v})", t="a", v=placeholders(3)) == 'INSERT INTO "a" VALUES (?, ?, ?)'
    with pytest.raises(ValueError, match="no name"):
        identifier("a\x00b")


def test_no_statement_of_the_product_is_put_together_otherwise() -> None:
    product = [file for folder in ("geo", "layers", "dashboards", "jiexu") for file in (ROOT / folder).rglob("*.py")]
    assert len(product) > 100
    assert [str(file) for file in product if "S608" in Path(file).read_text(encoding="utf-8")] == []
