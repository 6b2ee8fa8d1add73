"""Order numbers stay as they are; telephone and identity numbers become pseudonyms that stay identities."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from geo.points.naming import hidden_findings
from geo.study.pseudonyms import Pseudonyms, cut_numbers, valid_cards

KEY = bytes(range(32))
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
PSEUDONYM = re.compile(r"p-(?:[0-9][a-f]){12}")


def card(area: int, day: str, serial: int) -> str:
    """An identity number that nobody has, with its check character."""
    digits = f"{area}{day}{serial:03d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


def hide(
    cells: Sequence[str | None], header: str = "编号", known: dict[str, set[str]] | None = None
) -> list[str | None]:
    hidden = Pseudonyms(KEY, (known or {}).get).hide(pd.Series(list(cells), dtype=object), "operator_id", header)
    return list(hidden.column)


CARDS = [card(320105, f"19{60 + n}0{1 + n % 9}1{n % 10}", 100 + n) for n in range(12)]


def test_check_characters_are_those_of_the_standard() -> None:
    numbers = np.array(["11010519491231002X", "440524188001010014", "110105194912310021", "999999194912310024"])
    # the standard's own example; a birth of 1880; a wrong check character; an area that no province has
    assert valid_cards(numbers)[0].tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    "orders",
    [
        [f"320105202511{day:02d}{serial:04d}" for day in range(1, 20) for serial in range(1, 12)],
        ["320105202511010012"],
        ["320105202511010012", "320105202511010020"],
        [f"20251101{n:07d}" for n in range(1, 30)],
        [f"320105{n:014d}" for n in range(1, 30)],
        [f"GD-320105202511{n:02d}0012" for n in range(1, 30)],
        ["A-1", "2025/11/0012", "南-7", "350100000000012"],
    ],
    ids=["area, day, serial", "one row", "two rows", "15 digits", "20 digits", "with a prefix", "others"],
)
def test_order_numbers_stay_as_they_are(orders: list[str]) -> None:
    assert hide(orders) == orders


def test_an_order_number_of_one_row_with_a_valid_check_character_stays() -> None:
    order = next(card(320105, "20251101", serial) for serial in range(1, 50))
    assert hide([order]) == [order], "nobody born last year is an operator"


def test_identity_numbers_of_a_whole_column_become_pseudonyms() -> None:
    misspelt = CARDS[3][:-1] + ("0" if CARDS[3][-1] != "0" else "1")
    found = hide([*CARDS, misspelt, CARDS[0].lower(), None, "南7"])
    assert all(word and PSEUDONYM.fullmatch(word) for word in found[:13])
    assert len(set(found[:13])) == 13
    assert found[13:] == [found[0], None, "南7"]
    assert PSEUDONYM.fullmatch(str(hide(CARDS[:1])[0])), "also a single one"
    assert PSEUDONYM.fullmatch(str(hide(["320105900101123"], "身份证号")[0])), "the header says so"


def test_an_identity_number_hidden_before_stays_hidden_and_one_kept_stays() -> None:
    hidden = str(hide(CARDS[:1])[0])
    serials = [f"320105202511010{n:03d}" for n in range(30)]
    assert hide([*serials, CARDS[0]], known={"operator_id": {hidden}}) == [*serials, hidden]
    assert hide([CARDS[0]], known={"operator_id": {CARDS[0]}}) == [CARDS[0]]


def test_a_telephone_has_one_pseudonym_however_it_is_written() -> None:
    ways = [
        "13912345678",
        "139 1234 5678",
        "139-1234-5678",
        "+86 13912345678",
        "008613912345678",
        "１３９１２３４５６７８",
    ]
    assert len(set(hide([*ways]))) == 1
    assert len(set(hide([f"139{n:08d}" for n in range(2000)]))) == 2000
    assert hide(["025-83456789"]) != hide(["025-83456780"])
    assert hide(["83456789"], "联系电话") != ["83456789"]
    assert hide(["83456789"]) == ["83456789"]


def test_a_person_with_title_or_under_a_header_of_names_stays_one_person() -> None:
    found = hide(["张三先生", "李四先生", "张三先生", "东门夜市"])
    assert found[0] == found[2] != found[1]
    assert found[3] == "东门夜市"
    assert PSEUDONYM.fullmatch(str(hide(["张小明"], "摊主")[0]))


def test_pseudonyms_depend_on_the_key_and_are_hidden_once() -> None:
    once = hide(["13912345678"])
    assert Pseudonyms(bytes(32)).of("13912345678") != once[0]
    assert hide(once) == once


@pytest.mark.parametrize(
    ("cells", "cut"),
    [
        (["2.02503E+17", "1.10108e+17", "1.38001E+10"], [True] * 3),
        (["320105202511010000", "320105202511020000"], [True, True]),
        (["320105202511010000"], [True]),
        (["2025110100001230"], [False]),
        (["3.201052025110100e+17", "A7"], [True, False]),
        (["2025110100001230.0"], [True]),
        ([f"32010520251101{n:04d}" for n in (999, 1000, 1001, 1002)], [False] * 4),
        (["1E5", "2E10", "12.5"], [False] * 3),
    ],
)
def test_numbers_that_a_spreadsheet_cut_are_told(cells: list[str], cut: list[bool]) -> None:
    assert cut_numbers(cells).tolist() == cut


def test_a_cut_number_is_no_identifier_and_its_row_is_named() -> None:
    cells = pd.Series(["2.02503E+17", "A2"], index=[2, 3], dtype=object)
    found = Pseudonyms(KEY).hide(cells, "complaint_id", "工单编号")
    assert found.column.tolist() == [None, "A2"]
    (finding,) = hidden_findings("complaint_id", found)
    assert (finding.row, finding.column) == (2, "complaint_id")
    assert "format the column as text" in finding.action.en
