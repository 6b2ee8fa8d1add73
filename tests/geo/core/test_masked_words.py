"""Words of files in messages, officers' names, and the quoted parts of sentences."""

from __future__ import annotations

import pandas as pd

from geo.core.masked_words import mask_numbers, mask_quoted, mask_quoted_text, mask_under, mask_word
from geo.core.text import Text

PHONE = "13951234567"


def test_a_word_of_a_file_is_masked_and_short() -> None:
    assert mask_word(f"名单{PHONE}.csv") == "名单[电话].csv"
    assert len(mask_word("列" * 500)) < 100


def test_a_header_that_leads_names_masks_names_alone() -> None:
    cells = pd.Series(["李建国", None, "文峰大道"], index=[4, 5, 6], dtype=object)
    led = mask_under(cells, "联系人")
    assert led[4] == "[姓名]"
    assert pd.isna(led[5])
    assert mask_under(cells, "路名")[4] == "李建国"


def test_only_quoted_parts_of_a_sentence_are_masked() -> None:
    texts = pd.Series([f"没有名为“{PHONE}”的列", "第 13 行", None], dtype=object)
    assert mask_quoted(texts).tolist()[:2] == ["没有名为“[电话]”的列", "第 13 行"]
    assert mask_quoted_text(Text(f"“{PHONE}”", f"“{PHONE}” is")) == Text("“[电话]”", "“[电话]” is")


def test_an_officer_keeps_the_name_and_not_the_number() -> None:
    assert mask_numbers(f"王建国 {PHONE}") == "王建国 [电话]"
