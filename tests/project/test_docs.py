"""What Jiexu offers is documented, what the documents name exists, and generated pages are up to date."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from geo.rules import PROFILES, load_profile
from geo.study.schema import COLUMNS
from geo.study.versions import VIEWS
from layers.registry import LAYERS as MAP_LAYERS
from scripts import commands_page, rules_page
from tests.conftest import ROOT

DOCS = ROOT / "docs"
SOURCES = ("geo", "layers", "dashboards", "jiexu")
PAGES = [
    *sorted(DOCS.rglob("*.md")),
    *(ROOT / name for name in ("README.md", "README.zh.md", "CONTRIBUTING.md", "SECURITY.md")),
]
VERBS = commands_page.verbs()


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def source_files() -> Iterator[Path]:
    for folder in SOURCES:
        yield from (ROOT / folder).rglob("*.py")
    yield ROOT / "streamlit_app.py"


# what there is, is documented


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_argument_and_option_is_documented(verb: str) -> None:
    section = re.search(rf"^## {verb}\n(.*?)(?=^## |\Z)", page("reference/commands.md"), re.M | re.S)
    assert section is not None
    command = VERBS[verb]
    assert command.help in section[1]
    assert command.epilog is not None, "a verb shows an example"
    for each in command.params:
        if each.name == "help":
            continue
        assert each.help, f"{each.name} says nothing of itself"
        names = [each.metavar or each.name.upper()] if each.param_type_name == "argument" else each.opts
        assert [name for name in names if f"`{name.strip('[]')}`" not in section[1]] == []


def test_every_page_of_the_dashboard_is_documented() -> None:
    shell = ast.parse((ROOT / "dashboards" / "shell.py").read_text(encoding="utf-8"))
    calls = [
        {word.arg: word.value.value for word in call.keywords if isinstance(word.value, ast.Constant)}
        for call in ast.walk(shell)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "Page"
    ]
    addresses = {"" if call.get("default") else call["url_path"] for call in calls}  # Streamlit's rule
    assert len(addresses) == len(list((ROOT / "dashboards").glob("*/page.py")))
    assert [each for each in addresses if f"| `/{each!s}` |" not in page("guide/pages.md")] == []


def test_every_layer_and_column_of_a_study_is_documented() -> None:
    text = page("reference/study-file.md")
    assert [layer for layer in COLUMNS if f"`{layer}`" not in text] == []
    missing = {(layer, name) for layer, names in COLUMNS.items() for name in names if f"`{name}`" not in text}
    assert missing == set()


def test_every_layer_of_the_map_shows_a_layer_that_is_documented() -> None:
    text = page("reference/study-file.md")
    sources = [VIEWS[layer.source].layer if layer.source in VIEWS else layer.source for layer in MAP_LAYERS]
    assert [source for source in sources if f"`{source}`" not in text] == []


def test_every_rule_and_group_of_rules_is_documented() -> None:
    leaves = {path for name in PROFILES for path in load_profile(name).leaves}
    assert set(rules_page.GROUPS) == {path.split(".")[0] for path in leaves}
    text = page("reference/rules.md")
    assert [path for path in sorted(leaves) if f"| `{path}` |" not in text] == []


def test_every_environment_variable_is_documented() -> None:
    read = set()
    for file in source_files():
        text = file.read_text(encoding="utf-8")
        read |= set(re.findall(r"environ(?:\.get\(|\[)\"(\w+)\"", text)) | set(re.findall(r"getenv\(\"(\w+)\"", text))
        read |= set(re.findall(r"envvar=\"(\w+)\"", text))
    assert {"JIEXU_STUDY", "JIEXU_OVERPASS"} <= read
    text = page("reference/environment.md")
    assert [name for name in sorted(read) if f"`{name}`" not in text] == []
    assert set(re.findall(r"JIEXU_\w+", text)) <= read, "a variable that nothing reads"
    assert "`XDG_CACHE_HOME`" in text, "platformdirs reads it"


def test_every_package_has_a_page_of_its_face() -> None:
    packages = {init.parent.name for init in (ROOT / "geo").glob("*/__init__.py")}
    assert {file.stem for file in (DOCS / "reference" / "api").glob("*.md")} - {"index"} == packages
    for package in packages:
        assert f"::: geo.{package}" in page(f"reference/api/{package}.md").splitlines()
        assert f"[`geo.{package}`]({package}.md)" in page("reference/api/index.md")


# generated pages are up to date


@pytest.mark.parametrize("generator", [commands_page, rules_page], ids=["commands", "rules"])
def test_a_generated_page_is_up_to_date(generator: Any) -> None:
    assert generator.PAGE.read_text(encoding="utf-8") == generator.page(), "make docs writes it anew"


class Share(TypedDict):
    """
    A share.

    Attributes
    ----------
    group
        The tier.
    share
        Its share.
    """

    group: str
    share: float


class Proof(NamedTuple):
    gap: float


class Document(TypedDict):
    """
    A document.

    Attributes
    ----------
    total, rest
        Counts,
        all of them.
    """

    total: int
    rest: NotRequired[int]
    side: Literal["left", "right"] | None
    by_tier: list[Share]
    by_name: dict[str, Share]
    proof: Proof | None
    lost: dict[str, dict[str, float]]
    hours: list[list[int]]


def test_the_keys_of_a_document_are_listed_with_those_inside() -> None:
    section = commands_page.section("coverage", VERBS["coverage"], Document)
    for row in (
        "| `total` | integer | Counts, all of them. |",
        "| `rest` | integer, optional | Counts, all of them. |",
        "| `side` | `left` or `right` or null |  |",
        "| `by_tier` | list of objects |  |",
        "| `by_tier.group` | string | The tier. |",
        "| `by_tier.share` | number | Its share. |",
        "| `by_name` | objects by key |  |",
        "| `by_name.*.group` | string | The tier. |",
        "| `proof` | object or null |  |",
        "| `proof.gap` | number |  |",
        "| `lost` | objects (numbers by key) by key |  |",
        "| `hours` | list of lists of integers |  |",
    ):
        assert row in section.splitlines()


def test_every_verb_that_prints_a_document_has_its_keys_on_the_page() -> None:
    with_json = {name for name, verb in VERBS.items() if any("--json" in option.opts for option in verb.params)}
    assert set(commands_page.DOCUMENTS) == with_json


@pytest.mark.parametrize("verb", sorted(commands_page.DOCUMENTS))
def test_every_key_of_every_document_has_a_meaning(verb: str) -> None:
    rows = commands_page.section(verb, VERBS[verb], commands_page.DOCUMENTS[verb]).splitlines()
    begin = rows.index("| key | type | meaning |")
    keys = [row for row in rows[begin + 2 :] if row.startswith("| `")]
    assert keys
    assert not [row for row in keys if row.endswith("|  |")]


# what the documents name, exists


DOTTED = re.compile(r"(?<![\w./])((?:geo|layers|dashboards|jiexu)(?:\.\w+)+)(?![\w/])")
FILE = re.compile(r"`((?:geo|layers|dashboards|jiexu|tests|docs|scripts|notebooks|benchmarks)/[\w./*-]+)`")
FILE_ENDINGS = (".py", ".yaml", ".js", ".md", ".gpkg", ".po", ".service", ".cmd", ".example")


def exists(dotted: str) -> bool:
    """Whether a dotted name is a module, or a name within one, also one with a leading underscore."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            fields = (*getattr(found, "__annotations__", ()), *getattr(found, "_fields", ()))
            if not hasattr(found, part) and part in fields:
                return True
            found = getattr(found, part, None)
            if found is None:
                return False
        return True
    return False


def prose_of(file: Path) -> Iterator[str]:
    """Give the docstrings, texts after assignments, and comments of a module."""
    text = file.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value
    yield from re.findall(r"#(.*)$", text, re.M)


def test_dotted_names_in_docstrings_and_comments_exist() -> None:
    named = {
        (str(file.relative_to(ROOT)), name)
        for file in (*source_files(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py"))
        for text in prose_of(file)
        for name in DOTTED.findall(text)
        if not name.endswith(FILE_ENDINGS)
    }
    assert len(named) > 5
    assert [(where, name) for where, name in sorted(named) if not exists(name)] == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_names_and_files_in_documents_exist(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^(?:from|import) ([\w.]+)", text, re.M)
    names = {name for part in code for name in DOTTED.findall(part) if not name.endswith(FILE_ENDINGS)}
    assert [name for name in sorted(names) if not exists(name)] == []
    placeholders = re.compile(r"\b[A-Z]{4,}\b")
    paths = [path for path in FILE.findall(text) if not placeholders.search(path)]
    assert [path for path in paths if not list(ROOT.glob(path.rstrip("/")))] == []
    if "from geo" in text:
        for module, imported in re.findall(r"^from ((?:geo|dashboards|layers)[\w.]*) import (.+)$", text, re.M):
            assert [name for name in imported.split(", ") if not exists(f"{module}.{name}")] == []


@pytest.mark.parametrize("file", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda file: str(file.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(file: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", file.read_text(encoding="utf-8")):
        target = urlsplit(link)
        if target.scheme or not target.path:
            continue
        # pages from the top of the repository are put beside the others when the site is built
        on_site = (DOCS / "develop" / name for name in ("contributing.md", "changes.md", "security.md"))
        found = file.parent / unquote(target.path)
        assert found.exists() or found.resolve() in {page.resolve() for page in on_site}, link


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_commands_in_documents_exist_with_their_options(file: Path) -> None:
    code = re.findall(r"```sh\n(.*?)```", file.read_text(encoding="utf-8"), re.S)
    code += re.findall(r"`((?:jiexu|make) [^`\n]+)`", file.read_text(encoding="utf-8"))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for line in "\n".join(code).splitlines():
        words = line.split("#")[0].split()
        if words[:1] == ["make"]:
            assert words[1] in targets, line
        elif words[:1] == ["jiexu"] and words[1][0].islower():
            assert words[1] in VERBS, line
            known = {name for each in VERBS[words[1]].params for name in (*each.opts, *each.secondary_opts)}
            assert {word for word in words[2:] if word.startswith("--")} <= known | {"--help"}, line


def test_the_hooks_before_a_commit_run_what_continuous_integration_runs_and_download_nothing() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    hooks = config["repos"][0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert recipe is not None
    commands = {line.strip().removesuffix(" .") for line in recipe[1].splitlines()}
    assert {hook["entry"] for hook in hooks} == commands


def test_the_citation_is_of_this_release() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)
    assert f"## {citation['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


# the site


class Loaded(HTMLParser):
    """The addresses that a page loads by itself, and the anchors that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.anchors.add(values.get("id") or "")
        key = "href" if tag == "link" else "src"
        if tag in ("link", "script", "img", "iframe", "source", "video") and values.get(key):
            self.addresses.append(str(values[key]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder


def test_the_site_is_built_and_loads_nothing_from_another_host(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    for file in pages:
        text = file.read_text(encoding="utf-8")
        seen = Loaded()
        seen.feed(text)
        outside = [address for address in seen.addresses if urlsplit(address).netloc]
        assert outside == [], file
        assert 'class="mermaid"' not in text, "the theme fetches the script for diagrams"
    for file in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", file.read_text(encoding="utf-8")), file


def test_the_reference_has_every_public_name(site: Path) -> None:
    for init in (ROOT / "geo").glob("*/__init__.py"):
        package = importlib.import_module(f"geo.{init.parent.name}")
        seen = Loaded()
        seen.feed((site / "reference" / "api" / init.parent.name / "index.html").read_text(encoding="utf-8"))
        names = getattr(package, "__all__", ())
        assert [name for name in names if f"{package.__name__}.{name}" not in seen.anchors] == []
