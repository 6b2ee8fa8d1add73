"""A layer says what its coded values mean."""

from __future__ import annotations

import pytest

from geo.core.text import Text
from geo.study.layers.description import Column, Layer

NAMES = {"open": Text("未办结", "Open"), "closed": Text("已办结", "Closed")}
COLUMNS = {
    "status": Column(Text("状态", "Status"), Text("办理状态", "As it stands"), values=NAMES),
    "text": Column(Text("内容", "Text"), Text("诉求内容", "What was said")),
}


def test_coded_values_have_captions_and_other_columns_none() -> None:
    layer = Layer("cases", Text("案件", "Cases"), Text("一件", "A case"), None, COLUMNS)
    assert layer.values("status") == NAMES
    assert layer.values("text") == {}
    with pytest.raises(KeyError):
        layer.values("colour")
