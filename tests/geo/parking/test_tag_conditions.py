"""Conditions of parking: the tags that hold at all times and at some hours, in words."""

from __future__ import annotations

import numpy as np

from geo.parking.tag_conditions import condition_columns


def test_conditions_are_said_in_words_in_both_languages() -> None:
    texts = np.array(
        [
            '{"": "lane", "access": "private", "private": "residents", "zone": "A"}',
            None,
            '{"": "lane", "access": "no", "disabled": "designated"}',
            '{"": "yes", "fee": "2 €", "restriction:conditional": "no_stopping @ (22:00-06:00); none @ (Su)"}',
            '{"": "lane", "restriction": "odd_value", "authentication:disc": "yes"}',
        ],
        dtype=object,
    )
    found = condition_columns(texts)
    assert found["conditions"].tolist() == [
        "居民专用；停车区 A ｜ reserved for residents; zone A",
        None,
        "禁止停放；残疾人专用 ｜ closed to the public; reserved for disabled people",
        "收费 2 €；禁止停靠（22:00-06:00）；无限制（Su） ｜ fee 2 €; no stopping (22:00-06:00); no restriction (Su)",
        "须用停车盘；odd_value ｜ with a parking disc; odd_value",
    ]
    assert found["position"].tolist() == ["lane", None, "lane", None, "lane"]
    assert found["hours"].tolist() == [None, None, None, "22:00-06:00; Su", None]


def test_many_sides_with_the_same_tags_have_the_same_row_in_their_order() -> None:
    one, other = '{"": "lane", "maxstay": "30 minutes"}', '{"": "shoulder", "access": "customers"}'
    found = condition_columns(np.array([other, one, None, one, other], dtype=object))
    assert found["position"].tolist() == ["shoulder", "lane", None, "lane", "shoulder"]
    assert found["maxstay"].tolist() == [None, "30 minutes", None, "30 minutes", None]
    assert found["conditions"].tolist()[1] == "最长停放 30 分钟 ｜ at most 30 minutes"
    assert condition_columns(np.array([], dtype=object)).empty
