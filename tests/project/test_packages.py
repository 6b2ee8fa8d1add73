"""The project's own files agree with each other."""

from __future__ import annotations

import ast
import re
import sys
import tomllib

import typer
import yaml

from geo.study.file import LAYERS
from jiexu.__main__ import app
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA_NAMES = {"osmium": "pyosmium", "ortools": "ortools-python"}
OURS = ("geo", "layers", "dashboards", "jiexu")
MODULES = {
    "charset_normalizer": "charset-normalizer",
    "lazy_loader": "lazy-loader",
    "python_calamine": "python-calamine",
    "yaml": "pyyaml",
}


def test_conda_users_get_the_same_packages() -> None:
    wanted = {
        CONDA_NAMES.get(*[re.split(r"[>=]", line)[0]] * 2) + ">=" + line.split(">=")[1]
        for line in PROJECT["dependencies"]
    }
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    plain = {line for line in environment if isinstance(line, str)}
    pip = {line for group in environment if isinstance(group, dict) for line in group["pip"]}
    assert (plain | pip) - {"pip", "nodejs", f"python{PROJECT['requires-python']}"} == wanted


def test_every_import_is_declared() -> None:
    declared = {re.split(r"[>=]", line)[0] for line in PROJECT["dependencies"]}
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
