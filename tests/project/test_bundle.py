"""The bundle for closed networks has what the lock file says, and its installer refuses whatever would not work."""

from __future__ import annotations

import codecs
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from scripts import bundle
from tests.conftest import ROOT
from tests.support.tiny_bundle import PYTHON, install, pips_wheel, tiny_bundle, wheel

DEPLOY = ROOT / "scripts" / "deploy"
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
NEXT_PYTHONS = ("3.11", "3.12", "3.13", "3.14")

shell = pytest.mark.skipif(
    os.name != "posix" or pips_wheel() is None or not sys.platform.startswith("linux"),
    reason="the installer of Linux, with the pip that Python's own ensurepip carries",
)


# what is in it


def test_every_line_of_the_lock_file_is_read_with_its_hashes() -> None:
    lines = bundle.locked(LOCK)
    assert len(lines) == len(re.findall(r"^[a-z0-9].*==", LOCK, re.M)) > 80
    assert sum(len(each.hashes) for each in lines) == LOCK.count("--hash=")
    assert all(each.hashes for each in lines)


@pytest.mark.parametrize("platform", bundle.PLATFORMS)
@pytest.mark.parametrize("python", NEXT_PYTHONS)
def test_each_python_gets_one_version_of_each_library(python: str, platform: str) -> None:
    names = [each.name for each in bundle.locked(LOCK) if each.is_for(python, platform)]
    assert len(names) == len(set(names))
    assert {each.name for each in bundle.locked(LOCK)} - set(names) <= {"colorama"}
    assert ("colorama" in names) == (platform == "win_amd64")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="compared with what is installed on Linux")
def test_a_bundle_for_this_python_has_the_versions_that_a_checkout_has() -> None:
    needed = [each for each in bundle.locked(LOCK) if each.is_for(PYTHON, "linux_x86_64")]
    assert {each.name: each.version for each in needed} == {each.name: version(each.name) for each in needed}


def test_wheels_for_old_systems_come_first() -> None:
    tags = bundle.tags("linux_x86_64")
    assert (
        tags.index("manylinux2014_x86_64") < tags.index("manylinux_2_28_x86_64") < tags.index("manylinux_2_34_x86_64")
    )
    assert bundle.tags("win_amd64") == ["win_amd64"]
    for name, glibc in {
        "a-1-cp311-abi3-manylinux_2_34_x86_64.whl": (2, 34),
        "a-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl": (2, 17),
        "a-1-cp311-cp311-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64.whl": (2, 5),
        "a-1-py3-none-any.whl": (0, 0),
        "a-1-cp311-cp311-win_amd64.whl": (0, 0),
    }.items():
        assert bundle.glibc_of(name) == glibc


def test_a_wheel_that_is_not_the_locked_one_is_not_packed(tmp_path: Path) -> None:
    right = wheel(tmp_path, "tiny", "2.0", {"tiny.py": ""})
    lines = bundle.locked(f"tiny==2.0 \\\n    --hash=sha256:{bundle.sha256(right)}\n")
    wheel(tmp_path, "tiny", "1.0", {"tiny.py": ""})  # of an earlier download
    assert bundle.chosen(lines, tmp_path) == [right]
    right.write_bytes(right.read_bytes() + b" ")
    with pytest.raises(SystemExit, match=r"tiny 2\.0"):
        bundle.chosen(lines, tmp_path)


@shell
def test_the_checksums_are_of_all_that_is_packed_and_packing_twice_gives_the_same(tmp_path: Path) -> None:
    home = tiny_bundle(tmp_path)
    files = {file.relative_to(home).as_posix() for file in home.rglob("*") if file.is_file()}
    sums = dict(line.split("  ")[::-1] for line in (home / "SHA256SUMS").read_text("utf-8").splitlines())
    assert set(sums) == files - {"SHA256SUMS"}
    assert {name: bundle.sha256(home / name) for name in sums} == sums
    assert {file.name for file in DEPLOY.iterdir()} <= files
    assert {"docs/guide/server.md", "docs/reference/commands.md", "LICENSE", "requirements.lock"} <= files
    assert "tiny | 2.0 | MIT" in (home / "THIRD_PARTY.txt").read_text("utf-8")
    for name in ("a.tar.gz", "b.tar.gz", "a.zip", "b.zip"):
        bundle.pack(home, tmp_path / name)
        os.utime(home / "LICENSE", (0, 10**9))
    for suffix in ("tar.gz", "zip"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    with tarfile.open(tmp_path / "a.tar.gz") as tar, zipfile.ZipFile(tmp_path / "a.zip") as zipped:
        assert {each.name for each in tar} == {f"{home.name}/{name}" for name in files} == set(zipped.namelist())
        assert tar.getmember(f"{home.name}/install.sh").mode == 0o755


# the installer


@shell
@pytest.mark.parametrize("interpreter", ["sh", "dash", "bash"])
def test_the_installer_is_a_script_of_any_shell(interpreter: str) -> None:
    if shutil.which(interpreter) is None:
        pytest.skip(f"no {interpreter} on this machine")
    subprocess.run([interpreter, "-n", str(DEPLOY / "install.sh")], check=True)


@shell
def test_it_installs_into_any_folder_and_once(tmp_path: Path) -> None:
    home = tmp_path / "街序 home"
    bundled = tiny_bundle(tmp_path / "安装包 #1 100%")
    done = install(bundled, home)
    assert done.returncode == 0, done.stderr
    elsewhere = tmp_path / "made by somebody"
    elsewhere.mkdir()
    (elsewhere / "jiexu_tiny.py").write_text("raise SystemExit('this is not it')")
    command = [str(home / "bin" / "jiexu"), "serve", "two words"]
    assert subprocess.check_output(command, cwd=elsewhere, text=True) == "jiexu 1.0 serve two words\n"
    assert (home / "studies").stat().st_mode & 0o777 == 0o700
    made = (home / "current" / "pyvenv.cfg").stat().st_mtime_ns
    again = install(bundled, home)
    assert (again.returncode, (home / "current" / "pyvenv.cfg").stat().st_mtime_ns) == (0, made)
    assert "already" in again.stderr
    assert "已安装" in again.stderr


@shell
@pytest.mark.slow
def test_the_service_gets_the_folders_that_its_units_name(tmp_path: Path) -> None:
    bundled, root = tiny_bundle(tmp_path / "bundle"), tmp_path / "root"
    seen_by_services = not re.match("/(root|home)/", sys.base_prefix)
    done = install(bundled, "--system", DESTDIR=str(root))
    if not seen_by_services:
        assert done.returncode == 3
        assert "a service sees no home folders" in done.stderr
        # here the folders alone are looked at
        script = bundled / "install.sh"
        script.write_text(script.read_text("utf-8").replace("elif service and", "elif False and"), "utf-8")
        sums = bundled / "SHA256SUMS"
        lines = [line for line in sums.read_text("utf-8").splitlines() if not line.endswith("  install.sh")]
        sums.write_text("\n".join([*lines, f"{bundle.sha256(script)}  install.sh", ""]), "utf-8")
        done = install(bundled, "--system", DESTDIR=str(root))
    assert done.returncode == 0, done.stderr
    for name in ("jiexu.service", "jiexu-backup.service", "jiexu-backup.timer"):
        assert (root / "etc/systemd/system" / name).read_bytes() == (DEPLOY / name).read_bytes()
    assert (root / "usr/local/bin/jiexu").readlink() == Path("/opt/jiexu/bin/jiexu")
    for private in ("var/lib/jiexu/studies", "var/backups/jiexu"):
        assert (root / private).stat().st_mode & 0o777 == 0o700
    for unit in ("jiexu.service", "jiexu-backup.service"):
        words = re.findall(r"^(?:ExecStart|ReadWritePaths)=(.+)$", (DEPLOY / unit).read_text("utf-8"), re.M)
        named = [word for line in words for word in line.split() if word.startswith("/")]
        assert named
        assert [path for path in named if not (root / path.lstrip("/")).exists()] == []


@shell
@pytest.mark.slow
def test_upgrades_keep_the_studies_and_the_version_before_and_failures_change_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for number in ("1.0", "1.1", "1.2"):
        assert install(tiny_bundle(tmp_path / number, number), home).returncode == 0
        assert subprocess.check_output([str(home / "bin" / "jiexu")], text=True) == f"jiexu {number}\n"
        (home / "studies" / "anyang.gpkg").touch()
    kept = sorted(path.name.partition("-")[0] for path in (home / "versions").iterdir())
    assert kept == ["1.1", "1.2"], "the version before stays, to go back to"

    broken = tiny_bundle(tmp_path / "2.0", "2.0")
    # whole by its checksums, and yet not the wheel that the lock file means
    name = "wheels/tiny-2.0-py3-none-any.whl"
    old = bundle.sha256(broken / name)
    (broken / name).write_bytes((broken / name).read_bytes() + b" ")
    sums = broken / "SHA256SUMS"
    sums.write_text(sums.read_text("utf-8").replace(old, bundle.sha256(broken / name)), "utf-8")
    done = install(broken, home)
    assert done.returncode == 1
    assert "安装失败" in done.stderr
    assert subprocess.check_output([str(home / "bin" / "jiexu")], text=True) == "jiexu 1.2\n"
    assert (home / "studies" / "anyang.gpkg").is_file()


@shell
@pytest.mark.parametrize(
    "name", ["wheels/tiny-2.0-py3-none-any.whl", "install.sh", "target.env", "docs/guide/server.md"]
)
@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_a_damaged_bundle_is_refused_by_name(tmp_path: Path, name: str, harm: str) -> None:
    if (name, harm) == ("install.sh", "missing"):
        pytest.skip("nothing is left that could refuse")
    home = tiny_bundle(tmp_path / "bundle")
    if harm == "missing":
        (home / name).unlink()
    else:
        with (home / name).open("ab") as file:
            file.write(b"\n")
    done = install(home, tmp_path / "home")
    assert done.returncode == 4
    assert name in done.stderr
    assert "安装包已损坏" in done.stderr
    assert not (tmp_path / "home").exists()


@shell
@pytest.mark.parametrize(
    ("target", "needs", "found"),
    [
        ({"python": "3.99"}, "Python 3.99", f"Python {PYTHON}"),
        ({"platform": "linux_riscv64"}, "linux_riscv64", bundle.this_platform()),
        ({"tag": f"py3-none-manylinux_9_99_{bundle.this_platform().partition('_')[2]}"}, "glibc >= 9.99", "glibc 2."),
    ],
    ids=["python", "platform", "glibc"],
)
def test_a_computer_that_the_wheels_are_not_for_is_refused_with_both_sides(
    tmp_path: Path, target: dict[str, str], needs: str, found: str
) -> None:
    done = install(tiny_bundle(tmp_path / "bundle", **target), tmp_path / "home")
    assert done.returncode == 3
    said = [line for line in done.stderr.splitlines() if line.startswith(("This bundle", "本安装包"))]
    assert [needs in line for line in said] == [True, True]
    assert done.stderr.count(found) >= 2, "in both languages"
    assert not (tmp_path / "home").exists()


@shell
def test_a_python_that_does_not_run_is_none(tmp_path: Path) -> None:
    done = install(tiny_bundle(tmp_path / "bundle"), tmp_path / "home", PYTHON=str(tmp_path / "no-python"))
    assert done.returncode == 3
    assert "no Python 3 that runs" in done.stderr
    assert "没有可运行的 Python 3" in done.stderr


@shell
def test_wrong_words_and_folders_of_others_are_refused(tmp_path: Path) -> None:
    home = tiny_bundle(tmp_path / "bundle")
    for words in (["--sytem"], ["a", "b"], [""], ["--system", "folder"]):
        assert install(home, *words).returncode == 2
    taken = tmp_path / "taken"
    (taken / "bin").mkdir(parents=True)
    (taken / "bin" / "jiexu").write_text("#!/bin/sh\n# somebody else's\n")
    assert install(home, taken).returncode == 2
    assert (taken / "bin" / "jiexu").read_text().endswith("somebody else's\n")
    shown = install(home, "--help")
    assert shown.returncode == 0
    assert "--system" in shown.stdout


def test_the_script_for_windows_says_that_it_is_untried_and_reads_what_the_bundle_has() -> None:
    assert (DEPLOY / "install.ps1").read_bytes().startswith(codecs.BOM_UTF8), "or PowerShell 5 reads it as GBK"
    script = (DEPLOY / "install.ps1").read_text(encoding="utf-8-sig")
    assert "UNTRIED" in script
    assert "未经实测" in script
    steps = re.findall(r"^# (\d+)\. .+", script, re.M)
    assert steps == [str(number) for number in range(1, len(steps) + 1)]
    assert set(re.findall(r"\$\(?\$?for\.([A-Z]+)", script)) <= {"VERSION", "PYTHONS", "PLATFORM", "OWN", "PIP"}
