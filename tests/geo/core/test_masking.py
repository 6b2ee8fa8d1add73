"""Whatever names a person is masked, and whatever does not is left as it was."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.core.folding import folded
from geo.core.masking import found, kinds, mask, mask_numbers, places
from geo.core.personal_numbers import numbers
from tests.conftest import ROOT
from tests.support.personal_data import NOT_IN_THE_GOAL, scores, sentences


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请回电13812345678，谢谢", "请回电[电话]，谢谢"),
        ("电话 +86 138-1234-5678", "电话 [电话]"),
        ("座机0372-5912345", "座机[电话]"),
        ("身份证410502199001011234", "身份证[证件号]"),
        ("豫E12345停在盲道上", "[车牌]停在盲道上"),
        ("联系人：王某", "联系人：[姓名]"),
        ("张先生反映夜市噪音", "[姓名]先生反映夜市噪音"),
    ],
)
def test_what_names_a_person_is_replaced_by_what_it_is(text: str, masked: str) -> None:
    assert mask(pd.Series([text])).tolist() == [masked]


@pytest.mark.parametrize("text", ["文峰大道88号", "2025-03-01 08:00:00", "114.350012", "摊位占道", ""])
def test_addresses_times_and_coordinates_are_left_alone(text: str) -> None:
    assert mask(pd.Series([text])).tolist() == [text]


def test_what_is_missing_stays_missing_and_rows_keep_their_index() -> None:
    found = mask(pd.Series([None, "电话13812345678", "电话13812345678"], index=[7, 3, 5]))
    assert found.index.tolist() == [7, 3, 5]
    assert found.tolist() == [None, "电话[电话]", "电话[电话]"]


CASES = ROOT / "tests" / "cases"


@pytest.mark.parametrize("file", ["personal_data.yaml", "personal_data_held_out.yaml"])
def test_labelled_sentences_lose_their_personal_data_and_nothing_else(
    file: str,
) -> None:
    table = scores(sentences(CASES / file))
    assert table.loc["all", "recall"] >= 0.95, table
    assert table.loc["all", "precision"] >= 0.98, table
    classes = table.drop(index=["harmless", NOT_IN_THE_GOAL, "all"])
    assert (classes["recall"] >= 0.9).all(), table


def test_the_cheap_tests_let_through_all_that_a_search_finds() -> None:
    texts = [case.text for case in sentences(CASES / "personal_data.yaml")]
    many = pd.Series([f"{text}{' ' * (number + 1)}" for number in range(3) for text in texts])
    assert len(many) > 2_000
    plain = [folded(text) for text in many]
    seen = places(many)
    searched = [bool(numbers(text)) for text in plain]
    assert [text for text, spans, hit in zip(plain, seen, searched, strict=True) if hit and not spans] == []


def test_an_identity_number_of_fifteen_digits_is_told_without_a_word() -> None:
    assert mask(pd.Series(["旧证410502400121427，一代"])).tolist() == ["旧证[证件号]，一代"]


def test_a_number_is_told_in_any_writing() -> None:
    written = [
        "138\u00a00013\u00a08000",
        "１３８００１３８０００",
        "一三八零零一三八零零零",
        "\u200b13800138000",
        "(+86)138.0013.8000",
    ]
    assert all("[电话]" in text for text in mask(pd.Series([f"电话{number}转告" for number in written])))


def test_harmless_text_keeps_its_own_characters() -> None:
    text = "ＡＢＣ㎡①層，陳列館　１２３"
    assert mask(pd.Series([text])).tolist() == [text]


def test_the_name_of_an_officer_stays_where_only_numbers_go() -> None:
    assert mask_numbers(pd.Series(["张伟 13812345678", "市民李娜住3号楼2单元501室"])).tolist() == [
        "张伟 [电话]",
        "市民李娜住[门牌]",
    ]


def test_kinds_are_counted_without_the_data() -> None:
    texts = pd.Series(["张先生，13812345678", None, "路灯不亮", "豫E12345"], index=[4, 5, 6, 9])
    assert found(texts).values.tolist() == [[4, "name"], [4, "phone"], [9, "plate"]]
    assert kinds(texts) == {"phone": 1, "plate": 1, "name": 1}


WORDS = st.sampled_from(
    [
        "13812345678",
        "张",
        "先生",
        "市民",
        "李建国",
        "反映",
        "[电话]",
        "[",
        "]",
        "电话",
        "0372",
        " ",
        "2222222",
        "豫E",
        "12345",
        "·",
        "老",
        "王",
        "某",
        "微信",
        "a_b123",
        "3号楼",
        "501",
        "家住",
        "@",
        "x.cn",
        "\x00",
        "\ud800",
        "零一三八",
        "、",
        "Mr ",
        "Smith",
        "QQ",
        "身份证",
        "x",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(st.characters(), max_size=60), st.lists(WORDS, max_size=14).map("".join)))
def test_any_text_is_masked_once_and_for_all(text: str) -> None:
    once = mask(pd.Series([text], dtype=object))
    assert mask(once).tolist() == once.tolist()


def test_many_texts_are_masked_as_each_alone() -> None:
    texts = pd.Series([case.text for case in sentences(CASES / "personal_data.yaml")])
    many = pd.concat([texts + f"，{number}" for number in range(4)], ignore_index=True)
    alone = pd.concat([mask(many.iloc[start : start + 500]) for start in range(0, len(many), 500)])
    assert mask(many).tolist() == alone.tolist()
