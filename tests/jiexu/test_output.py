"""The output in any encoding, cut off or full: never a traceback, and a document loses nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

JIEXU = [sys.executable, "-m", "jiexu"]

GBK = {"PYTHONIOENCODING": "gbk", "LANG": "zh_CN.GBK", "LC_ALL": "zh_CN.GBK"}
C = {"LANG": "C", "LC_ALL": "C"}
ASCII = {**C, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def run(*arguments: str | Path, env: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*JIEXU, *map(str, arguments)], env={**os.environ, **env}, capture_output=True, check=False)


@pytest.mark.parametrize("env", [GBK, C, ASCII], ids=["gbk", "c", "ascii"])
def test_figures_are_printed_in_any_encoding(env: dict[str, str], bare: Path) -> None:
    for arguments in (["info", bare], ["decisions", bare], ["--help"]):
        finished = run(*arguments, env=env)
        assert (finished.returncode, finished.stderr) == (0, b"")


def test_characters_that_an_encoding_lacks_are_replaced_in_text_and_escaped_in_a_document(bare: Path) -> None:
    shown = run("info", bare, env=GBK).stdout
    assert "? OpenStreetMap" in shown.decode("gbk")
    document = run("info", bare, "--json", env=GBK).stdout
    assert b"\\u00a9 OpenStreetMap" in document
    assert json.loads(document.decode("gbk"))["credit"] == "© OpenStreetMap contributors, ODbL 1.0"
    assert "©" in run("info", bare, "--json", env={"PYTHONIOENCODING": "utf-8"}).stdout.decode("utf-8")


def test_a_sentence_on_an_error_reads_in_code_page_936(bare: Path) -> None:
    refused = run("tier", bare, "--street", "没有的©路", "--tier", "secondary", "--reason", "试", env=GBK)
    assert refused.returncode == 2
    assert refused.stderr.decode("gbk").startswith("错误：没有名为“没有的")


@pytest.mark.parametrize("lines", [0, 1])
def test_a_reader_that_has_enough_ends_the_output(lines: int, bare: Path) -> None:
    writer = subprocess.Popen([*JIEXU, "info", str(bare), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stderr is not None
    for _ in range(lines):
        writer.stdout.readline()
    writer.stdout.close()
    assert writer.stderr.read() == b""
    writer.stderr.close()
    writer.wait()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("arguments", [["info", "{study}", "--json"], ["--help"]])
def test_a_full_disk_is_a_sentence(arguments: list[str], bare: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        finished = subprocess.run(
            [*JIEXU, *(part.format(study=bare) for part in arguments)], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert finished.returncode == 2
    assert finished.stderr.startswith(b"Error: the output cannot be written")
    assert b"Traceback" not in finished.stderr


def test_an_argument_that_is_no_text_and_a_name_that_is_too_long_are_sentences(bare: Path, tmp_path: Path) -> None:
    command = [
        *map(os.fsencode, [*JIEXU, "tier", str(bare), "--street"]),
        b"a\xc3\x28",
        b"--tier",
        b"secondary",
        b"--reason",
        b"x",
    ]
    finished = subprocess.run(command, capture_output=True, check=False)
    assert (finished.returncode, b"Traceback" in finished.stderr, b"failed" in finished.stderr) == (2, False, False)
    for arguments in (["info", f"{'x' * 300}.gpkg"], ["sample", str(tmp_path / ("街" * 100))]):
        finished = run(*arguments, env={"LC_ALL": "en_US.UTF-8"})
        assert finished.returncode == 2
        assert b"too long" in finished.stderr
