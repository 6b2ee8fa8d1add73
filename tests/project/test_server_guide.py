"""The guide for administrators works: each command on its page is run, and what needs root fits what is installed."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dashboards.access.settings import FILE, Settings, with_file
from geo.background.submitting import submit
from scripts import bundle, commands_page
from tests.conftest import ROOT
from tests.support.certificates import signed

PAGE = ROOT / "docs" / "guide" / "server.md"
DEPLOY = ROOT / "scripts" / "deploy"
READMES = (ROOT / "README.md", ROOT / "README.zh.md")
VERBS = commands_page.verbs()
PASSWORD = "a long password"
PASSWORDS_ASKED = ("users add", "users password")
WITHIN_S = 180
STANDS_FOR = {
    "--follow 12": "--follow {done}",
    "--cancel 12": "--cancel {waiting}",
    "--expires 2027-06-30": "--expires 2999-12-31",
    "copies/anyang.20270301T020000000Z.gpkg": "{copy_of_study}",
    "copies/jiexu-accounts.20270301T020000000Z.db": "{copy_of_accounts}",
}
"""What the page writes for numbers, days and copies that are others on each computer."""


class Block(NamedTuple):
    """A block of code: its language, the heading above it, its text."""

    language: str
    heading: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    """Give the fenced blocks of a page in order, also of lists."""
    heading, language, lines = "", "", list[str]()
    for line in page.read_text(encoding="utf-8").splitlines():
        fence = re.match(r"\s*```(\w*)", line)
        if fence and not language:
            language, lines = fence[1] or "text", []
        elif fence:
            yield Block(language, heading, "\n".join(lines))
            language = ""
        elif language:
            lines.append(line.strip() if language in ("sh", "console") else line)
        elif line.startswith("#"):
            heading = line.strip("# ")


def commands(language: str) -> list[tuple[str, str]]:
    """Return the commands of the page in blocks of a language, each with the heading above it."""
    lines = [
        (block.heading, line)
        for block in blocks(PAGE)
        if block.language == language
        for line in block.text.splitlines()
    ]
    typed = ((heading, line.removeprefix("$ ").partition(" #")[0].strip()) for heading, line in lines)
    return [(heading, command) for heading, command in typed if command]


def of_jiexu() -> list[str]:
    """Return every command of Jiexu's on the page and in the READMEs' paragraph on the server."""
    found = [command for language in ("sh", "console") for _, command in commands(language)]
    for page in READMES:
        found += re.findall(r"`(jiexu (?:users|serve studies)[^`]*)`", page.read_text(encoding="utf-8"))
    found += re.findall(r"`(jiexu [a-z]+ [^`]*)`", PAGE.read_text(encoding="utf-8"))
    unit = (DEPLOY / "jiexu.service").read_text("utf-8") + (DEPLOY / "jiexu-backup.service").read_text("utf-8")
    found += re.findall(r"^ExecStart=/opt/jiexu/bin/(.+)$", unit + (DEPLOY / "jiexu-tls.conf").read_text("utf-8"), re.M)
    words = (re.sub(r"^sudo -u jiexu ", "", each).strip() for each in found)
    return sorted({each for each in words if re.match(r"jiexu [a-z]", each)})


@pytest.mark.parametrize("command", of_jiexu())
def test_every_command_is_understood(command: str) -> None:
    words = shlex.split(command)[1:]
    # parses all of it: options, choices, numbers
    VERBS[words[0]].make_context(words[0], words[1:])


def test_there_are_as_many_commands_as_the_page_has() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(commands("sh")) > 20
    assert len(commands("console")) == len(re.findall(r"^\s*\$ ", text, re.M)) > 12
    assert {block.language for block in blocks(PAGE)} == {"sh", "console", "toml", "ini"}


def test_the_settings_on_the_page_are_settings(tmp_path: Path) -> None:
    (shown,) = (block.text for block in blocks(PAGE) if block.language == "toml")
    (tmp_path / FILE).write_text(shown, encoding="utf-8")
    settings = with_file(Settings(tmp_path))
    assert settings.provider is not None
    assert settings.provider.roles == {"street-planners": "planner", "everyone": "viewer"}
    assert settings.base_path == "/jiexu"


# what needs root: compared with what the bundle installs


def test_units_and_files_that_root_is_told_of_are_in_the_bundle() -> None:
    told = [command for _, command in commands("console")]
    units = {word for line in told for word in line.split() if re.fullmatch(r"[\w-]+\.(service|timer)", word)}
    assert units == {"jiexu.service", "jiexu-backup.service", "jiexu-backup.timer"}
    assert [unit for unit in units if not (DEPLOY / unit).is_file()] == []
    drop_in = (DEPLOY / "jiexu-tls.conf").read_text("utf-8")
    for source, target in re.findall(r"^sudo install (?:-D )?-m \d+ (\S+) (\S+)$", "\n".join(told), re.M):
        if source.endswith(".conf"):
            assert (DEPLOY / source).is_file()
            assert f"install -D -m 644 {source} {target}" in drop_in
        else:
            assert f"LoadCredential={source}:{target}\n" in drop_in
    text = "\n".join(told)
    for path in ("/var/lib/jiexu/studies", "/var/backups/jiexu"):
        assert path in text
        assert any(path in (DEPLOY / unit).read_text("utf-8") for unit in units)


def test_the_archive_on_the_page_has_the_name_that_is_made(tmp_path: Path) -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)
    assert version is not None
    for page in (PAGE, PAGE.with_name("windows.md")):
        names = set(re.findall(r"jiexu-[\d.]+-cp\d+-\w+?(?=\.tar|\.zip|$|\s)", page.read_text("utf-8"), re.M))
        assert names
        for name in names:
            number, tag, platform = name.removeprefix("jiexu-").split("-")
            assert number == version[1]
            assert re.fullmatch(r"cp3\d\d", tag)
            assert platform in bundle.PLATFORMS


def test_the_drop_ins_on_the_page_are_of_the_units() -> None:
    shown = [block.text for block in blocks(PAGE) if block.language == "ini"]
    kept = re.search(r"^ExecStart=(\S+ backup \S+ )", (DEPLOY / "jiexu-backup.service").read_text("utf-8"), re.M)
    assert kept is not None
    assert all(f"ExecStart=\nExecStart={kept[1]}" in text for text in shown)
    plain = re.search(r"^ExecStart=(.+)$", (DEPLOY / "jiexu.service").read_text("utf-8"), re.M)
    assert plain is not None
    assert f"ExecStart=\nExecStart={plain[1]} --certificate" in (DEPLOY / "jiexu-tls.conf").read_text("utf-8")


# all of the others: run


class Administrator:
    """Somebody who types the page's commands in a folder, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = {
            **{name: value for name, value in os.environ.items() if not name.startswith("JIEXU_")},
            "XDG_CACHE_HOME": str(folder / "cache"),
            "PYTHONPATH": str(ROOT),
            "LC_ALL": "C.UTF-8",
        }
        shim = folder / "bin" / "jiexu"
        shim.parent.mkdir()
        shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m jiexu "$@"\n')
        shim.chmod(0o755)
        self.settings["PATH"] = f"{shim.parent}{os.pathsep}{self.settings['PATH']}"

    def types(self, command: str) -> None:
        """Run a command as it stands; a server until it answers, a question for a password with its answer."""
        if command.startswith("jiexu serve"):
            self._serves(command)
        elif any(words in command for words in PASSWORDS_ASKED):
            self._answers(command)
        else:
            done = subprocess.run(
                ["sh", "-c", command], cwd=self.folder, env=self.settings, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"

    def _serves(self, command: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        scheme = "https" if "--certificate" in command else "http"
        words = ["sh", "-c", f"exec {command} --port {port}" + ("" if "--no-browser" in command else " --no-browser")]
        anyones = ssl._create_unverified_context()  # noqa: S323 (our own server)
        log = self.folder / "served.log"
        with (
            log.open("wb") as said,
            subprocess.Popen(words, cwd=self.folder, env=self.settings, stdout=said, stderr=said) as server,
        ):
            deadline, answered = time.monotonic() + WITHIN_S, False
            while not answered and server.poll() is None and time.monotonic() < deadline:
                try:
                    address = f"{scheme}://127.0.0.1:{port}/_stcore/health"
                    with urllib.request.urlopen(address, timeout=2, context=anyones) as answer:  # noqa: S310
                        answered = answer.status == 200
                except OSError:
                    time.sleep(0.2)
            server.send_signal(signal.SIGTERM)
            server.wait(20)
        assert answered, f"{command}\n{log.read_text('utf-8', 'replace')}"

    def _answers(self, command: str) -> None:
        """Type the password twice at a terminal."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execvpe("sh", ["sh", "-c", command], self.settings)  # noqa: S606 (a shell)
        said, typed = b"", 0
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                said += os.read(terminal, 1024)
            except OSError:  # the terminal is closed
                break
            if said.count(b": ") > typed and typed < 2:
                os.write(terminal, f"{PASSWORD}\n".encode())
                typed += 1
        os.close(terminal)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert (status, typed) == (0, 2), f"{command}\n{said.decode('utf-8', 'replace')}"

    def numbers(self) -> Mapping[str, Any]:
        """Return what stands for numbers and copies here."""
        copies = self.folder / "copies"
        studies = sorted(copies.glob("anyang.*.gpkg")) or [Path("none")]
        accounts = sorted(copies.glob("jiexu-accounts.*.db")) or [Path("none")]
        queue = subprocess.run(
            [sys.executable, "-m", "jiexu", "jobs", "studies", "--json"],
            cwd=self.folder,
            env=self.settings,
            capture_output=True,
            text=True,
            check=True,
        )
        jobs = {each["state"]: each["number"] for each in json.loads(queue.stdout)["jobs"]}
        return {
            "copy_of_study": shlex.quote(str(studies[-1])),
            "copy_of_accounts": shlex.quote(str(accounts[-1])),
            "done": jobs.get("done", 0),
            "waiting": jobs.get("waiting", 0),
        }


def prepare(heading: str, command: str, folder: Path, built: Path, administrator: Administrator) -> None:
    """Put in place what the reader has at this point of the page."""
    study = folder / "studies" / "anyang.gpkg"
    in_the_way = command.startswith("jiexu restore") and "--replace" not in command
    if in_the_way:
        study.unlink(missing_ok=True)  # it is lost: that is why a copy is restored
    elif not study.exists():
        shutil.copy(built, study)
    if heading == "https" and command.startswith("cat "):
        signed(folder, folder / "request.csr")
    if heading == "Work in the background" and "--follow" in command:
        submit(study, "hotspots", {})
        administrator.types("jiexu jobs studies --run")
        submit(study, "hotspots", {})


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix" or shutil.which("openssl") is None, reason="a shell of Unix, and openssl")
def test_every_command_runs_in_its_order(built: Path, tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    administrator = Administrator(tmp_path)
    for heading, command in commands("sh"):
        prepare(heading, command, tmp_path, built, administrator)
        meant = command
        if any(shown in command for shown in STANDS_FOR):
            for shown, stands in STANDS_FOR.items():
                meant = meant.replace(shown, stands)
            meant = meant.format(**administrator.numbers())
        administrator.types(meant)
    assert (tmp_path / "studies" / "jiexu-accounts.db").is_file()
