"""One street has many spellings; a character can make two streets of one name."""

from __future__ import annotations

import pytest

from geo.core.name_matching import normal_name, similarity, stem, street_key, without_section


@pytest.mark.parametrize(
    "spelling",
    ["文峰大道东段", "文峰大道（西段）", "文峰大道(辅路)", "文峰大道辅路", "文峰大道一段", "文峯大道", "文峰 大道",
     "文峰大道（东段）辅路"],
)  # fmt: skip
def test_sections_side_lanes_and_scripts_are_one_street(spelling: str) -> None:
    assert street_key(spelling) == street_key("文峰大道")


@pytest.mark.parametrize(("first", "second"), [("中山东路", "中山西路"), ("雄石路", "雄石东路"), ("一马路", "二马路")])
def test_names_that_differ_in_a_telling_character_are_two_streets(first: str, second: str) -> None:
    assert street_key(first) != street_key(second)
    assert similarity(first, second) <= 0.5


def test_english_names_drop_their_section_too() -> None:
    assert street_key("Wenfeng Avenue, East Section") == street_key("WENFENG  Avenue")


def test_a_name_that_is_all_section_stays() -> None:
    assert street_key("东段") == "东段"
    assert street_key("Service Road") == "service road"


def test_the_word_for_street_is_not_the_name() -> None:
    assert stem("文峰大道") == stem("文峰路") == "文峰"
    assert stem("后街") == "后街"


def test_names_are_kept_as_they_are_written() -> None:
    assert without_section("學清路東段") == "學清路"
    assert normal_name("學清路Ａ") == "学清路a"


def test_names_that_sound_alike_are_alike() -> None:
    assert similarity("文峰路", "文锋路") >= 0.9
    assert similarity("Kalevankatuu", "Kalevankatu") > 0.9
    assert similarity("人民路", "解放大道") < 0.6
