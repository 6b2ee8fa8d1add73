"""The project's own files agree with each other."""

from __future__ import annotations

import ast
import re
import sys
import tomllib

import pytest
import typer
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from geo.study.schema import LAYERS
from jiexu.__main__ import app
from tests.conftest import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
CONDA_NAMES = {"osmium": "pyosmium", "ortools": "ortools-python", "tzdata": "python-tzdata"}
OURS = ("geo", "layers", "dashboards", "jiexu")
MODULES = {
    "argon2": "argon2-cffi",
    "charset_normalizer": "charset-normalizer",
    "lazy_loader": "lazy-loader",
    "python_calamine": "python-calamine",
    "yaml": "pyyaml",
}
OURS_ONLY = ("dev", "bench")
"""The extras of those who work on Jiexu; what its packages import is not among them."""


def test_conda_users_get_the_same_packages() -> None:
    wanted = {
        CONDA_NAMES.get(*[re.split(r"[>=]", line)[0]] * 2) + ">=" + line.split(">=")[1]
        for line in PROJECT["dependencies"]
    }
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    plain = {line for line in environment if isinstance(line, str)}
    pip = {line for group in environment if isinstance(group, dict) for line in group["pip"]}
    assert (plain | pip) - {"pip", ".", f"python{PROJECT['requires-python']}"} == wanted
    assert "." in pip  # Jiexu itself, as a wheel: it carries the map's scripts, so that no node is needed


def test_every_import_is_declared() -> None:
    extras = [
        line for name, lines in PROJECT["optional-dependencies"].items() if name not in OURS_ONLY for line in lines
    ]
    declared = {re.split(r"[>=]", line)[0] for line in [*PROJECT["dependencies"], *extras]}
    files = [
        *(f for d in OURS for f in (ROOT / d).rglob("*.py")),
        ROOT / "streamlit_app.py",
    ]
    imported = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    ours = {*OURS, "streamlit_app"}
    assert {MODULES.get(name, name) for name in imported - ours - sys.stdlib_module_names} <= declared


def test_the_readmes_name_only_verbs_and_make_targets_that_exist() -> None:
    verbs = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for name in ("README.md", "README.zh.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        code = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
        assert {"run", "test"} <= set(re.findall(r"\bmake ([a-z]+)", code)) <= targets
        named = set(re.findall(r"^(?:\.venv/bin/)?jiexu ([a-z]+)", code, re.M))
        assert named
        assert named <= verbs
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", text):
            assert (ROOT / link).exists(), link


def test_every_layer_is_documented() -> None:
    text = (ROOT / "docs" / "reference" / "study-file.md").read_text(encoding="utf-8")
    assert [layer for layer in LAYERS if f"`{layer}`" not in text] == []


def test_the_readmes_name_every_extra_for_users() -> None:
    for name in ("README.md", "README.zh.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert [
            extra for extra in PROJECT["optional-dependencies"] if extra not in OURS_ONLY and extra not in text
        ] == []


@pytest.mark.parametrize(
    ("lock", "lines"),
    [
        ("requirements.lock", PROJECT["dependencies"]),
        ("requirements-dev.lock", [*PROJECT["dependencies"], *EXTRAS["raster"], *EXTRAS["dev"]]),
    ],
)
def test_the_lock_has_every_dependency_with_hashes(lock: str, lines: list[str]) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.findall(r"^([a-z0-9._-]+)==(\S+).*?\\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", text, re.M)
    assert len(entries) == len(re.findall(r"^[a-z0-9]", text, re.M))  # each has hashes
    locked: dict[str, list[Version]] = {}
    for name, version, _ in entries:
        locked.setdefault(name, []).append(Version(version))
    for line in lines:
        wanted = Requirement(line)
        found = locked.get(canonicalize_name(wanted.name), [])
        assert found and all(version in wanted.specifier for version in found), f"{line}: run make lock"
    assert "://" not in text and "file:" not in text  # from the reader's own index


def test_the_dev_lock_has_the_versions_that_users_get() -> None:
    pinned = [set(re.findall(r"^[a-z0-9._-]+==\S+", (ROOT / lock).read_text("utf-8"), re.M)) for lock in LOCKS]
    assert pinned[0] <= pinned[1]
