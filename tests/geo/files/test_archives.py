"""An archive is unpacked only where its members stay within it and do not explode."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from geo.core.errors import InputError
from geo.files.archives import checked_members


def packed(folder: Path, name: str, content: bytes = b"1") -> Path:
    file = folder / "a.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file


def test_members_of_a_plain_archive_are_listed(tmp_path: Path) -> None:
    assert [member.filename for member in checked_members(packed(tmp_path, "夹/a.csv"))] == ["夹/a.csv"]


@pytest.mark.parametrize("name", ["../a.csv", "a/../../b.csv", "/etc/a", "C:/a.csv"])
def test_a_path_that_leads_out_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="leads out"):
        checked_members(packed(tmp_path, name))


def test_an_archive_that_explodes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too large"):
        checked_members(packed(tmp_path, "a.csv", b"0" * 20_000_000))
