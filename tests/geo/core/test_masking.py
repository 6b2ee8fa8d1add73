"""Whatever names a person is masked, and whatever does not is left as it was."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.core.masking import mask


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
