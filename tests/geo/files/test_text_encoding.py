"""Text is read in the encoding that it is in, or in the one that is named."""

from __future__ import annotations

import pytest

from geo.files.text_encoding import ENCODINGS, decode

TEXT = "投诉编号,内容\n1,街道占道经营，请处理\n"
TRADITIONAL = "投訴編號,內容\n1,街道佔道經營,請處理,路口東側攤販\n"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_is_detected_and_taken_at_its_name(encoding: str) -> None:
    text = TRADITIONAL if encoding == "big5" else TEXT
    raw = text.encode(encoding)
    assert decode(raw) == (text, encoding)
    assert decode(raw, encoding) == (text, encoding)


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode(TEXT.encode("utf-8-sig")) == (TEXT, "utf-8")
    assert decode(TEXT.encode("utf-8-sig"), "utf-8")[0] == TEXT


def test_bytes_that_are_not_in_the_named_encoding_are_refused() -> None:
    with pytest.raises(ValueError, match="decode"):
        decode(b"\xff\xff\xff", "utf-8")
