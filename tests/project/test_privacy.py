"""Packages keep to themselves what has a leading underscore, and show their public face lazily."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple

import pytest

from tests.conftest import ROOT

AREAS: Final = ("geo", "layers", "dashboards", "jiexu")
GETTEXT: Final = "_"
"""The translation of a page's texts: no private name, whatever it looks like."""
HEAVY: Final = ("numpy", "pandas", "geopandas", "shapely", "pyproj", "scipy", "ortools", "osmnx", "folium", "streamlit")
"""What makes a start slow; a face loads none of it before a name is asked for."""
FACES: Final = sorted(
    ".".join(stub.parent.relative_to(ROOT).parts) for area in AREAS for stub in (ROOT / area).rglob("__init__.pyi")
)


class Imported(NamedTuple):
    """A name that a module takes from another: `name` is empty where the module itself is taken."""

    by: str
    module: str
    name: str


def sources() -> Iterator[tuple[str, str]]:
    """Yield the project's modules, notebooks and examples of the documents: where they are, and their code."""
    for folder in (*AREAS, "tests", "benchmarks", "scripts"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in file.parts:
                yield file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        yield notebook.relative_to(ROOT).as_posix(), re.sub(r"^[%!].*$", "", code, flags=re.M)
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]):
        code = "\n".join(re.findall(r"```(?:py|python)\n(.*?)```", page.read_text(encoding="utf-8"), re.S))
        yield page.relative_to(ROOT).as_posix(), code


def imports_of(by: str, code: str) -> Iterator[Imported]:
    """Yield what a module takes from the project's own."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found = [Imported(by, alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found = [Imported(by, node.module, alias.name) for alias in node.names]
        else:
            continue
        yield from (each for each in found if each.module.split(".")[0] in AREAS)


IMPORTED: Final = [each for by, code in sources() for each in imports_of(by, code)]


def package_of(module: str) -> str:
    """Return the package of a dotted module: itself where it is one."""
    folder = ROOT.joinpath(*module.split("."))
    return module if folder.is_dir() else module.rpartition(".")[0]


def is_within(file: str, package: str) -> bool:
    return file.startswith(package.replace(".", "/") + "/")


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


def test_there_are_enough_imports_to_judge() -> None:
    assert len(IMPORTED) > 1000
    assert {each.by.split("/")[0] for each in IMPORTED} >= {*AREAS, "notebooks", "README.md", "tests"}


def test_no_package_takes_a_private_name_of_another() -> None:
    taken = [
        each
        for each in IMPORTED
        if each.name != GETTEXT
        and any(part.startswith("_") and not part.startswith("__") for part in (*each.module.split("."), each.name))
        and not is_within(each.by, package_of(each.module))
    ]
    assert taken == []


def test_every_name_taken_from_another_area_exists() -> None:
    """A renamed function is found here, also where only a notebook or a document names it."""
    lost = []
    for each in sorted({each for each in IMPORTED if each.by.split("/")[0] != each.module.split(".")[0]}):
        module = importlib.import_module(each.module)
        if each.name and not hasattr(module, each.name):
            try:
                importlib.import_module(f"{each.module}.{each.name}")
            except ModuleNotFoundError:
                lost.append(each)
    assert lost == []


def test_inside_an_area_modules_import_modules() -> None:
    """A face is for users: inside its area it would hide who knows whom."""
    through = [
        each
        for each in IMPORTED
        if each.by.split("/")[0] == each.module.split(".")[0]
        and each.module in FACES
        and each.name
        and not (ROOT.joinpath(*each.module.split("."), each.name).is_dir())
        and not (ROOT.joinpath(*each.module.split("."), f"{each.name}.py").is_file())
    ]
    assert through == []


def test_every_package_says_what_it_is_for() -> None:
    packages = [file for area in AREAS for file in (ROOT / area).rglob("__init__.py")]
    assert [file for file in packages if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))] == []


def test_every_package_of_geo_and_layers_has_a_face() -> None:
    packages = {
        ".".join(file.parent.relative_to(ROOT).parts) for area in ("geo", "layers") for file in packages_in(ROOT / area)
    }
    assert packages <= set(FACES)


def packages_in(folder: Path) -> Iterator[Path]:
    return folder.rglob("__init__.py")


def test_a_face_names_a_few_things_in_order(face: ModuleType) -> None:
    assert 5 <= len(face.__all__) <= 20
    assert list(face.__all__) == sorted(set(face.__all__))


def test_a_face_and_its_stub_name_the_same(face: ModuleType) -> None:
    stub = ast.parse(Path(str(face.__file__)).with_suffix(".pyi").read_text(encoding="utf-8"))
    listed = next(
        ast.literal_eval(node.value)
        for node in stub.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    assert sorted(listed) == list(face.__all__)


def test_what_a_face_names_exists_and_is_documented(face: ModuleType) -> None:
    undocumented = []
    for name in face.__all__:
        value = getattr(face, name)
        if (callable(value) or inspect.ismodule(value)) and not inspect.getdoc(value):
            undocumented.append(name)
    assert undocumented == []


def test_no_name_of_a_face_is_a_module_too(face: ModuleType) -> None:
    """Whoever imports the module first would find the module under the function's name."""
    folder = Path(str(face.__file__)).parent
    modules = {file.stem for file in folder.glob("*.py")} | {file.parent.name for file in folder.glob("*/__init__.py")}
    stub = ast.parse((folder / "__init__.pyi").read_text(encoding="utf-8"))
    named = {
        alias.name for node in stub.body if isinstance(node, ast.ImportFrom) and node.module for alias in node.names
    }
    assert named & modules == set()


def test_importing_the_faces_loads_nothing_heavy() -> None:
    code = f"import sys\nimport {', '.join(FACES)}\nprint(*sorted({{n.split('.')[0] for n in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert set(done.stdout.split()) & set(HEAVY) == set()


def test_a_name_of_a_face_is_its_module_s() -> None:
    """The example of the documents, in a process of its own: nothing else was imported before."""
    code = (
        "import geo\n"
        "from geo.rules import load_profile\n"
        "from geo.stalls import plan_stalls\n"
        "assert geo.stalls.plan_stalls is plan_stalls\n"
        "print(plan_stalls.__module__, load_profile.__module__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["geo.stalls.study", "geo.rules.loader"]
