"""A fault of encoding costs its own line alone."""

from __future__ import annotations

from geo.files.text_lines import decode_lines


def test_a_bad_byte_is_replaced_in_its_line() -> None:
    read = decode_lines("编号,内容\nA1,占道\n".encode() + b"A2,\xff\n" + "A3,停车".encode())
    assert read.text.split("\n")[0] == "编号,内容"
    assert read.text.split("\n")[2] == "A2,\ufffd"
    assert read.text.endswith("A3,停车")


def test_lines_in_another_encoding_are_read_in_it() -> None:
    read = decode_lines("编号,内容\nA1,占道\n".encode() + "A2,停车\n".encode("gb18030") + "A3,晾晒\n".encode() * 5)
    assert "A2,停车" in read.text


def test_a_mark_says_the_encoding() -> None:
    assert decode_lines("编号".encode("utf-16")).text == "编号"
